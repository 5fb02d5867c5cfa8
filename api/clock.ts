/** This process's own clock beside the database's: a wrong one must be seen before people trust its times. */
import { hostname } from 'node:os';
import type { Logger } from 'pino';
import { SKEW_MS, skewFindings, skewOf } from '../domain/audit';
import { repeat, type Repeated } from '../runtime/repeat';
import { databaseNow } from '../store/clock';
import type { Db } from '../store/db';
import { API_CLOCK, resolveFinding, writeFinding } from '../store/findings';

const EVERY_MS = 60_000;
/** One finding for each machine that the API runs on. */
const REF = `${API_CLOCK}${hostname()}`;

/** What the last comparison found, where it was worth correcting. */
let ahead = 0;

/**
 * Now by the database's clock, in milliseconds since the epoch, as far as a comparison each minute can say: what is shown to people must not be
 * off by minutes because one machine's clock is.
 */
export const correctedNow = (): number => Date.now() - ahead;

/** Milliseconds that this process's clock is ahead of the database's; 0 while nothing can be said. */
export async function clockAhead(db: Db): Promise<number> {
  const before = Date.now();
  const shown = await databaseNow(db);
  // From the database's side ours is the other way round.
  return 0 - skewOf({ before, shown, after: Date.now() });
}

/** For /readyz and people: which clock is off, and by how much. */
export const clockWarning = (aheadMs: number): string[] =>
  Math.abs(aheadMs) > SKEW_MS
    ? [
        `the clock of this API is ${Math.round(Math.abs(aheadMs) / 1000)} s ${aheadMs > 0 ? 'ahead of' : 'behind'} the database's`,
      ]
    : [];

/** Compares once, and puts what it sees where the audit's findings are. */
export async function checkClock({ db, log }: { db: Db; log: Logger }): Promise<void> {
  const aheadMs = await clockAhead(db);
  const [finding] = skewFindings({ [REF]: aheadMs });
  const at = await databaseNow(db);
  ahead = finding ? aheadMs : 0;
  if (!finding) return resolveFinding(db, at, 'clock_skew', REF);
  log.error({ failure: 'ClockSkew', aheadMs }, 'the clock of this machine is wrong');
  await writeFinding(db, at, finding);
}

/** Compares now and each minute until stopped. */
export function watchClock(deps: { db: Db; log: Logger }): Repeated {
  const failed = (error: unknown): void =>
    deps.log.warn({ failure: error instanceof Error ? error.name : 'unknown' }, 'clocks could not be compared');
  const first = checkClock(deps).catch(failed);
  const later = repeat(EVERY_MS, () => checkClock(deps), failed);
  return {
    async stop() {
      await later.stop();
      await first;
    },
  };
}
