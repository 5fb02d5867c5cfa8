/** A message as it lies there, with what has to be known in the moment it goes out: where to, and whether it is still wanted. */
import { type Delivery, Prisma } from '../prisma/generated/client';
import type { Tx } from './db';
import { deliveryOf } from './deliveries';
import type { Fields } from './rows';

export interface RecipientNow {
  /** The first verified number or mailbox; null where there is none, or its owner is not active any more. */
  address: string | null;
  /** Is the case a drill (演练)? */
  drill: boolean;
  /** Is there anybody by now who must not hear of the case (限定知悉、回避)? */
  shielded: boolean;
  /** Of the alert or the referral that the message is about; null where there is none. */
  alertState: string | null;
  referralState: string | null;
}

const ACTIVE_STAFF = Prisma.sql`EXISTS (SELECT 1 FROM staff p WHERE p.id = c.staff_id AND p.active)`;
const ACTIVE_PARTNER = Prisma.sql`EXISTS (SELECT 1 FROM partners p WHERE p.id = c.partner_id AND p.active)`;

/** Who was shut out of the case (回避) after the message was planned does not get it any more. */
const NOT_SHUT_OUT = Prisma.sql`NOT EXISTS (
  SELECT 1 FROM case_conflicts x WHERE x.case_id = d.case_id AND x.staff_id = c.staff_id)`;

/** Contacts (联系方式) that a message may go to; a code for verifying one goes to one that does not count yet. */
const contactsThat = (owned: Prisma.Sql): Prisma.Sql => Prisma.sql`
  SELECT c.value, c.ord, c.created_at, c.id FROM contacts c
  WHERE c.kind = CASE d.channel WHEN 'email' THEN 'email' ELSE 'phone' END AND c.removed_at IS NULL
    AND (c.verified_at IS NOT NULL OR d.kind = 'verify_contact') AND ${owned}`;

/** Each kind of person has its index, so each is a part of its own. */
const REACHED = Prisma.join(
  [
    Prisma.sql`d.person_kind = 'staff' AND c.staff_id = d.person_id AND ${ACTIVE_STAFF} AND ${NOT_SHUT_OUT}`,
    Prisma.sql`d.person_kind = 'partner' AND c.partner_id = d.person_id AND ${ACTIVE_PARTNER}`,
    Prisma.sql`d.person_kind NOT IN ('staff', 'partner') AND c.id = d.person_id
      AND (${ACTIVE_STAFF} OR ${ACTIVE_PARTNER} OR c.station_id IS NOT NULL)`,
  ].map(contactsThat),
  ' UNION ALL ',
);

/** Reads both in one statement; undefined where there is no such delivery. */
export async function readOutgoing(
  tx: Tx,
  key: string,
): Promise<{ row: Delivery; recipient: RecipientNow } | undefined> {
  const [found] = await tx.$queryRaw<(RecipientNow & { one: Fields })[]>`
    SELECT to_jsonb(d) AS one,
      (SELECT r.value FROM (${REACHED}) r ORDER BY r.ord, r.created_at, r.id LIMIT 1) AS address,
      coalesce((SELECT drill FROM cases WHERE id = d.case_id), false) AS drill,
      coalesce((SELECT restricted OR conflicted FROM cases WHERE id = d.case_id), false) AS shielded,
      (SELECT state FROM alerts WHERE id = d.alert_id) AS "alertState",
      (SELECT state FROM referrals WHERE id = d.referral_id) AS "referralState"
    FROM deliveries d WHERE d.key = ${key}`;
  if (!found) return undefined;
  const { one, ...recipient } = found;
  return { row: deliveryOf(one), recipient };
}
