/**
 * Who watches the watch (巡检): what may not be true of any case, whatever its age. Rows in, findings out. Pure; times in
 * milliseconds. A case whose clock was moved counts on its own clock, which is ahead of the wall by `aheadMs`.
 */
import { MINUTE } from './zone';

export const FINDING_KINDS = [
  /** A step is late and no alert stands for it. */
  'late_without_alert',
  /** An alert was told up the ladder, and no message about it was ever tried. */
  'alert_without_attempt',
  /** The moment of an alert's next rung has passed, and nothing happened. */
  'alert_stalled',
  /** No workflow runs for a case that has duties open. */
  'workflow_missing',
  /** The workflow was never started, or does not answer. */
  'workflow_stuck',
  /** A message is neither out nor given up, and nobody tries. */
  'delivery_stuck',
  /** The rows say another moment of the case than its journal. */
  'journal_behind',
  /** A clock differs from the database's or Temporal's. */
  'clock_skew',
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

/**
 * What may safely be done about it: `nudge` makes the workflow look again and write its rows anew, `start` begins a workflow
 * from where the journal stands, `attempt` tries a message that nobody tries; `none`: somebody has to see to it.
 */
export type Repair = 'nudge' | 'start' | 'attempt' | 'none';

/** A step, alert or message may be behind by this much without anything being wrong. */
export const GRACE_MS = 2 * MINUTE;
/** A message is tried again within half a minute for as long as anybody tries. */
export const STUCK_MS = 5 * MINUTE;
/** Clocks that differ by more than this are reported. */
export const SKEW_MS = 30_000;
/** What stays is told, and a repair that did not help is tried, again after this. */
export const AGAIN_MS = 30 * MINUTE;
/** An API that has not spoken of its clock for so long is not there any more. */
export const API_SILENT_MS = 5 * MINUTE;

export interface OfCase {
  caseId: string;
  stationId: string;
  drill: boolean;
  aheadMs: number;
}

export interface LateStep extends OfCase {
  stepId: string;
  dueAt: number;
  /** Wall time. A report of something long past is late from the start, and its alert opens a moment later. */
  reportedAt: number;
}

export interface StandingAlert extends OfCase {
  alertId: string;
  stepId: string;
  state: string;
  rung: number;
  openedAt: number;
  nextAt: number;
  /** Was any message about it ever tried? */
  tried: boolean;
  /** Does its journal say that a rung was empty? The case knows then that it reaches nobody, and goes on by itself. */
  skipped: boolean;
}

export interface UnstartedCase extends OfCase {
  reportedAt: number;
}

export interface OpenDelivery extends OfCase {
  key: string;
  /** Wall time of the last attempt, or of its making. */
  touchedAt: number;
}

export interface JournalEnd extends OfCase {
  /** Last journal entry that the rows know. */
  rev: number;
  /** Last entry of the journal itself; 0: none. */
  lastSeq: number;
}

/** What looked suspicious from afar; {@link judge} decides. */
export interface Suspects {
  /** Steps that are open, and no alert stands for them. */
  steps: LateStep[];
  alerts: StandingAlert[];
  unstarted: UnstartedCase[];
  /** Cases without a running workflow: Temporal was asked for each. */
  gone: OfCase[];
  deliveries: OpenDelivery[];
  journals: JournalEnd[];
}

export interface Finding {
  kind: FindingKind;
  /** With the kind, what this finding is about: there is one open finding of each. */
  ref: string;
  caseId?: string;
  stationId?: string;
  stepId?: string;
  alertId?: string;
  drill?: boolean;
  repair: Repair;
}

const about = ({ caseId, stationId, drill }: OfCase) => ({ caseId, stationId, drill });
const clockOf = ({ aheadMs }: OfCase, at: number): number => at + aheadMs;

const lateWithoutAlert = (step: LateStep, at: number): boolean =>
  clockOf(step, at) - step.dueAt > GRACE_MS && at - step.reportedAt > GRACE_MS;

function alertFinding(alert: StandingAlert, at: number): { kind: FindingKind; repair: Repair } | undefined {
  const now = clockOf(alert, at);
  if (alert.state === 'resolved') return undefined;
  if (now - alert.nextAt > GRACE_MS) return { kind: 'alert_stalled', repair: 'nudge' };
  // Held back until the morning (免打扰), it has not been told to anybody yet: its rung is still -1.
  const told = alert.state === 'open' && alert.rung >= 0;
  if (told && !alert.tried && now - alert.openedAt > GRACE_MS)
    return { kind: 'alert_without_attempt', repair: alert.skipped ? 'none' : 'nudge' };
  return undefined;
}

/** Every finding among the suspects at a moment of the wall clock; the order is that of the kinds, worst first. */
export function judge(suspects: Suspects, at: number): Finding[] {
  const gone = new Set(suspects.gone.map((one) => one.caseId));
  const found: Finding[] = [
    ...suspects.steps
      .filter((step) => lateWithoutAlert(step, at))
      .map((step): Finding => ({
        kind: 'late_without_alert',
        ref: `${step.caseId}.${step.stepId}`,
        ...about(step),
        stepId: step.stepId,
        repair: 'nudge',
      })),
    ...suspects.alerts.flatMap((alert): Finding[] => {
      const { alertId, stepId } = alert;
      const what = alertFinding(alert, at);
      return what ? [{ ...what, ref: alertId, ...about(alert), stepId, alertId }] : [];
    }),
    ...suspects.gone.map((one): Finding => ({
      kind: 'workflow_missing',
      ref: one.caseId,
      ...about(one),
      repair: 'start',
    })),
    ...suspects.unstarted
      .filter((one) => at - one.reportedAt > GRACE_MS)
      .map((one): Finding => ({ kind: 'workflow_stuck', ref: one.caseId, ...about(one), repair: 'start' })),
    ...suspects.deliveries
      .filter((one) => at - one.touchedAt > STUCK_MS)
      .map((one): Finding => ({ kind: 'delivery_stuck', ref: one.key, ...about(one), repair: 'attempt' })),
    ...suspects.journals
      .filter((one) => one.rev !== one.lastSeq)
      .map((one): Finding => ({
        kind: 'journal_behind',
        ref: one.caseId,
        ...about(one),
        // Rows can be written anew from the case; entries of the journal that are gone cannot.
        repair: one.rev < one.lastSeq ? 'nudge' : 'none',
      })),
  ];
  // There is nobody to nudge where no workflow runs: starting it is the repair of everything else too.
  return found.map((one) =>
    one.repair === 'nudge' && gone.has(one.caseId ?? '') ? { ...one, repair: 'none' as const } : one,
  );
}

const nameOf = ({ kind, ref }: Pick<Finding, 'kind' | 'ref'>): string => `${kind} ${ref}`;

/** What was there at both looks: something in motion is seen by one of them only. */
export function seenTwice(first: Finding[], second: Finding[]): Finding[] {
  const before = new Set(first.map(nameOf));
  return second.filter((one) => before.has(nameOf(one)));
}

/** Is it time to do it, or to do it again? @param last when it was done last; null: never */
export const isDue = (last: number | null, at: number): boolean => last === null || at - last >= AGAIN_MS;

/** One reading of a clock, taken between two readings of another. */
export interface Reading {
  before: number;
  shown: number;
  after: number;
}

/**
 * How far a clock differs from the one it was read beside, in milliseconds; negative: it is behind. Within the two readings
 * nothing can be said, so that a slow answer is never taken for a wrong clock.
 */
export function skewOf({ before, shown, after }: Reading): number {
  if (shown < before) return shown - before;
  return shown > after ? shown - after : 0;
}

/** Clocks that are off. @param skews milliseconds by the name of the clock */
export const skewFindings = (skews: Record<string, number>): Finding[] =>
  Object.entries(skews)
    .filter(([, ms]) => Math.abs(ms) > SKEW_MS)
    .map(([ref]) => ({ kind: 'clock_skew', ref, repair: 'none' }));

/** What one audit was asked for. */
export interface AuditInput {
  /** The moment by Temporal's clock, on which every deadline runs. */
  at: number;
  /** Milliseconds by which clocks are off, by name. */
  skews: Record<string, number>;
}

export interface AuditOutput {
  /** Nothing is wrong, and everything was looked at. */
  clean: boolean;
  /** Findings open now. */
  open: number;
}
