/** The day's end, at which a test of what happens once a day would see two. */
import { setTimeout as sleep } from 'node:timers/promises';
import { atBeijingMinute, beijingDay } from '../../domain/zone';

/** Lets a day in Beijing end first that would otherwise end in the middle of the test. @param ms that the test takes at most */
export async function withinOneDay(ms = 60_000): Promise<void> {
  const left = atBeijingMinute(beijingDay(Date.now()) + 1, 0) - Date.now();
  if (left < ms) await sleep(left + 1_000);
}
