/** deliver: sees one message out, retried by Temporal until the ladder's time for it is over; then giveUp ends it. */
import { ApplicationFailure } from '@temporalio/common';
import type {
  DeliverAllInput,
  DeliverAllOutput,
  DeliverInput,
  DeliverOutput,
  GiveUpInput,
  HeldOutput,
} from '../domain/messages';
import { setTimeout as sleep } from 'node:timers/promises';
import { fail } from '../store/deliveries';
import { alive } from './alive';
import type { Turn } from './budget';
import { RECORDS_BEHIND } from './doubt';
import { caseClock } from './case-time';
import type { SendDeps } from './deps';
import { DeliveryUnknown, RECORD_LAG_MS, now } from './ended';
import type { HeadStarts, Tried } from './head-start';
import { attempt } from './send';

export const createDeliver = (deps: SendDeps, headStarts?: HeadStarts) => ({
  /**
   * The first attempt of all messages of a moment, unless they had a head start: one activity instead of one a message
   * keeps histories short and the server idle. Nothing is thrown for a single message; what is not settled is named for `deliver`.
   */
  async deliverAll({ keys, at, until }: DeliverAllInput): Promise<DeliverAllOutput> {
    const turn = { now: caseClock(at), until };
    const tried = await alive(() =>
      Promise.all(
        keys.map(async (key) => ({ key, result: (await headStarts?.take(key)) ?? (await tryOne(deps, key, turn)) })),
      ),
    );
    const output: Required<DeliverAllOutput> = { ended: [], again: [], held: [] };
    for (const { key, result } of tried) {
      if ('again' in result) output.again.push(key);
      else if (result.outcome === 'held') output.held.push({ key, ms: result.ms });
      else output.ended.push({ key, ...result });
    }
    return output;
  },

  /**
   * One attempt; the same answer again once the delivery has ended. Held: the phone's budget has a unit in so long.
   * @throws ApplicationFailure ProviderBusy or ProviderUnknown, to be retried when they say; DeliveryUnknown, never
   */
  async deliver({ key, at, until }: DeliverInput): Promise<DeliverOutput | HeldOutput> {
    const result = await named(attempt(deps, key, { now: caseClock(at), until }));
    if (!('again' in result)) return result;
    throw ApplicationFailure.create({
      type: result.again,
      message: result.code,
      nextRetryDelay: Math.max(1, result.ms),
    });
  },

  /**
   * The time for a delivery is over: it counts as failed, unless it was sent after all. One that no row answers for, as after a
   * database was restored to an earlier moment, has failed: the case goes on, to the next channel or person.
   */
  async giveUp({ key, code }: GiveUpInput): Promise<DeliverOutput> {
    await fail(deps.db, key, code);
    const result = await now(deps, key).catch((error: unknown): DeliverOutput => {
      if (error instanceof DeliveryUnknown) return { outcome: 'failed', code: error.name };
      throw error;
    });
    if (result.outcome === 'failed') deps.log.warn({ key, code: result.code }, 'delivery given up');
    return result;
  },
});

async function named<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof DeliveryUnknown) throw ApplicationFailure.nonRetryable(error.message, error.name);
    throw error;
  }
}

/**
 * A message that no row or no database answers for is tried again by itself, and does not hold up the others. One that another
 * worker gave a head start to has ended, nearly always, by the time that a carrier's records could be asked. Where it takes
 * longer it comes again by itself, or all others here would not be heard of meanwhile.
 */
async function tryOne(deps: SendDeps, key: string, turn: Turn): Promise<Tried> {
  try {
    const tried = await attempt(deps, key, turn);
    if (!('again' in tried) || tried.code !== RECORDS_BEHIND) return tried;
    await sleep(Math.min(tried.ms, RECORD_LAG_MS));
    return await attempt(deps, key, turn);
  } catch (error) {
    const code = error instanceof Error ? error.name : 'unknown';
    deps.log.warn({ key, failure: code }, 'first attempt broke off');
    return { again: 'ProviderUnknown', code, ms: 0 };
  }
}
