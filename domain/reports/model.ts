/** A report that waits to be screened (待甄别的报告): its states, who may do what in each, and how soon it wants looking at. Pure. */
import type { Refusal } from '../failures';
import type { CaseType, Risk, Trigger } from '../model';

export const REPORT_STATES = ['waiting', 'out_asked', 'screened_in', 'joined', 'screened_out'] as const;
export type ReportState = (typeof REPORT_STATES)[number];

/** What is done with a report. `screen_out` asks; a second person decides. */
export type Triage = 'take' | 'screen_in' | 'join' | 'screen_out' | 'decide';

/** While it is asked to screen a report out, the clock runs on and anybody may still take it up. */
const POSSIBLE: Record<ReportState, readonly Triage[]> = {
  waiting: ['take', 'screen_in', 'join', 'screen_out'],
  out_asked: ['take', 'screen_in', 'join', 'decide'],
  screened_in: [],
  joined: [],
  screened_out: [],
};

export const isWaiting = (state: ReportState): boolean => POSSIBLE[state].length > 0;
export const possibleIn = (state: ReportState): readonly Triage[] => POSSIBLE[state];

/** Why this cannot be done with a report in that state; undefined: it can. */
export function refuseTriage(
  { state, askedBy }: { state: ReportState; askedBy: string | null },
  triage: Triage,
  by: string,
): Refusal | undefined {
  const possible = [...POSSIBLE[state]];
  if (!possible.includes(triage)) {
    if (possible.length === 0) return { type: 'ReportOver', message: `the report is ${state}`, possible };
    const message = triage === 'decide' ? 'nobody asked to screen it out' : 'it is asked already to screen it out';
    return { type: 'ReportNotAsked', message, possible };
  }
  if (triage !== 'decide' || askedBy !== by) return undefined;
  return { type: 'SamePersonDecides', message: 'somebody other than the asker decides', possible };
}

/** How soon a report is to be looked at: what each means is the policy's (policies/screening.yaml). */
export const LOOKS = ['critical', 'usual'] as const;
export type Looks = (typeof LOOKS)[number];

export interface Seen {
  type?: CaseType;
  risk?: Risk;
  triggers: readonly Trigger[];
  /** The reporter says that the child is in danger at this moment. */
  inDanger?: boolean;
  /** A child writes for itself: nobody else may be there to do it. */
  byChild: boolean;
  /** What is odd about how it came. */
  doubts: readonly Doubt[];
}

/** Types that are critical or high from the start wherever they are true. */
const CRITICAL_TYPES: readonly CaseType[] = ['sexual_abuse', 'missing', 'self_harm', 'abandonment'];
const CRITICAL_TRIGGERS: readonly Trigger[] = [
  'sexual_abuse',
  'missing',
  'self_harm',
  'abandonment',
  'no_carer',
  'disability_or_death',
  'trafficking',
];

/**
 * Does it look critical? By what was ticked alone: nobody has read it yet. What a machine has probably sent is looked at in the
 * usual time, and never less.
 */
export function looksOf({ type, risk, triggers, inDanger, byChild, doubts }: Seen): Looks {
  if (doubts.includes('honeypot')) return 'usual';
  const critical =
    inDanger === true ||
    byChild ||
    risk === 'critical' ||
    (type !== undefined && CRITICAL_TYPES.includes(type)) ||
    triggers.some((one) => CRITICAL_TRIGGERS.includes(one));
  return critical ? 'critical' : 'usual';
}

/**
 * What is odd about a form (可疑之处). None of it refuses a report: a field that only machines see was filled in, the form was
 * sent sooner than anybody types, is older than a day, or is not one of ours.
 */
export const DOUBTS = ['honeypot', 'too_quick', 'stale_form', 'foreign_form'] as const;
export type Doubt = (typeof DOUBTS)[number];

const QUICKEST_MS = 3_000;
const STALE_MS = 24 * 60 * 60_000;

/** @param ageMs of the form, by its seal; undefined: it bears no seal of ours */
export function doubtsOf({ ageMs, trapped }: { ageMs: number | undefined; trapped: boolean }): Doubt[] {
  return [
    ...(trapped ? (['honeypot'] as const) : []),
    ...(ageMs === undefined ? (['foreign_form'] as const) : []),
    ...(ageMs !== undefined && ageMs < QUICKEST_MS ? (['too_quick'] as const) : []),
    ...(ageMs !== undefined && ageMs > STALE_MS ? (['stale_form'] as const) : []),
  ];
}

/** First letters of report numbers in order, each for 100,000 of them; a case's number has a digit less. */
const REPORT_LETTERS = 'RSTUVWXYZ';
const PER_LETTER = 100_000;

/** `R00012`: six characters, so that it fits a template variable. @throws RangeError past 900,000 reports */
export function reportNumber(count: number): string {
  const letter = REPORT_LETTERS[Math.floor(count / PER_LETTER)];
  if (letter === undefined || count < 0) throw new RangeError(`no report number for count ${count}`);
  return `${letter}${String(count % PER_LETTER).padStart(5, '0')}`;
}
