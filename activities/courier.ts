/**
 * Sends what no workflow sees out: help for replies that acknowledged nothing, word of faults to administrators, tests of
 * robots, the audit's messages, digests. Runs in the worker.
 */
import { repeat, type Repeated } from '../runtime/repeat';
import { fail } from '../store/deliveries';
import { queueHelpTexts } from '../store/help-texts';
import { endNotice, holdNotice, takeNotices } from '../store/notices';
import type { SendDeps } from './deps';
import { attempt } from './send';

const LOOK_EVERY_MS = 1_000;

export interface Courier {
  /** Sends what waits now, side by side: a provider that hangs holds up its own message alone. */
  sendWaiting(): Promise<void>;
  /** Looks every second until stopped; slow messages do not keep it from looking. */
  start(): Repeated;
}

/**
 * All of them wait in a table of their own until their delivery has ended or is of no use any more: none is lost by a crash or by
 * an answer that never came; after either the carrier's records are asked first.
 */
export function createCourier(deps: SendDeps): Courier {
  const failed = (error: unknown): void =>
    deps.log.warn({ failure: error instanceof Error ? error.name : 'unknown' }, 'messages of no case wait');

  async function sendNotice({ key, late }: { key: string; late: boolean }): Promise<void> {
    if (late) await fail(deps.db, key, 'TooLate');
    const result = await attempt(deps, key);
    if ('again' in result) await holdNotice(deps.db, key, result.ms);
    else if (result.outcome === 'held') await holdNotice(deps.db, key, result.ms);
    else await endNotice(deps.db, key);
  }

  /** What waits is taken and begun; a slow provider does not hold up the next look. */
  async function begin(): Promise<Promise<void>[]> {
    await queueHelpTexts(deps.db);
    return (await takeNotices(deps.db)).map((notice) => sendNotice(notice).catch(failed));
  }

  return {
    async sendWaiting() {
      await Promise.all(await begin());
    },
    start() {
      const underWay = new Set<Promise<void>>();
      const looking = repeat(
        LOOK_EVERY_MS,
        async () => {
          for (const begun of await begin()) {
            const sending = begun.finally(() => underWay.delete(sending));
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
