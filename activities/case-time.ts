/** The case's own time inside an activity, which may run some while after its workflow asked for it. */
import { asyncLocalStorage } from '@temporalio/activity';

/** Longer than this nothing waits in the queue while all is well; beyond it the case's clock is not the wall's. */
const MOST_MS = 15 * 60_000;

/**
 * Budgets count on the case's own clock, since the wall's is wrong where the case's was moved ahead; but a message that waited
 * in the queue, or for its turn, goes out later than it was asked for.
 * @param asked the case's time when the activity was asked for, milliseconds
 * @returns a clock that says the case's time now
 */
export function caseClock(asked: number): () => number {
  // Outside an activity nothing was asked for by a workflow: the time stands as it was given.
  if (asyncLocalStorage.getStore() === undefined) return () => asked;
  const began = performance.now();
  return () => {
    const wall = Date.now();
    const own = Math.round(asked + performance.now() - began);
    return wall - asked <= MOST_MS ? Math.max(own, wall) : own;
  };
}
