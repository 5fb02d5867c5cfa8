/** After a crash or an unknown outcome: is the message with the carrier already? */
import type { DeliverOutput } from '../domain/messages';
import type { Delivery } from '../prisma/generated/client';
import { endBundle } from '../store/bundles';
import { claim, takenRefs } from '../store/deliveries';
import { endedUnknown, noteTries } from '../store/tries';
import type { Found, Line, Outgoing } from './channels/channel';
import type { SendDeps } from './deps';
import { RECORD_LAG_MS, now, pauseAfter, type Again } from './ended';

/** The attempt before was only just made, or may still be under way. */
export const RECORDS_BEHIND = 'RecordsBehind';
/** Records that cannot be asked for this long are not waited for where another provider can send: better twice than never. */
const UNSURE_MS = 10_000;

export interface Doubt {
  settled?: DeliverOutput | Again;
  /** Send it; but by this provider only where there is no other, since it may have the message. */
  avoid?: string;
}

/** While an attempt may be under way, its carrier's records are asked so often, in milliseconds: it may have the message any moment. */
const LOOK_EVERY_MS = 4_000;

const notYet = (ms: number): Doubt => ({ settled: { again: 'ProviderUnknown', code: RECORDS_BEHIND, ms } });

/** Asks the provider that had the message last, where it keeps records. */
export async function askFirst(deps: SendDeps, row: Delivery, line: Line, message: Outgoing): Promise<Doubt> {
  const { key, provider, attempts } = row;
  if (row.state !== 'sending' || row.triedAt === null) return {};
  const avoid = { avoid: provider ?? line.providers[0] };
  const since = row.triedAt.getTime();
  const underWay = since + (await overAfterMs(deps, row, line)) - Date.now();
  if (!line.keepsRecords(provider)) return underWay > 0 ? notYet(underWay) : avoid;
  const behind = since + RECORD_LAG_MS - Date.now();
  if (behind > 0) return notYet(behind);
  const at = Date.now();
  const found = await line.askRecord(provider, message, since, (refs) => takenRefs(deps.db, refs));
  deps.log.info({ key, channel: line.id, provider, found: nameOf(found) }, 'carrier records asked');
  const look = { provider: avoid.avoid, at, ms: Date.now() - at, outcome: nameOf(found) };
  await noteTries(deps.db, key, { n: attempts, tried: [look] });
  if (found === 'not_found') return underWay > 0 ? notYet(Math.min(underWay, LOOK_EVERY_MS)) : {};
  const unsure: Again = { again: 'ProviderUnknown', code: 'RecordsUnsure', ms: pauseAfter(attempts) };
  if (typeof found === 'object' && found.kind === 'sent') {
    // Another delivery to the same phone may look alike and have claimed it in this moment.
    if (!(await claim(deps.db, key, found.ref))) return { settled: { ...unsure, ms: 0 } };
    if (row.bundle !== null) await endBundle(deps.db, key);
    return { settled: await now(deps, key) };
  }
  const longUnsure = underWay <= 0 && Date.now() - since > UNSURE_MS;
  return line.providers.length > 1 && longUnsure ? avoid : { settled: unsure };
}

/**
 * How long after its beginning an attempt is over for whoever did not make it. One that says nothing may be another worker's that
 * is under way: it is lost when it can take no longer, and could have been written down.
 */
async function overAfterMs(deps: SendDeps, { key, provider, attempts }: Delivery, line: Line): Promise<number> {
  if (await endedUnknown(deps.db, key, attempts)) return RECORD_LAG_MS;
  return line.longestMs(provider) + RECORD_LAG_MS;
}

const nameOf = (found: Found): string => {
  if (typeof found === 'string') return found;
  return found.kind === 'sent' ? 'found' : 'unsure';
};
