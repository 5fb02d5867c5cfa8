/**
 * Sees to it that workflows hear what the queue's rows say: a report that came is watched over, one that was screened is not any
 * more, and the case that it became or was joined to knows. Everything here may be done twice.
 */
import type { CaseInput, Command } from '../domain/messages';
import { TRIGGERS } from '../domain/model';
import { isWaiting, type ReportState } from '../domain/reports/model';
import { SCREENING, watchIdOf } from '../domain/reports/watch';
import type { Report } from '../prisma/generated/client';
import { repeat, type Repeated } from '../runtime/repeat';
import { readCase } from '../store/cases';
import { markWatch, putBack, unsettledReports, watchedReports } from '../store/reports/triage';
import type { ApiDeps } from './deps';
import { asProblem } from './failure';

type Deps = Pick<ApiDeps, 'db' | 'cases' | 'log'>;

const SWEEP_MS = 2_000;
/** How often every report that waits is looked at: is somebody watching over it? */
const AUDIT_MS = 60_000;

/** @throws TemporalAway and whatever a case refuses; then the sweep comes again */
export async function settleReport(deps: Deps, report: Report): Promise<void> {
  const { db, cases } = deps;
  const waits = isWaiting(report.state as ReportState);
  if (report.watch === 'ended' || (waits && report.watch === 'running')) return;
  let now: Report | undefined = report;
  if (waits) {
    if ((await cases.startWatch(report.input as unknown as CaseInput)) === 'pending') return;
    now = await markWatch(db, report.id, 'running');
    if (!now || isWaiting(now.state as ReportState)) return;
  }
  if (now.state === 'joined' && !(await joined(deps, now))) return;
  if (now.state === 'screened_in' && now.caseId !== null) await cases.start(now.caseId);
  await endWatch(deps, now);
  await markWatch(db, report.id, 'ended');
}

/** The case hears of it; one that was closed meanwhile does not take it, and then the report waits again, and is watched over as before. */
async function joined(deps: Deps, report: Report): Promise<boolean> {
  try {
    await tellCase(deps, report);
    return true;
  } catch (error) {
    const { type } = asProblem(error);
    if (type !== 'CaseClosed' && type !== 'CaseJoined') throw error;
    // Not so any more, or somebody else has settled it: the sweep comes again.
    if (!(await putBack(deps.db, report, type))) throw error;
    deps.log.warn(
      { reportId: report.id, failure: type },
      'the case of a joined report is over; the report waits again',
    );
    return false;
  }
}

async function endWatch({ cases }: Deps, { id, screenedBy }: Report): Promise<void> {
  const actor = { kind: 'staff', id: screenedBy ?? '' } as const;
  const command: Command = { do: 'complete', stepId: SCREENING, outcome: 'done', actor };
  try {
    await cases.command(watchIdOf(id), command, `screened/${id}`);
  } catch (error) {
    // It has ended already, or never began.
    if (!isRefusal(error)) throw error;
  }
}

const isRefusal = (error: unknown): boolean =>
  error instanceof Error && 'type' in error && (error.type === 'AlertOver' || error.type === 'StepOver');

/** The report stands in the case's journal, and what it says that nobody knew starts its clocks, from the report's receipt. */
async function tellCase({ db, cases }: Deps, report: Report): Promise<void> {
  const { id: reportId, number: reportNumber, caseId, noteId, screenedBy, operationId } = report;
  if (caseId === null || noteId === null) return;
  const row = await readCase(db, caseId);
  if (!row) return;
  const actor = { kind: 'staff', id: screenedBy ?? '' } as const;
  const receivedAt = report.receivedAt.getTime();
  // Of one joining the same, and another's where it had come to nothing before.
  const said = `report/${reportId}/${operationId ?? ''}`;
  const joinReport: Command = { do: 'join_report', reportId, reportNumber, receivedAt, noteId, actor };
  await cases.command(caseId, joinReport, said);
  for (const trigger of TRIGGERS.filter((one) => report.triggers.includes(one) && !row.triggers.includes(one))) {
    const learn: Command = { do: 'learn_trigger', trigger, learntAt: receivedAt, actor };
    await cases.command(caseId, learn, `${said}/${trigger}`);
  }
}

/** Settles now if that is possible; if not, the sweep does: what people decided stands in the row. */
export async function settleSoon(deps: Deps, report: Report): Promise<void> {
  try {
    await settleReport(deps, report);
  } catch (error) {
    const failure = error instanceof Error ? error.name : 'unknown';
    deps.log.warn({ reportId: report.id, failure }, 'report waits to be settled');
  }
}

/**
 * The audit of the queue (巡检): every report that waits is watched over, or is again from now on. What was late meanwhile is told
 * at once; its journal counts on.
 */
export async function auditWatches({ db, cases, log }: Deps): Promise<void> {
  for (const { id, input, rev } of await watchedReports(db)) {
    if (await cases.watchRuns(watchIdOf(id))) continue;
    const { state } = input as unknown as CaseInput;
    log.error({ reportId: id }, 'nobody watched over a report; its watch begins again');
    await cases.startWatch({ state: { ...state, seq: Math.max(state.seq, rev) } });
  }
}

const failed =
  ({ log }: Deps, what: string) =>
  (error: unknown): void =>
    log.warn({ failure: error instanceof Error ? error.name : 'unknown' }, what);

export const sweepReports = (deps: Deps): Repeated[] => [
  repeat(
    SWEEP_MS,
    async () => {
      // One that cannot be settled holds up nobody behind it.
      for (const report of await unsettledReports(deps.db, SWEEP_MS)) await settleSoon(deps, report);
    },
    failed(deps, 'reports cannot be settled'),
  ),
  repeat(AUDIT_MS, () => auditWatches(deps), failed(deps, 'watches over reports cannot be looked at')),
];
