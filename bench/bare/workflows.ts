/** The yardsticks: the least that Temporal can be asked for, in the shape of what a case does. */
import { condition, defineSignal, defineUpdate, proxyActivities, setHandler, sleep } from '@temporalio/workflow';
import type { BareActivities } from './activities';

const { mark } = proxyActivities<BareActivities>({ startToCloseTimeout: '20s' });

export const addUpdate = defineUpdate<number, [number]>('add');
export const endSignal = defineSignal('end');

/** Two timers, as a case has a reminder and a deadline. */
export async function twoTimers(): Promise<void> {
  await Promise.all([sleep('30 days'), sleep('60 days')]);
}

/** Answers updates at once. */
export async function counter(): Promise<void> {
  let sum = 0;
  let over = false;
  setHandler(addUpdate, (by) => (sum += by));
  setHandler(endSignal, () => void (over = true));
  await condition(() => over);
}

/** One timer, one activity. @param dueAt milliseconds since the epoch */
export async function deadline({ id, dueAt }: { id: string; dueAt: number }): Promise<void> {
  await sleep(Math.max(1, dueAt - Date.now()));
  await mark(id);
}
