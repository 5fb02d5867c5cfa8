/** Receipts (回执): which delivery a carrier's report is about, and its one transition from sent to delivered or failed. */
import type { Channel } from '../domain/channels';
import type { Delivery } from '../prisma/generated/client';
import { peopleAt } from './contacts';
import type { Db } from './db';
import { deliveryByRef } from './deliveries';
import { sessionOf } from './session';

export interface Receipt {
  channel: Channel;
  /** SerialNo or CallId. */
  ref: string;
  phone: string;
  /** Which provider it came from, where its address says so. */
  provider?: string;
  /** Our own mark, where the carrier gives it back. */
  session?: string;
}

export interface Report {
  delivered: boolean;
  code: string;
}

/**
 * The delivery that a receipt is about. One whose number is not stored yet, because the receipt overtook the answer or a
 * crash lost it, is known by our mark, else by being the only one under way to that phone. 'several': not known yet.
 */
export async function deliveryOf(db: Db, receipt: Receipt): Promise<Delivery | 'several' | undefined> {
  const byRef = () => deliveryByRef(db, receipt);
  const known = await byRef();
  if (known) return known;
  const underWay = await sendingTo(db, receipt);
  const marked = underWay.filter((row) => !receipt.session || sessionOf(row.key) === receipt.session);
  if (marked.length > 1) return 'several';
  // The answer may have been stored between the two looks.
  return marked[0] ?? byRef();
}

async function sendingTo(db: Db, { channel, phone, provider }: Receipt): Promise<Delivery[]> {
  const { staff, partners, contacts } = await peopleAt(db, phone);
  const to = [
    { personKind: 'staff', personId: { in: staff } },
    { personKind: 'partner', personId: { in: partners } },
    { personKind: 'contact', personId: { in: contacts } },
  ];
  // Those that go in another's text have its number, once it is known.
  return db.delivery.findMany({
    where: { state: 'sending', providerRef: null, bundledIn: null, channel, provider, OR: to },
  });
}

/**
 * The usual receipts of a push: texts whose numbers are known have arrived, and with each of them those that it carried. One
 * statement for all of a push, since a storm brings a receipt for every text that is still being sent.
 * @param refs the carrier's numbers
 * @returns what changed; a number that is missing was known before, or is not known yet: {@link deliveryOf}
 */
export async function arrived(db: Db, refs: readonly string[]): Promise<{ key: string; ref: string }[]> {
  const receiptAt = new Date();
  return db.$queryRaw<{ key: string; ref: string }[]>`
    WITH itself AS (
      UPDATE deliveries SET state = 'delivered', code = NULL, receipt_at = ${receiptAt}::timestamptz
      WHERE provider_ref = ANY(${[...refs]}::text[]) AND channel = 'sms' AND bundled_in IS NULL AND state IN ('sent', 'sending')
      RETURNING key, provider_ref AS ref
    ), carried AS (
      UPDATE deliveries d SET state = 'delivered', code = NULL, provider_ref = i.ref, receipt_at = ${receiptAt}::timestamptz
      FROM itself i WHERE d.bundled_in = i.key AND d.state = 'sent'
      RETURNING d.key, i.ref
    )
    SELECT key, ref FROM itself UNION ALL SELECT key, ref FROM carried`;
}

/** The messages that went in the same text as this one: one receipt is about all of them. */
export const carriedIn = (db: Db, { key }: Pick<Delivery, 'key'>): Promise<Pick<Delivery, 'key' | 'caseId'>[]> =>
  db.$queryRaw`SELECT key, case_id AS "caseId" FROM deliveries WHERE bundled_in = ${key} AND state = 'sent'`;

/**
 * Makes the transition once; false when it was made before.
 * @param lost called before a failure is written down, under the row's lock: it tells the case, and when it throws the
 *   receipt counts as not taken
 */
export async function applyReceipt(
  db: Db,
  { key }: Pick<Delivery, 'key'>,
  { ref }: Pick<Receipt, 'ref'>,
  report: Report,
  lost: () => Promise<void>,
): Promise<boolean> {
  const receiptAt = new Date();
  // Nobody has to be told that a message arrived: one statement.
  if (report.delivered) {
    const made = await db.$executeRaw`
      UPDATE deliveries SET state = 'delivered', code = NULL, provider_ref = ${ref}, receipt_at = ${receiptAt}::timestamptz
      WHERE key = ${key} AND state IN ('sent', 'sending')`;
    return made > 0;
  }
  return db.$transaction(async (tx) => {
    const [row] = await tx.$queryRaw<{ state: string }[]>`SELECT state FROM deliveries WHERE key = ${key} FOR UPDATE`;
    if (row?.state !== 'sent' && row?.state !== 'sending') return false;
    await lost();
    await tx.delivery.update({
      where: { key },
      data: { state: 'failed', code: report.code, providerRef: ref, receiptAt },
    });
    return true;
  });
}
