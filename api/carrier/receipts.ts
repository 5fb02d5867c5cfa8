/** Receipts of texts and calls. */
import type { Counter } from 'prom-client';
import { applyReceipt, arrived, carriedIn, deliveryOf, type Receipt, type Report } from '../../store/receipts';
import type { ApiDeps } from '../deps';

export type ReceiptDeps = Pick<ApiDeps, 'db' | 'cases' | 'log'> & { receipts: Counter<'result'> };

/** Several messages are under way to one phone: their numbers are known when the carrier has answered. */
const LOOK_AGAIN_MS = 1_000;
const LOOKS = 30;

/** A receipt and what it says. */
export interface Said {
  receipt: Receipt;
  report: Report;
}

/**
 * Takes the receipts of one push. Those that say that a known text has arrived are written down together; whatever asks for a
 * closer look gets it one by one, in the order in which they came.
 */
export async function takeReceipts(deps: ReceiptDeps, said: readonly Said[]): Promise<void> {
  const refs = [...new Set(said.filter(({ report }) => report.delivered).map(({ receipt }) => receipt.ref))];
  const changed = refs.length > 0 ? await arrived(deps.db, refs) : [];
  for (const { key } of changed) {
    deps.receipts.inc({ result: 'delivered' });
    deps.log.info({ key, delivered: true }, 'receipt');
  }
  const done = new Set(changed.map(({ ref }) => ref));
  for (const { receipt, report } of said) {
    // The first one of a number that has just been written down is that one; a second one is a repetition.
    if (report.delivered && done.delete(receipt.ref)) continue;
    await takeReceipt(deps, receipt, report);
  }
}

/** Takes a receipt; repeated or unknown ones change nothing. Throws when a lost message could not be told to its case. */
export async function takeReceipt(deps: ReceiptDeps, receipt: Receipt, report: Report, look = 1): Promise<void> {
  const { db, log, receipts } = deps;
  const row = await deliveryOf(db, receipt);
  if (row === 'several' && look < LOOKS) {
    lookAgain(deps, receipt, report, look + 1);
    return;
  }
  if (row === undefined || row === 'several') {
    receipts.inc({ result: 'unknown' });
    log.warn({ ref: receipt.ref, channel: receipt.channel, code: report.code }, 'receipt for an unknown message');
    return;
  }
  // Those that it carried first: when one of them cannot be told, the push is taken again.
  for (const one of [...(await carriedIn(db, row)), row]) await takeOne(deps, one, receipt, report);
}

async function takeOne(
  deps: ReceiptDeps,
  { key, caseId }: { key: string; caseId: string | null },
  receipt: Receipt,
  report: Report,
): Promise<void> {
  const changed = await applyReceipt(deps.db, { key }, receipt, report, async () => {
    if (caseId !== null) await tell(deps, caseId, { key, code: report.code });
  });
  deps.receipts.inc({ result: changed ? (report.delivered ? 'delivered' : 'failed') : 'repeated' });
  if (changed) deps.log.info({ key, delivered: report.delivered, code: report.code }, 'receipt');
}

async function tell({ cases, log }: ReceiptDeps, caseId: string, lost: { key: string; code: string }): Promise<void> {
  try {
    await cases.signalReceipt(caseId, lost);
  } catch (error) {
    // A case that has ended has nobody left to tell.
    if (!(error instanceof Error) || error.name !== 'WorkflowNotFoundError') throw error;
    log.info({ caseId, key: lost.key }, 'lost message of an ended case');
  }
}

function lookAgain(deps: ReceiptDeps, receipt: Receipt, report: Report, look: number): void {
  setTimeout(() => {
    takeReceipt(deps, receipt, report, look).catch((error: unknown) => {
      const failure = error instanceof Error ? error.name : 'unknown';
      deps.log.error({ ref: receipt.ref, failure }, 'receipt lost');
    });
  }, LOOK_AGAIN_MS).unref();
}
