/** What cases have to do with one another (关联、并案), as rows; the journals of both say the same. */
import type { LinkKind } from '../domain/custody';
import type { Db, Tx } from './db';

/** A link as one of its two cases sees it. */
export interface SeenLink {
  id: string;
  kind: LinkKind;
  caseId: string;
  number: string;
  madeBy: string;
  madeAt: Date;
  endedAt: Date | null;
}

/** Case ids and numbers; a joined case keeps its own. */
export interface OtherCase {
  caseId: string;
  number: string;
}

const ENDS = { case: { select: { number: true } }, other: { select: { number: true } } } as const;

/** Links of a case, whichever of the two was named first; those that ended come last. */
export async function linksOf(tx: Tx, id: string): Promise<SeenLink[]> {
  const rows = await tx.caseLink.findMany({
    where: { OR: [{ caseId: id }, { otherId: id }] },
    include: ENDS,
    orderBy: [{ endedAt: { sort: 'asc', nulls: 'first' } }, { madeAt: 'asc' }, { id: 'asc' }],
  });
  return rows.map(({ case: one, other, caseId, otherId, kind, ...row }) => ({
    ...{ id: row.id, kind: kind as LinkKind, madeBy: row.madeBy, madeAt: row.madeAt, endedAt: row.endedAt },
    ...(caseId === id ? { caseId: otherId, number: other.number } : { caseId, number: one.number }),
  }));
}

/** Cases that go on as this one. */
export async function joinedHere(tx: Tx, id: string): Promise<OtherCase[]> {
  const rows = await tx.caseRow.findMany({
    where: { joinedInto: id },
    select: { id: true, number: true },
    orderBy: { number: 'asc' },
  });
  return rows.map((row) => ({ caseId: row.id, number: row.number }));
}

/** Reports of the queue that became this case, or were joined to it. */
export const reportsOf = (tx: Tx, id: string) =>
  tx.report.findMany({
    where: { caseId: id },
    select: { id: true, number: true, state: true, receivedAt: true },
    orderBy: { receivedAt: 'asc' },
  });

interface NewLink {
  id: string;
  kind: LinkKind;
  caseId: string;
  otherId: string;
  madeBy: string;
}

/**
 * Says that two cases have to do with one another; the same again under the same id changes nothing.
 * @returns false when it was said before, under another id
 */
export async function makeLink(tx: Tx, link: NewLink): Promise<boolean> {
  await tx.caseLink.createMany({ data: [link], skipDuplicates: true });
  return (await tx.caseLink.findUnique({ where: { id: link.id }, select: { id: true } })) !== null;
}

/** Ends a link (关联) between two cases, once. */
export async function endLink(db: Db, id: string, by: string): Promise<void> {
  await db.caseLink.updateMany({ where: { id, endedAt: null }, data: { endedBy: by, endedAt: new Date() } });
}

/** The child of the register that each of the cases is about. */
export async function childrenOf(tx: Tx, caseIds: string[]): Promise<Map<string, string>> {
  const rows = await tx.registeredChildCase.findMany({ where: { caseId: { in: caseIds } } });
  return new Map(rows.map(({ caseId, childId }) => [caseId, childId]));
}
