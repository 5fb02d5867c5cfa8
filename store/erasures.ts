/** Erasure at the end of retention (到期销毁): proposals, two approvals, and the child's key destroyed for good. */
import { randomUUID } from 'node:crypto';
import { type AccessPolicy, keptUntil, type RetentionKind, retentionKindOf } from '../domain/access-policy';
import type { Erasure } from '../prisma/generated/client';
import type { Db, Tx } from './db';
import { journalService } from './services/journal';
import { addChange } from './shields';
import { hiddenFrom, type Sight } from './sight';
import type { Vault } from './vault';

const SYSTEM = 'shouwang';
/** Looked at in one run; what is beyond waits for the next day's. */
const MOST = 500;

interface Ended {
  entity: 'case' | 'child';
  id: string;
  stationId: string;
  subjectId: string;
  kind: RetentionKind;
  /** When its retention began to run, in milliseconds. */
  from: number;
}

/** Closed cases and children who left, the oldest first, whose key is there and about which nothing waits or was decided. */
async function ended(tx: Tx, policy: AccessPolicy, at: number): Promise<Ended[]> {
  // No rule is shorter: whatever ended later is kept in any case.
  const years = Math.min(...[...policy.retention.values()].map((rule) => rule.years));
  const before = new Date(at);
  before.setUTCFullYear(before.getUTCFullYear() - years);
  const now = new Date(at);
  const settled = await tx.erasure.findMany({
    where: { OR: [{ state: { not: 'kept' } }, { keptUntil: { gt: now } }] },
    select: { entityId: true },
  });
  const id = { notIn: settled.map(({ entityId }) => entityId) };
  const cases = await tx.caseRow.findMany({
    where: { id, status: 'closed', closedAt: { lte: before } },
    select: { id: true, stationId: true, subjectId: true, type: true, drill: true, closedAt: true },
    orderBy: { closedAt: 'asc' },
  });
  const children = await tx.registeredChild.findMany({ where: { id, leftAt: { lte: before } } });
  return [
    ...cases.flatMap(({ closedAt, type, drill, ...row }): Ended[] => {
      const kind = retentionKindOf({ type, drill });
      return closedAt && kind ? [{ entity: 'case', ...row, kind, from: closedAt.getTime() }] : [];
    }),
    ...children.flatMap(({ id: childId, stationId, subjectId, leftAt }): Ended[] =>
      leftAt ? [{ entity: 'child', id: childId, stationId, subjectId, kind: 'register', from: leftAt.getTime() }] : [],
    ),
  ];
}

/**
 * Proposes everything whose time is over at a moment (milliseconds), in the transaction that tells of it.
 * @returns what is new, by station
 */
export async function proposeErasures(tx: Tx, policy: AccessPolicy, at: number): Promise<Map<string, Erasure[]>> {
  const made = new Map<string, Erasure[]>();
  const all = await ended(tx, policy, at);
  const due = all.flatMap((one) => {
    const rule = policy.retention.get(one.kind);
    const until = rule && keptUntil(one.from, rule);
    return rule && until !== undefined && until <= at ? [{ ...one, rule, until }] : [];
  });
  for (const { entity, id: entityId, stationId, subjectId, kind, rule, until } of due.slice(0, MOST)) {
    const row = await tx.erasure.create({
      data: {
        ...{ id: randomUUID(), entity, entityId, stationId, subjectId, kind, state: 'proposed' },
        ...{ basis: rule.basis.text, dueAt: new Date(until), proposedAt: new Date(at) },
      },
    });
    await onJournal(tx, row, null, 'erasure_proposed', row.id);
    made.set(stationId, [...(made.get(stationId) ?? []), row]);
  }
  return made;
}

type Said = 'erasure_proposed' | 'erasure_approved' | 'erasure_declined' | 'erased';

/** Onto the case's journal, or into the register's. @param staffId null: by itself */
async function onJournal(tx: Tx, row: Erasure, staffId: string | null, kind: Said, id: string): Promise<boolean> {
  const { entity, entityId, stationId, reasonId } = row;
  if (entity === 'case') {
    const data = { erasureId: row.id, ...(kind === 'erasure_declined' && { reasonId }) };
    return addChange(tx, { id, caseId: entityId, staffId, kind, data });
  }
  if (kind === 'erased') {
    const changes = { erasure: { from: null, to: row.id } };
    const entry = { entity: 'child', entityId, stationId, staffId: staffId ?? SYSTEM, action: 'erased' } as const;
    await journalService(tx, { ...entry, changes });
  }
  return true;
}

export type Refused = 'unknown' | 'over' | 'same_person' | 'open_again';

