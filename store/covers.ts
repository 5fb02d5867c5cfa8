/** Standing in (代管): who covers for whom and when, and the cases that it is about. */
import { Prisma } from '../prisma/generated/client';
import type { Cover } from '../prisma/generated/client';
import type { Scope } from './cases';
import type { Db, Tx } from './db';

const OPEN = { notIn: ['done', 'cancelled'] };

/** A worker's cases on which something is still to do, with the open steps of each, soonest deadline first. */
export const casesHeld = (tx: Tx, staffId: string) =>
  tx.caseRow.findMany({
    where: { assigneeId: staffId, OR: [{ status: { not: 'closed' } }, { steps: { some: { state: OPEN } } }] },
    select: {
      id: true,
      number: true,
      people: true,
      steps: { where: { state: OPEN }, orderBy: [{ dueAt: 'asc' }, { ord: 'asc' }] },
    },
    orderBy: [{ nextDueAt: { sort: 'asc', nulls: 'last' } }, { id: 'asc' }],
  });
export type HeldCase = Awaited<ReturnType<typeof casesHeld>>[number];

/** Ids of the cases that a cover still holds, or is going to. */
export async function casesCovered(tx: Tx, coverId: string): Promise<string[]> {
  const rows = await tx.caseRow.findMany({
    where: { people: { path: ['cover', 'id'], equals: coverId } },
    select: { id: true },
  });
  return rows.map(({ id }) => id);
}

/** The same id again changes nothing. */
export async function addCover(db: Db, row: Omit<Cover, 'askedAt' | 'endedAt'>): Promise<Cover> {
  await db.cover.createMany({ data: [row], skipDuplicates: true });
  return db.cover.findUniqueOrThrow({ where: { id: row.id } });
}

export const readCover = (tx: Tx, id: string): Promise<Cover | null> => tx.cover.findUnique({ where: { id } });

/** Of ended covers those that a case still has: telling it came to nothing, and whoever ended them tries again. */
async function stillHolding(tx: Tx, ids: string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT DISTINCT people->'cover'->>'id' AS id FROM cases
    WHERE joined_into IS NULL AND people->'cover'->>'id' IN (${Prisma.join(ids)})`;
  return rows.map(({ id }) => id);
}

/** Covers that are not over, by their beginning; one that was ended is over once it holds no case any more. */
export async function listCovers(tx: Tx, scope: Scope, now: Date): Promise<Cover[]> {
  const rows = await tx.cover.findMany({
    where: { untilAt: { gt: now }, ...(scope !== 'all' && { stationId: { in: scope.stationIds } }) },
    orderBy: [{ fromAt: 'asc' }, { id: 'asc' }],
  });
  const ended = rows.filter(({ endedAt }) => endedAt !== null).map(({ id }) => id);
  const holding = await stillHolding(tx, ended);
  return rows.filter(({ id, endedAt }) => endedAt === null || holding.includes(id));
}

/** Ends a cover (代管), once; from then on no case is moved by it any more. */
export async function endCoverRow(db: Db, id: string, now: Date): Promise<Cover> {
  await db.cover.updateMany({ where: { id, endedAt: null }, data: { endedAt: now } });
  return db.cover.findUniqueOrThrow({ where: { id } });
}

/** Is somebody away at any time of a span? @param from and until milliseconds */
export async function isAway(
  tx: Tx,
  staffId: string,
  { from, until }: { from: number; until: number },
): Promise<boolean> {
  const where = { staffId, removedAt: null, fromAt: { lt: new Date(until) }, untilAt: { gt: new Date(from) } };
  return (await tx.leave.findFirst({ where, select: { id: true } })) !== null;
}
