/**
 * What the audit (巡检) looks for, among all cases of any age. Each question is one statement over an index that holds open
 * things only, and brings back suspicious rows alone; domain/audit.ts decides. Times in milliseconds.
 */
import { GRACE_MS, STUCK_MS } from '../domain/audit';
import type { JournalEnd, LateStep, OfCase, OpenDelivery, StandingAlert, UnstartedCase } from '../domain/audit';
import type { CaseInput } from '../domain/messages';
import { Prisma } from '../prisma/generated/client';
import type { Tx } from './db';

/** So many rows of a kind are brought back; where there are more, the audit says that it did not see all. */
export const MOST_ROWS = 1_000;
/** Cases that are looked at in one statement where every one has to be. */
const PAGE = 5_000;

interface CaseColumns {
  caseId: string;
  stationId: string;
  drill: boolean;
  aheadMs: bigint;
}

const CASE = Prisma.sql`c.id AS "caseId", c.station_id AS "stationId", c.drill, c.clock_ahead_ms AS "aheadMs"`;
/** What a drill that is over left behind is nobody's business. */
const COUNTS = Prisma.sql`NOT (c.drill AND c.status = 'closed')`;
/** Cases that time still has something to do with: a closed one has checks after its closure. */
const WATCHED = Prisma.sql`(c.status <> 'closed' OR c.next_due_at IS NOT NULL) AND ${COUNTS}`;
/** The furthest that any case's clock was moved ahead of the wall; none but in the sandbox. */
const MOST_AHEAD = Prisma.sql`COALESCE((SELECT max(clock_ahead_ms) FROM cases WHERE clock_ahead_ms > 0), 0)`;
const LONG_AGO = (at: number): Prisma.Sql => Prisma.sql`${new Date(at - GRACE_MS)}::timestamptz`;
const MS = Prisma.sql`interval '1 millisecond'`;

const ofCase = ({ caseId, stationId, drill, aheadMs }: CaseColumns): OfCase => ({
  caseId,
  stationId,
  drill,
  aheadMs: Number(aheadMs),
});

/** Steps past their time, open, with no alert that stands. */
export async function lateSteps(tx: Tx, at: number): Promise<LateStep[]> {
  const rows = await tx.$queryRaw<(CaseColumns & { stepId: string; dueAt: Date; reportedAt: Date })[]>`
    SELECT ${CASE}, s.id AS "stepId", s.due_at AS "dueAt", c.reported_at AS "reportedAt"
    FROM steps s JOIN cases c ON c.id = s.case_id
    WHERE s.state NOT IN ('done', 'cancelled')
      AND s.due_at < ${LONG_AGO(at)} + ${MOST_AHEAD} * ${MS}
      AND s.due_at < ${LONG_AGO(at)} + c.clock_ahead_ms * ${MS}
      AND c.reported_at < ${LONG_AGO(at)} AND ${COUNTS}
      AND NOT EXISTS (
        SELECT 1 FROM alerts a WHERE a.case_id = s.case_id AND a.step_id = s.id AND a.state <> 'resolved')
    ORDER BY s.due_at LIMIT ${MOST_ROWS}`;
  return rows.map((row) => ({
    ...ofCase(row),
    stepId: row.stepId,
    dueAt: row.dueAt.getTime(),
    reportedAt: row.reportedAt.getTime(),
  }));
}

type AlertColumns = CaseColumns & {
  alertId: string;
  stepId: string;
  state: string;
  rung: number;
  openedAt: Date;
  nextAt: Date;
  tried: boolean;
  skipped: boolean;
};

const ALERT = Prisma.sql`${CASE}, a.id AS "alertId", a.step_id AS "stepId", a.state, a.rung,
  a.opened_at AS "openedAt", a.next_at AS "nextAt"`;

/** Alerts whose next rung is past its moment, and those of which no message was ever tried. */
export async function alertsAtRest(tx: Tx, at: number): Promise<StandingAlert[]> {
  const stalled = tx.$queryRaw<AlertColumns[]>`
    SELECT ${ALERT}, true AS tried, false AS skipped
    FROM alerts a JOIN cases c ON c.id = a.case_id
    WHERE a.state <> 'resolved'
      AND a.next_at < ${LONG_AGO(at)} + ${MOST_AHEAD} * ${MS}
      AND a.next_at < ${LONG_AGO(at)} + c.clock_ahead_ms * ${MS} AND ${COUNTS}
    ORDER BY a.next_at LIMIT ${MOST_ROWS}`;
  const untold = tx.$queryRaw<AlertColumns[]>`
    SELECT ${ALERT}, false AS tried, EXISTS (
      SELECT 1 FROM events e
      WHERE e.case_id = a.case_id AND e.kind = 'rung_skipped' AND e.data->>'alertId' = a.id) AS skipped
    FROM alerts a JOIN cases c ON c.id = a.case_id
    WHERE a.state = 'open' AND a.rung >= 0
      AND a.opened_at < ${LONG_AGO(at)} + c.clock_ahead_ms * ${MS}
      AND a.next_at >= ${LONG_AGO(at)} + c.clock_ahead_ms * ${MS} AND ${COUNTS}
      AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.alert_id = a.id AND (d.attempts > 0 OR d.bundled_in IS NOT NULL))
    ORDER BY a.opened_at LIMIT ${MOST_ROWS}`;
  return [...(await stalled), ...(await untold)].map(({ openedAt, nextAt, ...row }) => ({
    ...ofCase(row),
    alertId: row.alertId,
    stepId: row.stepId,
    state: row.state,
    rung: row.rung,
    tried: row.tried,
    skipped: row.skipped,
    openedAt: openedAt.getTime(),
    nextAt: nextAt.getTime(),
  }));
}

