/** What is left to say of an attempt that settled nothing, and of one that did. */
import type { DeliverOutput } from '../domain/messages';
import { endOf } from '../store/deliveries';
import type { SendDeps } from './deps';

/** The attempt settled nothing: when to try again, and why. */
export interface Again {
  again: 'ProviderBusy' | 'ProviderUnknown';
  code: string;
  ms: number;
}

/** The carrier's records are behind its answers by no more than this, in milliseconds. */
export const RECORD_LAG_MS = 2_000;
const LONGEST_PAUSE_MS = 30_000;

/** No such delivery: a workflow speaks of a row that the record activity never made. */
export class DeliveryUnknown extends Error {
  override readonly name = 'DeliveryUnknown';
}

/** 2, 4, 8 … seconds; never under what the carrier's records need. */
export const pauseAfter = (attempts: number): number =>
  Math.min(RECORD_LAG_MS * 2 ** Math.max(0, attempts - 1), LONGEST_PAUSE_MS);

/** How the delivery stands now that it has ended; a receipt may have come before us. */
export async function now({ db }: Pick<SendDeps, 'db'>, key: string): Promise<DeliverOutput> {
  const row = await db.delivery.findUnique({ where: { key }, select: { state: true, code: true } });
  if (!row) throw new DeliveryUnknown(`no delivery ${key}`);
  return endOf(row) ?? { outcome: 'failed', code: 'NotEnded' };
}
