/** The names under which a case and its messages are known everywhere. Deterministic, so that a retry says the same. */

/** Temporal workflow id of a case, or of the watch over a report (`report:<id>`, reports/watch.ts). */
export const caseWorkflowId = (caseId: string): string =>
  caseId.startsWith('report:') ? caseId.replace(':', '/') : `case/${caseId}`;

/** The n-th occurrence of a recurring step; the first carries the bare kind. */
export const stepId = (kind: string, occurrence = 1): string => (occurrence <= 1 ? kind : `${kind}-${occurrence}`);

/** The kind that a step's id begins with; occurrence or referral follow after a hyphen. */
export const kindOfStep = (step: string): string => step.split('-')[0] ?? step;

/** Each lateness of a step is one alert; a step that is re-opened and late again is told under a new one. */
export const alertId = (caseId: string, step: string, openedSeq: number): string => `${caseId}.${step}.${openedSeq}`;

/** Key of one delivery: stored before anything is sent (promise 4). */
export const deliveryKey = (tellId: string, channel: string, personId: string): string =>
  `${tellId}/${channel}/${personId}`;

/** First letters of case numbers in order, each for 10,000 of them. */
export const CASE_LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ';

/**
 * Short case number (`A0123`) from a running count, so that it fits a six-character template variable.
 * I and O are left out: on a phone's screen they read as 1 and 0.
 * @throws RangeError past 240,000 cases, when a longer form has to be agreed with the carrier.
 */
export function caseNumber(count: number): string {
  const letter = CASE_LETTERS[Math.floor(count / 10_000)];
  if (letter === undefined || count < 0) throw new RangeError(`no case number for count ${count}`);
  return `${letter}${String(count % 10_000).padStart(4, '0')}`;
}
