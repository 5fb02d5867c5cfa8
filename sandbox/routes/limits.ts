/** Our own budgets keep step with the carrier double's limits: both are off, or both as Tencent has them for a new account. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { z } from 'zod';
import { TENCENT_LIMITS } from '../../domain/limits';
import type { Repeated } from '../../runtime/repeat';
import { limitsInForce, overrideLimits } from '../../store/budget';
import type { Db } from '../../store/db';
import type { CarrierClient } from './carrier-client';

const Asked = z.object({ limits: z.enum(['off', 'default']) });
const OFF = { sms: 'off', voice: 'off' };
const TRIES = 20;
const PAUSE_MS = 500;

/** @param asked what was asked of the carrier double, which has taken it */
export async function keepStep(db: Db, asked: unknown): Promise<void> {
  const { data } = Asked.safeParse(asked);
  if (!data) return;
  const wanted = data.limits === 'default' ? TENCENT_LIMITS : OFF;
  const now = await limitsInForce(db);
  if (now.sms !== wanted.sms || now.voice !== wanted.voice) await overrideLimits(db, wanted);
}

/** A carrier double that was started again has forgotten its limits; ours are on disk. */
export function keepStepFromStart(db: Db, carrier: CarrierClient, log: Logger): Repeated {
  const ended = new AbortController();
  const done = askUntilAnswered(db, carrier, log, ended.signal);
  return {
    async stop() {
      ended.abort();
      await done;
    },
  };
}

async function askUntilAnswered(db: Db, carrier: CarrierClient, log: Logger, ended: AbortSignal): Promise<void> {
  for (let n = 1; n <= TRIES && !ended.aborted; n += 1) {
    try {
      const { limits } = Asked.parse(await carrier.state());
      return await overrideLimits(db, limits === 'default' ? TENCENT_LIMITS : undefined);
    } catch (error) {
      const failure = error instanceof Error ? error.name : 'unknown';
      if (n === TRIES) log.warn({ failure }, 'our limits may differ from the carrier double');
    }
    await sleep(PAUSE_MS, undefined, { ref: false });
  }
}
