/** Sends the texts that no workflow sees out: help for replies that acknowledged nothing. Runs in the worker. */
import { repeat, type Repeated } from '../runtime/repeat';
import { takeHelpTexts } from '../store/help-texts';
import { attempt, type SendDeps } from './send';

const LOOK_EVERY_MS = 1_000;

export interface Courier {
  /** Sends what waits now. */
  sendWaiting(): Promise<void>;
  /** Looks every second until stopped. */
  start(): Repeated;
}

/** At worst a crash loses one such text; it acknowledges nothing and the next reply brings another. */
export function createCourier(deps: SendDeps): Courier {
  async function sendWaiting(): Promise<void> {
    for (const key of await takeHelpTexts(deps.db)) await attempt(deps, key);
  }

  return {
    sendWaiting,
    start: () =>
      repeat(LOOK_EVERY_MS, sendWaiting, (error) =>
        deps.log.warn({ failure: error instanceof Error ? error.name : 'unknown' }, 'help texts wait'),
      ),
  };
}
