/**
 * How a report is watched over until somebody has screened it: as a case is, with one step and a ladder of its own. So everything
 * that is true of a late step (reminder, rungs, next channels, receipts, acknowledgements, repeats) is true of a late report.
 */
import type { Ladder, Tell } from '../alert';
import { newCase } from '../case';
import { type Decision, isOpen } from '../draft';
import type { CaseState, Risk } from '../model';
import { SYSTEM } from '../model';
import type { TextKind } from '../text-kinds';
import type { Looks } from './model';

/** The one step of a watch. */
export const SCREENING = 'screening';

const PREFIX = 'report:';
/** Under this name a report is known where cases are known by their id: vault, deliveries, alerts, workflow. */
export const watchIdOf = (reportId: string): string => `${PREFIX}${reportId}`;
export const isWatch = (id: string): boolean => id.startsWith(PREFIX);
/** The report behind a watch's id; undefined: it is a case's. */
export const reportOf = (id: string): string | undefined => (isWatch(id) ? id.slice(PREFIX.length) : undefined);

/** What the policy says of reports that look alike. Spans in milliseconds. */
export interface ScreeningRule {
  dueMs: number;
  /** When the worker on duty hears of it, after the receipt. */
  remindMs: number;
  ladder: Ladder;
  /** The figure in words, for the basis. */
  figure: string;
}
export type ScreeningPolicy = { version: string } & Record<Looks, ScreeningRule>;

/** Whose messages go first: a report that looks critical stands with critical cases, any other with the high ones. */
export const riskOf = (looks: Looks): Risk => (looks === 'critical' ? 'critical' : 'high');

export interface NewWatch {
  reportId: string;
  number: string;
  stationId: string;
  looks: Looks;
  /** Milliseconds since the epoch. */
  receivedAt: number;
  policy: ScreeningPolicy;
}

/** The watch as it is the moment that the report came. */
export function newWatch({ reportId, number, stationId, looks, receivedAt, policy }: NewWatch, at: number): Decision {
  const { dueMs, remindMs, ladder, figure } = policy[looks];
  return newCase(
    {
      ...{ caseId: watchIdOf(reportId), number, stationId, policyVersion: policy.version, ladder },
      facts: { type: 'other_emergency', risk: riskOf(looks), receivedAt, triggers: [], guardianIsSuspect: false },
      planned: [
        {
          ...{ id: SCREENING, kind: SCREENING, binds: 'station', start: 'receipt', extendable: false },
          ...{ startAt: receivedAt, dueAt: receivedAt + dueMs, remindAt: receivedAt + remindMs },
          texts: { reminder: 'report_soon', overdue: 'report_late' },
          basis: { kind: 'judgement', figure },
        },
      ],
    },
    at,
    SYSTEM,
  );
}

/** Has somebody screened it? Then the watch ends with its last message. */
export const isWatchOver = (state: CaseState): boolean => !state.steps.some(isOpen);

/** A report's messages have words of their own, where those of a case speak of cases. */
const WORDS: Partial<Record<TextKind, TextKind>> = {
  overdue_skipped: 'report_late',
  acknowledged: 'report_taken',
  over: 'report_over',
};
export const inReportWords = (tell: Tell): Tell => ({ ...tell, kind: WORDS[tell.kind] ?? tell.kind });

/** Messages that are no use any more once somebody has screened the report. */
export const callsForScreening = ({ kind }: Tell): boolean => kind === 'report_soon' || kind === 'report_late';
