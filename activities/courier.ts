/**
 * Sends the texts that no workflow sees out: help for replies that acknowledged nothing, word of faults to
 * administrators, tests of robots. Runs in the worker.
 */
import { repeat, type Repeated } from '../runtime/repeat';
import { takeHelpTexts } from '../store/help-texts';
import { attempt, type SendDeps } from './send';

const LOOK_EVERY_MS = 1_000;

export interface Courier {
  /** Sends what waits now, side by side: a provider that hangs holds up its own message alone. */
  sendWaiting(): Promise<void>;
  /** Looks every second until stopped; slow messages do not keep it from looking. */
  start(): Repeated;
}

/** At worst a crash loses one such text; it acknowledges nothing and the next reply brings another. */
export function createCourier(deps: SendDeps): Courier {
  const failed = (error: unknown): void =>
    deps.log.warn({ failure: error instanceof Error ? error.name : 'unknown' }, 'help texts wait');

  async function sendOne(key: string): Promise<void> {
    try {
      await attempt(deps, key);
    } catch (error) {
      failed(error);
    }
  }

  return {
    async sendWaiting() {
      await Promise.all((await takeHelpTexts(deps.db)).map(sendOne));
    },
    start() {
      const underWay = new Set<Promise<void>>();
      const looking = repeat(
        LOOK_EVERY_MS,
        async () => {
          for (const key of await takeHelpTexts(deps.db)) {
            const sending = sendOne(key).finally(() => underWay.delete(sending));
            underWay.add(sending);
          }
        },
        failed,
      );
      return {
        async stop() {
          await looking.stop();
          await Promise.all(underWay);
        },
      };
    },
  };
}
