/** Says that an activity is alive while it works, so that a worker that died is noticed within seconds. */
import { Context } from '@temporalio/activity';

const BEAT_MS = 3_000;

/** Runs the work under heartbeats of the activity that it belongs to. */
export async function alive<T>(work: () => Promise<T>): Promise<T> {
  const context = Context.current();
  const timer = setInterval(() => context.heartbeat(), BEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
