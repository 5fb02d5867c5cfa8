/** From the queue's rows to what the API says of a report. */
import type { CaseType, Trigger } from '../../domain/model';
import { type Doubt, type Looks, possibleIn, type ReportState } from '../../domain/reports/model';
import { rfc3339, rfc3339OrNull } from '../../domain/zone';
import type { QueuedReport } from '../../store/reports/queue';
import { type IntakeAnswer, type ReportSummary, SOURCE_KINDS } from '../schemas/reports';

export const kindOf = (kind: string): (typeof SOURCE_KINDS)[number] =>
  SOURCE_KINDS.find((one) => one === kind) ?? 'other';

/** A report of the queue as the API shows it. */
export function reportAnswer(row: QueuedReport): ReportSummary {
  const state = row.state as ReportState;
  const { source, alertId, alertState, alertRung } = row;
  return {
    ...{ id: row.id, number: row.number, stationId: row.stationId, state, can: [...possibleIn(state)] },
    via: row.via === 'key' ? 'key' : 'page',
    source: source && { id: source.id, kind: kindOf(source.kind), name: source.name },
    looks: row.looks as Looks,
    type: row.type as CaseType | null,
    triggers: row.triggers as Trigger[],
    doubts: row.doubts as Doubt[],
    ...{ receivedAt: rfc3339(row.receivedAt), dueAt: rfc3339(row.dueAt), overdue: row.overdue },
    alert: alertId === null ? null : { id: alertId, state: alertState ?? '', rung: alertRung ?? -1 },
    ...{ takenBy: row.takenBy, takenAt: rfc3339OrNull(row.takenAt), caseId: row.caseId },
    ...{ screenedBy: row.screenedBy, screenedAt: rfc3339OrNull(row.screenedAt) },
    ...{ askedBy: row.askedBy, askedAt: rfc3339OrNull(row.askedAt) },
    ...{ decidedBy: row.decidedBy, decidedAt: rfc3339OrNull(row.decidedAt) },
  };
}

/** What a system that reported may know of its report: whether somebody has taken it up. */
export function intakeAnswerOf(row: QueuedReport): IntakeAnswer {
  const state = row.state as ReportState;
  const waits = possibleIn(state).length > 0;
  return {
    ...{ id: row.id, number: row.number, stationId: row.stationId },
    ...{ receivedAt: rfc3339(row.receivedAt), dueAt: rfc3339(row.dueAt) },
    state: waits ? 'waiting' : state === 'screened_out' ? 'not_accepted' : 'accepted',
  };
}
