/** Reads of cases for screens. What the caller may know of is part of each query, never a filter afterwards. */
import type { AlertRow, CaseRow, Referral, StepRow } from '../prisma/generated/client';
import { Prisma } from '../prisma/generated/client';
import { type Candidate, possibleSql } from './child-index';
import type { Tx } from './db';
import { type Fields, fromJson, WITHOUT_WAITING } from './rows';
import { seenBy, type Sight } from './sight';

export type { Scope, Sight } from './sight';

/** Where a page of alerts ends: newest first. */
export interface AlertPlace {
  openedAt: number;
  id: string;
}

/** A case with everything about it but what its workflow was started with. */
export type WholeCase = Omit<CaseRow, 'input'> & {
  _count: { steps: number };
  /** Other cases of the same station that may be about the same child. */
  possible: Candidate[];
  /** Number of the case that goes on in its place. */
  joinedNumber: string | null;
  steps: StepRow[];
  referrals: Referral[];
  alerts: AlertRow[];
};
interface ReadCase {
  one: Fields;
  possible: Candidate[];
  joinedNumber: string | null;
  steps: Fields[];
  referrals: Fields[];
  alerts: Fields[];
}

const CASE_TIMES = new Set(['receivedAt', 'reportedAt', 'closedAt', 'nextDueAt']);
const STEP_TIMES = new Set(['startAt', 'dueAt', 'remindAt', 'doneAt']);
const ALERT_TIMES = new Set(['openedAt', 'nextAt', 'acknowledgedAt', 'resolvedAt']);
const REFERRAL_TIMES = new Set(['sentAt', 'confirmBy', 'receivedAt', 'feedbackBy', 'acceptedAt']);

/** A case with its steps, referrals and alerts; undefined if there is none. One statement, since every write ends here. */
export async function readCase(tx: Tx, id: string): Promise<WholeCase | undefined> {
  const possible = possibleSql(Prisma.sql`c.id`, Prisma.sql`h.station_id = c.station_id`);
  const [row] = await tx.$queryRaw<ReadCase[]>`
    SELECT to_jsonb(c) - 'input' AS one,
      (SELECT coalesce(json_agg(p), '[]') FROM (${possible}) p) AS possible,
      (SELECT j.number FROM cases j WHERE j.id = c.joined_into) AS "joinedNumber",
      (SELECT coalesce(json_agg(s ORDER BY s.due_at, s.ord), '[]') FROM steps s WHERE s.case_id = c.id) AS steps,
      (SELECT coalesce(json_agg(r ORDER BY r.sent_at), '[]') FROM referrals r WHERE r.case_id = c.id) AS referrals,
      (SELECT coalesce(json_agg(a ORDER BY a.opened_at), '[]') FROM alerts a WHERE a.case_id = c.id) AS alerts
    FROM cases c WHERE c.id = ${id}`;
  return row && caseFromJson(row);
}

/** A case from its rows as to_json gives them: all columns of the models, big integers as numbers. */
export function caseFromJson(row: ReadCase): WholeCase {
  const one = fromJson(row.one, CASE_TIMES) as Omit<CaseRow, 'input' | 'clockAheadMs'> & { clockAheadMs: number };
  const steps = row.steps.map((step) => fromJson(step, STEP_TIMES) as StepRow);
  return {
    ...one,
    clockAheadMs: BigInt(one.clockAheadMs),
    possible: row.possible,
    joinedNumber: row.joinedNumber,
    _count: { steps: steps.filter(({ state, binds }) => state === 'overdue' && binds === 'station').length },
    steps,
    referrals: row.referrals.map((referral) => fromJson(referral, REFERRAL_TIMES) as Referral),
    alerts: row.alerts.map((alert) => fromJson(alert, ALERT_TIMES) as AlertRow),
  };
}

/** Temporal has the case's workflow. Lost in a crash of the database, the sweep finds that out again. */
export async function markRunning(tx: Tx, id: string): Promise<void> {
  await tx.$executeRaw`
    WITH fast AS MATERIALIZED (${WITHOUT_WAITING})
    UPDATE cases SET workflow = 'running' FROM fast WHERE id = ${id}`;
}

const WITH_CASE = {
  case: {
    select: {
      id: true,
      number: true,
      stationId: true,
      assigneeId: true,
      clockAheadMs: true,
      restricted: true,
      conflicted: true,
    },
  },
} as const satisfies Prisma.AlertRowInclude;
export type AlertOfCase = Prisma.AlertRowGetPayload<{ include: typeof WITH_CASE }> & { stepKind: string };

/** Adds the kind of each alert's step, which alerts have no relation to. */
async function withStepKinds<T extends { caseId: string; stepId: string }>(
  tx: Tx,
  alerts: T[],
): Promise<(T & { stepKind: string })[]> {
  if (alerts.length === 0) return [];
  const steps = await tx.stepRow.findMany({
    where: { OR: alerts.map(({ caseId, stepId }) => ({ caseId, id: stepId })) },
    select: { caseId: true, id: true, kind: true },
  });
  const kinds = new Map(steps.map(({ caseId, id, kind }) => [`${caseId}/${id}`, kind]));
  return alerts.map((alert) => ({ ...alert, stepKind: kinds.get(`${alert.caseId}/${alert.stepId}`) ?? alert.stepId }));
}

/** One page of alerts, newest first. */
export async function listAlerts(
  tx: Tx,
  sight: Sight,
  state: string | undefined,
  page: { after?: AlertPlace; take: number },
): Promise<AlertOfCase[]> {
  const { after, take } = page;
  const at = after && new Date(after.openedAt);
  const alerts = await tx.alertRow.findMany({
    where: {
      state,
      // What a drill that is over left behind is nobody's business any more.
      case: { AND: [await seenBy(tx, sight), { NOT: { drill: true, status: 'closed' } }] },
      ...(after && { OR: [{ openedAt: { lt: at } }, { openedAt: at, id: { gt: after.id } }] }),
    },
    include: WITH_CASE,
    orderBy: [{ openedAt: 'desc' }, { id: 'asc' }],
    take,
  });
  return withStepKinds(tx, alerts);
}

/** One alert with its case's number and station. */
export async function readAlert(tx: Tx, id: string): Promise<AlertOfCase | undefined> {
  const alert = await tx.alertRow.findUnique({ where: { id }, include: WITH_CASE });
  return alert ? (await withStepKinds(tx, [alert]))[0] : undefined;
}

/** The journal of a case in order. @param untilSeq the last entry that is wanted; absent: all */
export const readEvents = (tx: Tx, caseId: string, untilSeq?: number) =>
  tx.event.findMany({
    where: { caseId, ...(untilSeq !== undefined && { seq: { lte: untilSeq } }) },
    orderBy: { seq: 'asc' },
  });

/** Names behind the ids of staff and partners; ids that nobody has are left out. */
export async function namesOf(tx: Tx, ids: { staff: string[]; partners: string[] }): Promise<Map<string, string>> {
  const select = { id: true, name: true } as const;
  const [staff, partners] = await Promise.all([
    tx.staff.findMany({ where: { id: { in: ids.staff } }, select }),
    tx.partner.findMany({ where: { id: { in: ids.partners } }, select }),
  ]);
  return new Map([...staff, ...partners].map(({ id, name }) => [id, name]));
}
