/** The end of a day, which is at any moment somewhere and here at 16:00 UTC. */
import { setTimeout as sleep } from 'node:timers/promises';
import { atBeijingMinute, beijingDay } from '../../domain/zone';

/**
 * For tests of what is counted by the day in Beijing: returns when this day lasts long enough to finish them.
 * @param ms how long they take at most, in milliseconds
 */
export async function clearOfMidnight(ms = 30_000): Promise<void> {
  const left = atBeijingMinute(beijingDay(Date.now()) + 1, 0) - Date.now();
  if (left < ms) await sleep(left);
}
