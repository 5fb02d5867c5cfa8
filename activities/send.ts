/** One attempt at one delivery: what the deliver activity retries. */
import type { DeliverOutput } from '../domain/messages';
import type { Delivery } from '../prisma/generated/client';
import { beginAttempt, claim, endOf, fail, notTaken, refused, sent, takenRefs } from '../store/deliveries';
import type { Channel, Outcome, Outgoing } from './channels/channel';
import { NotSendable, compose, type Composed } from './compose';
import type { ActivityDeps } from './deps';

/** The attempt settled nothing: when to try again, and why. */
export interface Again {
  again: 'ProviderBusy' | 'ProviderUnknown';
  code: string;
  ms: number;
}

export type SendDeps = Pick<ActivityDeps, 'db' | 'links' | 'texts' | 'channels' | 'log'>;

/** The carrier's records are behind its answers by no more than this, in milliseconds. */
const RECORD_LAG_MS = 2_000;
const LONGEST_PAUSE_MS = 30_000;

/** No such delivery: a workflow speaks of a row that the record activity never made. */
export class DeliveryUnknown extends Error {
  override readonly name = 'DeliveryUnknown';
}

/**
 * Tries once. Written down before the carrier is called; what was sent before is never sent again; after an attempt that
 * nobody knows the end of, the carrier's records are asked first.
 * @throws DeliveryUnknown
 */
export async function attempt(deps: SendDeps, key: string): Promise<DeliverOutput | Again> {
  const row = await deps.db.delivery.findUnique({ where: { key } });
  if (!row) throw new DeliveryUnknown(`no delivery ${key}`);
  const ended = endOf(row);
  if (ended) return ended;
  const composed = await composeOrFail(deps, row);
  if (!composed) return now(deps, key);
  const channel = deps.channels[composed.channel];
  const asked = await askFirst(deps, row, channel, composed.message);
  if (asked) return asked;
  if (!(await beginAttempt(deps.db, key, composed.vars))) return now(deps, key);
  const start = performance.now();
  const outcome = await channel.send(composed.message);
  const code = outcome.kind === 'sent' ? undefined : outcome.code;
  const ms = Math.round(performance.now() - start);
  deps.log.info({ key, channel: channel.id, outcome: outcome.kind, code, ms }, 'delivery attempted');
  return settle(deps, key, row.attempts + 1, outcome);
}

async function composeOrFail(deps: SendDeps, row: Delivery): Promise<Composed | undefined> {
  try {
    return await compose(deps, row);
  } catch (error) {
    if (!(error instanceof NotSendable)) throw error;
    await fail(deps.db, row.key, error.code);
    deps.log.warn({ key: row.key, code: error.code }, 'delivery cannot be sent');
    return undefined;
  }
}

/** After a crash or an unknown outcome: is the message with the carrier already? Undefined: send it. */
async function askFirst(
  deps: SendDeps,
  row: Delivery,
  channel: Channel,
  message: Outgoing,
): Promise<DeliverOutput | Again | undefined> {
  if (row.state !== 'sending' || row.triedAt === null || !channel.askRecord) return undefined;
  const since = row.triedAt.getTime();
  const tooSoon = since + RECORD_LAG_MS - Date.now();
  if (tooSoon > 0) return { again: 'ProviderUnknown', code: 'RecordsBehind', ms: tooSoon };
  const found = await channel.askRecord(message, since, (refs) => takenRefs(deps.db, refs));
  deps.log.info({ key: row.key, channel: channel.id, found: nameOf(found) }, 'carrier records asked');
  if (found === 'not_found') return undefined;
  const unsure: Again = { again: 'ProviderUnknown', code: 'RecordsUnsure', ms: pauseAfter(row.attempts) };
  if (found === 'unsure' || found.kind !== 'sent') return unsure;
  // Another delivery to the same phone may look alike and have claimed it in this moment.
  return (await claim(deps.db, row.key, found.ref)) ? now(deps, row.key) : { ...unsure, ms: 0 };
}

const nameOf = (found: Outcome | 'not_found' | 'unsure'): string => (typeof found === 'string' ? found : found.kind);

async function settle(deps: SendDeps, key: string, attempts: number, outcome: Outcome): Promise<DeliverOutput | Again> {
  const { db } = deps;
  if (outcome.kind === 'unknown') return { again: 'ProviderUnknown', code: outcome.code, ms: pauseAfter(attempts) };
  if (outcome.kind === 'retry_after') {
    await notTaken(db, key);
    return { again: 'ProviderBusy', code: outcome.code, ms: outcome.ms };
  }
  if (outcome.kind === 'sent') {
    if (await sent(db, key, outcome.ref)) return { outcome: 'sent' };
  } else await refused(db, key, outcome.code);
  return now(deps, key);
}

/** 2, 4, 8 … seconds; never under what the carrier's records need. */
const pauseAfter = (attempts: number): number =>
  Math.min(RECORD_LAG_MS * 2 ** Math.max(0, attempts - 1), LONGEST_PAUSE_MS);

/** How the delivery stands now that it has ended; a receipt may have come before us. */
export async function now({ db }: Pick<SendDeps, 'db'>, key: string): Promise<DeliverOutput> {
  const row = await db.delivery.findUnique({ where: { key }, select: { state: true, code: true } });
  if (!row) throw new DeliveryUnknown(`no delivery ${key}`);
  return endOf(row) ?? { outcome: 'failed', code: 'NotEnded' };
}
