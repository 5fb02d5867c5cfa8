/** One attempt at one delivery: what the deliver activity retries. */
import type { DeliverOutput, HeldOutput } from '../domain/messages';
import type { Delivery } from '../prisma/generated/client';
import { BUDGET_SPENT, countFrom, returnUnit } from '../store/budget';
import { carriedBy, endBundle, releaseBundle } from '../store/bundles';
import { claim, endOf, fail, notTaken, refused, sent, takenRefs } from '../store/deliveries';
import { begin, type Begun, type Turn } from './budget';
import { asSent } from './bundle';
import type { Channel, Outcome, Outgoing } from './channels/channel';
import { NotSendable, compose, type Composed } from './compose';
import type { SendDeps } from './deps';

export type { SendDeps } from './deps';

/** The attempt settled nothing: when to try again, and why. */
export interface Again {
  again: 'ProviderBusy' | 'ProviderUnknown';
  code: string;
  ms: number;
}

/** The carrier's records are behind its answers by no more than this, in milliseconds. */
const RECORD_LAG_MS = 2_000;
const LONGEST_PAUSE_MS = 30_000;

/** No such delivery: a workflow speaks of a row that the record activity never made. */
export class DeliveryUnknown extends Error {
  override readonly name = 'DeliveryUnknown';
}

/** The text that speaks for this message is on its way: how it ends is known in a moment. */
const BUNDLED: Again = { again: 'ProviderBusy', code: 'BundleUnderWay', ms: 2_000 };

/**
 * Tries once, if the phone's budget allows it. Written down before the carrier is called; what was sent before is never sent
 * again; after an attempt that nobody knows the end of, the carrier's records are asked first.
 * @throws DeliveryUnknown
 */
export async function attempt(
  deps: SendDeps,
  key: string,
  turn: Turn = { now: Date.now },
): Promise<DeliverOutput | HeldOutput | Again> {
  const { db, log } = deps;
  const row = await db.delivery.findUnique({ where: { key } });
  if (!row) throw new DeliveryUnknown(`no delivery ${key}`);
  const ended = endOf(row);
  if (ended) return ended;
  if (row.bundledIn !== null) return carried(deps, row, turn);
  const composed = await composeOrFail(deps, row);
  if (!composed) return now(deps, key);
  const channel = deps.channels[composed.channel];
  const message = asSent(deps, row, composed);
  const asked = await askFirst(deps, row, channel, message);
  if (asked) return asked;
  const begun = await begin(deps, row, { ...composed, message }, turn);
  if (begun.step !== 'go') return notBegun(deps, key, begun);
  const start = performance.now();
  const outcome = await channel.send(begun.message);
  const code = outcome.kind === 'sent' ? undefined : outcome.code;
  const ms = Math.round(performance.now() - start);
  log.info({ key, channel: channel.id, outcome: outcome.kind, code, ms }, 'delivery attempted');
  const taken = outcome.kind === 'sent' || outcome.kind === 'unknown';
  if (begun.counted) await (taken ? countFrom(db, key, turn.now()) : returnUnit(db, key));
  if (begun.bundled && !taken) {
    await releaseBundle(db, key);
    // It may be the text for several that the carrier does not want: this message's own is tried before it fails.
    if (outcome.kind === 'refused') return attempt(deps, key, { ...turn, alone: true });
  }
  const end = await settle(deps, key, row.attempts + 1, outcome);
  if (begun.bundled) await endBundle(db, key);
  return end;
}

/** Another message's text speaks for this one: it ends as that one does. */
async function carried(deps: SendDeps, row: Delivery, turn: Turn): Promise<DeliverOutput | HeldOutput | Again> {
  const state = await carriedBy(deps.db, row);
  if (state === 'waits') return BUNDLED;
  return state === 'alone' ? attempt(deps, row.key, turn) : now(deps, row.key);
}

async function notBegun(
  deps: SendDeps,
  key: string,
  begun: Exclude<Begun, { step: 'go' }>,
): Promise<DeliverOutput | HeldOutput | Again> {
  if (begun.step === 'held') return { outcome: 'held', ms: begun.ms };
  if (begun.step === 'spent') {
    deps.log.warn({ key, code: BUDGET_SPENT, limit: begun.limit }, 'no budget left for a phone');
    return { outcome: 'failed', code: BUDGET_SPENT };
  }
  const row = await deps.db.delivery.findUnique({ where: { key }, select: { state: true, code: true } });
  return (row && endOf(row)) ?? BUNDLED;
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
  if (!(await claim(deps.db, row.key, found.ref))) return { ...unsure, ms: 0 };
  if (row.bundle !== null) await endBundle(deps.db, row.key);
  return now(deps, row.key);
}

const nameOf = (found: Outcome | 'not_found' | 'unsure'): string => (typeof found === 'string' ? found : found.kind);

async function settle(deps: SendDeps, key: string, attempts: number, outcome: Outcome): Promise<DeliverOutput | Again> {
  const { db } = deps;
  if (outcome.kind === 'unknown') return { again: 'ProviderUnknown', code: outcome.code, ms: pauseAfter(attempts) };
  if (outcome.kind === 'retry_after') {
    await notTaken(db, key);
    return { again: 'ProviderBusy', code: outcome.code, ms: outcome.ms };
  }
  if (outcome.kind === 'sent') await sent(db, key, outcome.ref);
  else await refused(db, key, outcome.code);
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
