/** Reads for the people who do the work: their open steps, what waits for a decision, whom an alert was told. */
import { Prisma } from '../prisma/generated/client';
import type { Tx } from './db';
import { seenBy, type Sight } from './sight';

const OPEN = { notIn: ['done', 'cancelled'] };
/** More than anybody can have before them; the soonest come first. */
const MOST = 500;

const CASE = {
  select: {
    id: true,
    number: true,
    stationId: true,
    type: true,
    risk: true,
    drill: true,
    assigneeId: true,
    clockAheadMs: true,
  },
} as const;
const WITH_CASE = { case: CASE } as const satisfies Prisma.StepRowInclude;
export type OpenStep = Prisma.StepRowGetPayload<{ include: typeof WITH_CASE }>;

/**
 * The cases with something to do that a member of staff has, and those in scope that nobody has, soonest deadline first. Each
 * asked by itself: for the two together PostgreSQL walks everybody's.
 */
export async function casesOf(tx: Tx, sight: Sight) {
  const seen = await seenBy(tx, sight);
  const of = (assigneeId: string | null) =>
    tx.caseRow.findMany({
      where: { AND: [seen, { assigneeId, nextDueAt: { not: null } }] },
      select: { ...CASE.select, nextDueAt: true },
      orderBy: [{ nextDueAt: 'asc' }, { id: 'asc' }],
      take: MOST,
    });
  const [own, nobodys] = await Promise.all([of(sight.staffId), of(null)]);
  return [...own, ...nobodys].sort((a, b) => Number(a.nextDueAt) - Number(b.nextDueAt)).slice(0, MOST);
}

/** Their open steps, soonest deadline first: a case says itself when its next deadline is, so the soonest are among them. */
export async function openStepsOf(tx: Tx, sight: Sight): Promise<OpenStep[]> {
  const cases = new Map((await casesOf(tx, sight)).map((row) => [row.id, row]));
  const steps = await tx.stepRow.findMany({
    where: { caseId: { in: [...cases.keys()] }, state: OPEN },
    orderBy: [{ dueAt: 'asc' }, { ord: 'asc' }],
    take: MOST,
  });
  return steps.flatMap((step) => {
    const of = cases.get(step.caseId);
    return of ? [{ ...step, case: of }] : [];
  });
}

/** Steps for which more time is asked. */
export const askedExtensions = async (tx: Tx, sight: Sight): Promise<OpenStep[]> =>
  tx.stepRow.findMany({
    where: {
      state: OPEN,
      extension: { not: Prisma.DbNull },
      case: { AND: [await seenBy(tx, sight), { status: { not: 'closed' } }] },
    },
    include: WITH_CASE,
    orderBy: { dueAt: 'asc' },
    take: MOST,
  });

/** Cases whose closing was asked for, with the entry that asked. */
export const askedClosings = async (tx: Tx, sight: Sight) =>
  tx.caseRow.findMany({
    where: { AND: [await seenBy(tx, sight), { status: 'closing' }] },
    select: { ...CASE.select, events: { where: { kind: 'closing_asked' }, orderBy: { seq: 'desc' }, take: 1 } },
    take: MOST,
  });

/** Messages that a case has caused, oldest first; of very many the latest. */
export async function messagesOf(tx: Tx, caseId: string) {
  const rows = await tx.delivery.findMany({
    where: { caseId },
    orderBy: [{ at: 'desc' }, { key: 'desc' }],
    take: MOST,
  });
  return rows.toReversed();
}

/** Messages that an alert has caused, oldest first. */
export const deliveriesOf = (tx: Tx, alertId: string) =>
  tx.delivery.findMany({ where: { alertId }, orderBy: [{ at: 'asc' }, { key: 'asc' }], take: MOST });
