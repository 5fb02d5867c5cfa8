/** Each fault of a story, as it is done to a running product and undone. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PlannedFault } from './story';
import type { PartName, Town } from './town';

const SKEW = join(__dirname, 'skew.cjs');
const SKEW_MS = 10 * 60_000;
const STARTED_MS = 6_000;

/** Breaks it, waits, and makes it whole. What was killed is started again by whoever keeps the product running. */
export async function breakOne(town: Town, { fault, forMs }: PlannedFault): Promise<void> {
  const [verb, what = ''] = fault.split(' ');
  if (verb === 'kill') {
    town.signal(what as PartName, 'SIGKILL');
    await sleep(forMs);
  } else if (verb === 'pause') {
    town.signal(what as PartName, 'SIGSTOP');
    await sleep(forMs);
    town.signal(what as PartName, 'SIGCONT');
  } else if (verb === 'second' || verb === 'skewed') {
    const off = verb === 'skewed' ? { NODE_OPTIONS: `--require ${SKEW}`, CLOCK_SKEW_MS: String(SKEW_MS) } : {};
    const one = await town.another(what as 'worker' | 'api', off);
    // Long enough to start and to take work, which it then dies in the middle of.
    await sleep(Math.max(forMs, STARTED_MS));
    one?.kill('SIGKILL');
  } else if (verb === 'fill') {
    town.disk?.fill();
    await sleep(forMs);
    town.disk?.free();
  } else {
    await town.carrier(what);
    await sleep(forMs);
    await town.carrier('ok');
  }
}

/** A fault may explain a message that went out twice: one that came in the middle of sending it. */
export const REACH_MS = 12_000;
export const explains = (at: number, faults: readonly { from: number; until: number }[]): boolean =>
  faults.some(({ from, until }) => at >= from - REACH_MS && at <= until + REACH_MS);
