/** The case's own time inside an activity, which may run some while after its workflow asked for it. */
import { asyncLocalStorage } from '@temporalio/activity';

/** Longer than this nothing waits for a worker that is well; beyond it the clocks differ. */
const MOST_MS = 5 * 60_000;

/**
 * Budgets count on the case's own clock, since the wall's is wrong where the case's was moved; but a message that waited in
 * the queue, or for its next try, goes out later than it was asked for.
 * @param asked the case's time when the activity was asked for, milliseconds
 */
export function caseTime(asked: number): number {
  const scheduled = asyncLocalStorage.getStore()?.info.scheduledTimestampMs;
  const since = scheduled === undefined ? 0 : Date.now() - scheduled;
  return asked + (since > MOST_MS ? 0 : Math.max(0, since));
}
