/** What a message needs to know in the moment it goes out: where to, and whether it is still wanted. */
import { Prisma } from '../prisma/generated/client';
import type { Delivery } from '../prisma/generated/client';
import type { Tx } from './db';
import { WITHOUT_WAITING } from './rows';

export interface RecipientNow {
  phone: string | null;
  email: string | null;
  /** Is the case a drill (演练)? */
  drill: boolean;
  /** Of the alert or the referral that the message is about; null where there is none. */
  alertState: string | null;
  referralState: string | null;
}

/**
 * Reads it in one statement, in a transaction whose commit waits for no disk: before anything is sent, beginAttempt's does,
 * and takes all that was written earlier with it. Undefined: nobody active has that id.
 */
export async function recipientNow(tx: Tx, row: Delivery): Promise<RecipientNow | undefined> {
  const people = Prisma.raw(row.personKind === 'partner' ? 'partners' : 'staff');
  const rows = await tx.$queryRaw<RecipientNow[]>`
    WITH fast AS MATERIALIZED (${WITHOUT_WAITING})
    SELECT p.phone, p.email, coalesce((SELECT drill FROM cases WHERE id = ${row.caseId}), false) AS drill,
      (SELECT state FROM alerts WHERE id = ${row.alertId}) AS "alertState",
      (SELECT state FROM referrals WHERE id = ${row.referralId}) AS "referralState"
    FROM fast, ${people} p WHERE p.id = ${row.personId} AND p.active`;
  return rows[0];
}