/** Cases that were reported some time ago and have no workflow yet. */
export async function unstarted(tx: Tx, at: number): Promise<UnstartedCase[]> {
  const rows = await tx.$queryRaw<(CaseColumns & { reportedAt: Date })[]>`
    SELECT ${CASE}, c.reported_at AS "reportedAt" FROM cases c
    WHERE c.workflow <> 'running' AND c.reported_at < ${LONG_AGO(at)} AND ${COUNTS}
    ORDER BY c.reported_at LIMIT ${MOST_ROWS}`;
  return rows.map((row) => ({ ...ofCase(row), reportedAt: row.reportedAt.getTime() }));
}

/** Messages of cases that were neither sent nor given up, and that nobody has touched for some time. */
export async function deliveriesAtRest(tx: Tx, at: number): Promise<OpenDelivery[]> {
  const before = Prisma.sql`${new Date(at - STUCK_MS)}::timestamptz`;
  const rows = await tx.$queryRaw<(CaseColumns & { key: string; touchedAt: Date })[]>`
    SELECT ${CASE}, d.key, GREATEST(d.created_at, d.tried_at) AS "touchedAt"
    FROM deliveries d JOIN cases c ON c.id = d.case_id
    WHERE d.state IN ('pending', 'sending') AND d.created_at < ${before}
      AND (d.tried_at IS NULL OR d.tried_at < ${before}) AND d.bundled_in IS NULL
      AND (d.held_until IS NULL OR d.held_until < ${before} + c.clock_ahead_ms * ${MS}) AND d.key NOT LIKE 'help/%' AND ${COUNTS}
    ORDER BY d.created_at LIMIT ${MOST_ROWS}`;
  return rows.map((row) => ({ ...ofCase(row), key: row.key, touchedAt: row.touchedAt.getTime() }));
}

/**
 * Every case that time has something to do with, page by page.
 * @param page hears of the cases that should have a running workflow, and of those whose rows and journal differ
 */
export async function walkCases(
  tx: Tx,
  page: (found: { started: OfCase[]; journals: JournalEnd[] }) => Promise<void>,
): Promise<void> {
  for (let after = ''; ;) {
    const rows = await tx.$queryRaw<(CaseColumns & { workflow: string; rev: number; lastSeq: number })[]>`
      SELECT ${CASE}, c.workflow, c.rev,
        COALESCE((SELECT e.seq FROM events e WHERE e.case_id = c.id ORDER BY e.seq DESC LIMIT 1), 0) AS "lastSeq"
      FROM cases c WHERE c.id > ${after} AND ${WATCHED} ORDER BY c.id LIMIT ${PAGE}`;
    await page({
      started: rows.filter((row) => row.workflow === 'running').map(ofCase),
      journals: rows.filter((row) => row.rev !== row.lastSeq).map((row) => ({ ...ofCase(row), ...endOf(row) })),
    });
    const last = rows.at(-1);
    if (rows.length < PAGE || !last) return;
    after = last.caseId;
  }
}

const endOf = ({ rev, lastSeq }: { rev: number; lastSeq: number }) => ({ rev, lastSeq });

/** What a workflow can be started from: its input at the intake, and how far its journal has come since. */
export async function beginningOf(tx: Tx, caseId: string): Promise<{ input: CaseInput; seq: number } | undefined> {
  const row = await tx.caseRow.findUnique({
    where: { id: caseId },
    select: { input: true, rev: true, events: { orderBy: { seq: 'desc' }, take: 1, select: { seq: true } } },
  });
  if (!row) return undefined;
  return { input: row.input as unknown as CaseInput, seq: Math.max(row.rev, row.events[0]?.seq ?? 0) };
}

/** A workflow runs for the case again, on the wall's clock. */
export async function markRunning(tx: Tx, caseId: string): Promise<void> {
  await tx.caseRow.update({ where: { id: caseId }, data: { workflow: 'running', clockAheadMs: 0n } });
}
