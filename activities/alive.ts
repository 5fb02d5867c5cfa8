/** Says that an activity is alive while it works, so that a worker that died is noticed within seconds. */
import { asyncLocalStorage } from '@temporalio/activity';

const BEAT_MS = 3_000;

/**
 * Runs the work under heartbeats of the activity that it belongs to, the first one after `everyMs`; outside of activities
 * just runs it.
 * @param work is given the signal that says that the server has given this attempt up, as the answer to a heartbeat tells
 */
export async function alive<T>(work: (gone?: AbortSignal) => Promise<T>, everyMs = BEAT_MS): Promise<T> {
  const context = asyncLocalStorage.getStore();
  if (!context) return work();
  const timer = setInterval(() => context.heartbeat(), everyMs);
  try {
    return await work(context.cancellationSignal);
  } finally {
    clearInterval(timer);
  }
}