/**
 * A first person approves; a second, other one destroys the key: with it everything sealed under it, the hashes that find the child,
 * and the child's place on the list that every restored backup is held against.
 * @param operationId the same for each repetition of the request
 */
export const approveErasure = (
  db: Db,
  vault: Vault,
  of: { id: string; staffId: string; operationId: string },
): Promise<Erasure | Refused> =>
  db.$transaction(async (tx) => {
    const { id, staffId, operationId } = of;
    await tx.$queryRaw`SELECT 1 FROM erasures WHERE id = ${id} FOR UPDATE`;
    const row = await tx.erasure.findUnique({ where: { id } });
    if (!row) return 'unknown';
    if (row.state === 'kept' || row.state === 'erased') return 'over';
    if (!(await isStillOver(tx, row))) return 'open_again';
    if (row.state === 'proposed') {
      const first = { state: 'approved', approvedBy: staffId, approvedAt: new Date() };
      await onJournal(tx, row, staffId, 'erasure_approved', operationId);
      return tx.erasure.update({ where: { id }, data: first });
    }
    if (row.approvedBy === staffId) return 'same_person';
    await eraseSubject(tx, vault, row.subjectId);
    await onJournal(tx, row, staffId, 'erased', operationId);
    const second = { state: 'erased', decidedBy: staffId, decidedAt: new Date() };
    return tx.erasure.update({ where: { id }, data: second });
  });

/** A case that was opened again, or a child who came back, is not erased. */
async function isStillOver(tx: Tx, { entity, entityId }: Erasure): Promise<boolean> {
  if (entity === 'case') return (await tx.caseRow.count({ where: { id: entityId, status: 'closed' } })) > 0;
  return (await tx.registeredChild.count({ where: { id: entityId, leftAt: { not: null } } })) > 0;
}

/** Destroys a child's key and what finds the child without it. A new blind index adds its rows here. */
export async function eraseSubject(tx: Tx, vault: Vault, subjectId: string): Promise<void> {
  await vault.destroySubject(tx, subjectId);
  await tx.registeredChild.updateMany({ where: { subjectId }, data: { identity: null } });
  await tx.erasedSubject.createMany({ data: [{ subjectId }], skipDuplicates: true });
}

/** Keeps it for longer, with a reason in the vault. */
export const keepLonger = (
  db: Db,
  of: { id: string; staffId: string; operationId: string; until: number; reasonId: string },
): Promise<Erasure | Refused> =>
  db.$transaction(async (tx) => {
    const { id, staffId, operationId, until, reasonId } = of;
    const { count } = await tx.erasure.updateMany({
      where: { id, state: { in: ['proposed', 'approved'] } },
      data: { state: 'kept', decidedBy: staffId, decidedAt: new Date(), keptUntil: new Date(until), reasonId },
    });
    const row = await tx.erasure.findUnique({ where: { id } });
    if (!row) return 'unknown';
    if (count === 0) return 'over';
    await onJournal(tx, row, staffId, 'erasure_declined', operationId);
    return row;
  });

const shown = async (tx: Tx, { scope, staffId }: Sight) => ({
  entityId: { notIn: await hiddenFrom(tx, staffId) },
  ...(scope !== 'all' && { stationId: { in: scope.stationIds } }),
});

/** Erasures of the reader's stations, but of cases that they must not know of; what waits first, then the newest. */
export const listErasures = async (tx: Tx, sight: Sight, waiting: boolean, take: number): Promise<Erasure[]> =>
  tx.erasure.findMany({
    where: { ...(await shown(tx, sight)), ...(waiting && { state: { in: ['proposed', 'approved'] } }) },
    orderBy: [{ proposedAt: 'desc' }, { id: 'asc' }],
    take,
  });

/** One of them; undefined: there is none that the reader may know of. */
export const readErasure = async (tx: Tx, sight: Sight, id: string): Promise<Erasure | undefined> =>
  (await tx.erasure.findFirst({ where: { AND: [{ id }, await shown(tx, sight)] } })) ?? undefined;

/** Everybody whose key was destroyed, as ids that say nothing. */
export const erasedSubjects = async (tx: Tx): Promise<string[]> =>
  (await tx.erasedSubject.findMany({ orderBy: { subjectId: 'asc' } })).map(({ subjectId }) => subjectId);

/** After a backup was restored: destroys again what had been destroyed since it was made. @returns how many keys there were */
export async function eraseAgain(db: Db, vault: Vault, subjectIds: readonly string[]): Promise<number> {
  let found = 0;
  for (const subjectId of subjectIds) {
    await db.$transaction(async (tx) => {
      found += await tx.vaultKey.count({ where: { subjectId } });
      await eraseSubject(tx, vault, subjectId);
    });
  }
  return found;
}
