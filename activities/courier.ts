/** Sends what no workflow sees out: help for replies that acknowledged nothing, the audit's messages, digests. Runs in the worker. */
import { repeat, type Repeated } from '../runtime/repeat';
import { fail } from '../store/deliveries';
import { takeHelpTexts } from '../store/help-texts';
import { endNotice, holdNotice, takeNotices } from '../store/notices';
import { attempt, type SendDeps } from './send';

const LOOK_EVERY_MS = 1_000;

export interface Courier {
  /** Sends what waits now. */
  sendWaiting(): Promise<void>;
  /** Looks every second until stopped. */
  start(): Repeated;
}

/**
 * At worst a crash loses one help text; it acknowledges nothing and the next reply brings another. Notices wait in a table of
 * their own until their delivery has ended: none is lost, and after a crash the carrier's records are asked first.
 */
export function createCourier(deps: SendDeps): Courier {
  async function sendWaiting(): Promise<void> {
    for (const key of await takeHelpTexts(deps.db)) await attempt(deps, key);
    await Promise.all((await takeNotices(deps.db)).map(sendNotice));
  }

  async function sendNotice({ key, late }: { key: string; late: boolean }): Promise<void> {
    if (late) await fail(deps.db, key, 'TooLate');
    const result = await attempt(deps, key);
    if ('again' in result) await holdNotice(deps.db, key, result.ms);
    else await endNotice(deps.db, key);
  }

  return {
    sendWaiting,
    start: () =>
      repeat(LOOK_EVERY_MS, sendWaiting, (error) =>
        deps.log.warn({ failure: error instanceof Error ? error.name : 'unknown' }, 'messages of no case wait'),
      ),
  };
}
