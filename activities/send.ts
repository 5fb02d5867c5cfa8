/** One attempt at one delivery: what the deliver activity retries. */
import type { DeliverOutput, HeldOutput } from '../domain/messages';
import type { Delivery } from '../prisma/generated/client';
import { BUDGET_SPENT, countFrom, returnUnit } from '../store/budget';
import { carriedBy, endBundle, releaseBundle } from '../store/bundles';
import { endOf, fail, handTo, notTaken, refused, sent } from '../store/deliveries';
import { readOutgoing, type RecipientNow } from '../store/recipients';
import { noteTries, type Tries } from '../store/tries';
import { begin, type Begun, type Turn } from './budget';
import { asSent } from './bundle';
import type { Outgoing, Sending } from './channels/channel';
import { NotSendable, compose, type Composed } from './compose';
import type { SendDeps } from './deps';
import { askFirst } from './doubt';
import { DeliveryUnknown, now, pauseAfter, type Again } from './ended';
import { noteFaults, subjectsOf } from './faults';

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
  const found = await readOutgoing(db, key);
  if (!found) throw new DeliveryUnknown(`no delivery ${key}`);
  const { row, recipient } = found;
  const ended = endOf(row);
  if (ended) return ended;
  if (turn.eager && !isFresh(row)) return { outcome: 'held', ms: 0 };
  if (row.bundledIn !== null) return carried(deps, row, turn);
  const composed = await composeOrFail(deps, row, recipient);
  if (!composed) return now(deps, key);
  const line = deps.channels[composed.channel];
  const message = asSent(deps, row, composed);
  const doubt = await askFirst(deps, row, line, message);
  if (doubt.settled) return doubt.settled;
  const begun = await begin(deps, row, { ...composed, message }, { ...turn, avoid: doubt.avoid });
  if (begun.step !== 'go') return notBegun(deps, key, begun);
  const sending = await line.send(begun.message, begun.route, (provider) => handTo(db, key, provider));
  for (const { provider, outcome, ms } of sending.tried) {
    const code = outcome.kind === 'sent' ? undefined : outcome.code;
    // The attempts that went well are on the alert's timeline, and in a rush each line takes its time.
    const level = code === undefined ? 'debug' : 'info';
    log[level]({ key, channel: line.id, provider, outcome: outcome.kind, code, ms }, 'delivery attempted');
  }
  return counted(deps, row, begun, sending, turn);
}

/** Nobody has tried it yet, and nothing was said of when to. */
const isFresh = ({ state, attempts, heldUntil, bundledIn }: Delivery): boolean =>
  state === 'pending' && attempts === 0 && heldUntil === null && bundledIn === null;

/** What the attempt used of the phone's budget, and what became of those for whom it spoke. */
async function counted(
  deps: SendDeps,
  row: Delivery,
  begun: Extract<Begun, { step: 'go' }>,
  sending: Sending,
  turn: Turn,
): Promise<DeliverOutput | HeldOutput | Again> {
  const { db } = deps;
  const { key } = row;
  const { kind } = sending.outcome;
  const taken = kind === 'sent' || kind === 'unknown';
  // A text that was sent is counted by the statement that says so.
  const countedAt = begun.counted ? turn.now() : undefined;
  if (kind === 'unknown' && countedAt !== undefined) await countFrom(db, key, countedAt);
  if (!taken && begun.counted) await returnUnit(db, key);
  if (begun.bundled && !taken) {
    await releaseBundle(db, key);
    // It may be the text for several that the carrier does not want: this message's own is tried before it fails.
    if (kind === 'refused') {
      await noteTries(db, key, triesOf(row, sending));
      return attempt(deps, key, { ...turn, alone: true });
    }
  }
  const end = await settle(deps, row, begun.message, sending, countedAt);
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

async function composeOrFail(deps: SendDeps, row: Delivery, recipient: RecipientNow): Promise<Composed | undefined> {
  try {
    return await compose(deps, row, recipient);
  } catch (error) {
    if (!(error instanceof NotSendable)) throw error;
    await fail(deps.db, row.key, error.code);
    deps.log.warn({ key: row.key, code: error.code }, 'delivery cannot be sent');
    return undefined;
  }
}

const triesOf = ({ attempts }: Delivery, { tried }: Sending): Tries => ({
  n: attempts + 1,
  tried: tried.map(({ outcome: how, ...one }) => ({
    ...one,
    outcome: how.kind,
    ...(how.kind !== 'sent' && { code: how.code }),
  })),
});

async function settle(
  deps: SendDeps,
  row: Delivery,
  message: Outgoing,
  sending: Sending,
  countedAt: number | undefined,
): Promise<DeliverOutput | Again> {
  const { db } = deps;
  const { key } = row;
  const { provider, outcome, tried } = sending;
  const tries = triesOf(row, sending);
  if (outcome.kind === 'sent') {
    const by = { provider, ref: outcome.ref, subjects: subjectsOf(row, message), countedAt };
    const isOurs = await sent(db, key, by, tries);
    await noteFaults(deps, row, message, tried);
    return isOurs ? { outcome: 'sent' } : now(deps, key);
  }
  if (outcome.kind === 'unknown') await noteTries(db, key, tries);
  else if (outcome.kind === 'retry_after') await notTaken(db, key, tries);
  else await refused(db, key, outcome.code, tries);
  await noteFaults(deps, row, message, tried);
  if (outcome.kind === 'unknown') return { again: 'ProviderUnknown', code: outcome.code, ms: pauseAfter(tries.n) };
  if (outcome.kind === 'retry_after') return { again: 'ProviderBusy', code: outcome.code, ms: outcome.ms };
  return now(deps, key);
}
