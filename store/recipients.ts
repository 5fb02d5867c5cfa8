/** What a message needs to know in the moment it goes out: where to, and whether it is still wanted. */
import type { Channel } from '../domain/channels';
import { Prisma } from '../prisma/generated/client';
import type { Delivery } from '../prisma/generated/client';
import type { Tx } from './db';

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
const notShutOut = (caseId: string | null): Prisma.Sql =>
  caseId === null
    ? Prisma.empty
    : Prisma.sql`AND NOT EXISTS (SELECT 1 FROM case_conflicts x WHERE x.case_id = ${caseId} AND x.staff_id = c.staff_id)`;

/** Whose contacts (联系方式) count for a delivery; a code for verifying one goes to one that does not count yet. */
function owns({ personKind, personId, kind, caseId }: Delivery): Prisma.Sql {
  const verified = kind === 'verify_contact' ? Prisma.empty : Prisma.sql`AND c.verified_at IS NOT NULL`;
  if (personKind === 'staff')
    return Prisma.sql`c.staff_id = ${personId} AND ${ACTIVE_STAFF} ${verified} ${notShutOut(caseId)}`;
  if (personKind === 'partner') return Prisma.sql`c.partner_id = ${personId} AND ${ACTIVE_PARTNER} ${verified}`;
  return Prisma.sql`c.id = ${personId} AND (${ACTIVE_STAFF} OR ${ACTIVE_PARTNER} OR c.station_id IS NOT NULL) ${verified}`;
}

/** Reads it in one statement. */
export async function recipientNow(tx: Tx, row: Delivery, channel: Channel): Promise<RecipientNow> {
  const kind = channel === 'email' ? 'email' : 'phone';
  const [found] = await tx.$queryRaw<RecipientNow[]>`
    SELECT (
        SELECT c.value FROM contacts c WHERE c.kind = ${kind} AND c.removed_at IS NULL AND ${owns(row)}
        ORDER BY c.ord, c.created_at, c.id LIMIT 1) AS address,
      coalesce((SELECT drill FROM cases WHERE id = ${row.caseId}), false) AS drill,
      coalesce((SELECT restricted OR conflicted FROM cases WHERE id = ${row.caseId}), false) AS shielded,
      (SELECT state FROM alerts WHERE id = ${row.alertId}) AS "alertState",
      (SELECT state FROM referrals WHERE id = ${row.referralId}) AS "referralState"`;
  return found ?? { address: null, drill: false, shielded: false, alertState: null, referralState: null };
}
