/** One attempt at one delivery: what the deliver activity retries. */
import type { DeliverOutput } from '../domain/messages';
import type { Delivery } from '../prisma/generated/client';
import { beginAttempt, claim, endOf, fail, handTo, notTaken, refused, sent, takenRefs } from '../store/deliveries';
import { noteTries, type Tries } from '../store/tries';
import type { Found, Line, Outgoing, Sending } from './channels/channel';
import { NotSendable, compose, type Composed } from './compose';
import type { ActivityDeps } from './deps';
import { noteFaults, subjectsOf } from './faults';

/** The attempt settled nothing: when to try again, and why. */
export interface Again {
  again: 'ProviderBusy' | 'ProviderUnknown';
  code: string;
  ms: number;
}

export type SendDeps = Pick<ActivityDeps, 'db' | 'links' | 'texts' | 'channels' | 'robots' | 'log'>;

/** The carrier's records are behind its answers by no more than this, in milliseconds. */
const RECORD_LAG_MS = 2_000;
const LONGEST_PAUSE_MS = 30_000;
/** Records that cannot be asked for this long are not waited for where another provider can send: better twice than never. */
const UNSURE_MS = 10_000;

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
  const line = deps.channels[composed.channel];
  const doubt = await askFirst(deps, row, line, composed.message);
  if (doubt.settled) return doubt.settled;
  const route = line.route(doubt.avoid);
  if (!(await beginAttempt(deps.db, key, composed.vars, route[0]))) return now(deps, key);
  const sending = await line.send(composed.message, route, (provider) => handTo(deps.db, key, provider));
  for (const { provider, outcome, ms } of sending.tried) {
    const code = outcome.kind === 'sent' ? undefined : outcome.code;
    deps.log.info({ key, channel: line.id, provider, outcome: outcome.kind, code, ms }, 'delivery attempted');
  }
  return settle(deps, row, composed.message, sending);
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

interface Doubt {
  settled?: DeliverOutput | Again;
  /** Send it; but by this provider only where there is no other, since it may have the message. */
  avoid?: string;
}

/** After a crash or an unknown outcome: is the message with the carrier already? */
async function askFirst(deps: SendDeps, row: Delivery, line: Line, message: Outgoing): Promise<Doubt> {
  const { key, provider, attempts } = row;
  if (row.state !== 'sending' || row.triedAt === null) return {};
  const avoid = { avoid: provider ?? line.providers[0] };
  if (!line.keepsRecords(provider)) return avoid;
  const since = row.triedAt.getTime();
  const tooSoon = since + RECORD_LAG_MS - Date.now();
  if (tooSoon > 0) return { settled: { again: 'ProviderUnknown', code: 'RecordsBehind', ms: tooSoon } };
  const at = Date.now();
  const found = await line.askRecord(provider, message, since, (refs) => takenRefs(deps.db, refs));
  deps.log.info({ key, channel: line.id, provider, found: nameOf(found) }, 'carrier records asked');
  const look = { provider: avoid.avoid, at, ms: Date.now() - at, outcome: nameOf(found) };
  await noteTries(deps.db, key, { n: attempts, tried: [look] });
  if (found === 'not_found') return {};
  const unsure: Again = { again: 'ProviderUnknown', code: 'RecordsUnsure', ms: pauseAfter(attempts) };
  if (typeof found === 'object' && found.kind === 'sent') {
    // Another delivery to the same phone may look alike and have claimed it in this moment.
    return { settled: (await claim(deps.db, key, found.ref)) ? await now(deps, key) : { ...unsure, ms: 0 } };
  }
  return line.providers.length > 1 && Date.now() - since > UNSURE_MS ? avoid : { settled: unsure };
}

const nameOf = (found: Found): string => {
  if (typeof found === 'string') return found;
  return found.kind === 'sent' ? 'found' : 'unsure';
};

async function settle(
  deps: SendDeps,
  row: Delivery,
  message: Outgoing,
  { provider, outcome, tried }: Sending,
): Promise<DeliverOutput | Again> {
  const { db } = deps;
  const { key } = row;
  const n = row.attempts + 1;
  const tries: Tries = {
    n,
    tried: tried.map(({ outcome: how, ...one }) => ({
      ...one,
      outcome: how.kind,
      ...(how.kind !== 'sent' && { code: how.code }),
    })),
  };
  if (outcome.kind === 'unknown') await noteTries(db, key, tries);
  else if (outcome.kind === 'retry_after') await notTaken(db, key, tries);
  else if (outcome.kind === 'refused') await refused(db, key, outcome.code, tries);
  else await sent(db, key, { provider, ref: outcome.ref, subjects: subjectsOf(row, message) }, tries);
  await noteFaults(deps, row, message, tried);
  if (outcome.kind === 'unknown') return { again: 'ProviderUnknown', code: outcome.code, ms: pauseAfter(n) };
  if (outcome.kind === 'retry_after') return { again: 'ProviderBusy', code: outcome.code, ms: outcome.ms };
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
