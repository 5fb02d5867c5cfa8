/** The register of referrals (转介台账): over all cases that a person may know of, the newest first. */
import type { Prisma } from '../prisma/generated/client';
import type { Tx } from './db';
import { seenBy, type Sight } from './sight';

export interface ReferralFilter {
  state?: string;
  partnerId?: string;
  /** Of the partner: police, school … */
  kind?: string;
  /** Sent from the first on, up to but without the second: milliseconds since the epoch. */
  from?: number;
  until?: number;
}

/** Where a page of referrals ends: newest first. */
export interface ReferralPlace {
  sentAt: number;
  id: string;
}

const WITH_BOTH = {
  case: { select: { number: true, stationId: true, assigneeId: true, clockAheadMs: true } },
  partner: { select: { name: true, kind: true } },
} as const satisfies Prisma.ReferralInclude;
export type ListedReferral = Prisma.ReferralGetPayload<{ include: typeof WITH_BOTH }>;

/** Drills (演练) send nobody anything that has to be accounted for. */
async function fits(tx: Tx, sight: Sight, filter: ReferralFilter): Promise<Prisma.ReferralWhereInput> {
  const { state, partnerId, kind, from, until } = filter;
  return {
    ...{ state, partnerId },
    ...(kind !== undefined && { partner: { kind } }),
    sentAt: {
      ...(from !== undefined && { gte: new Date(from) }),
      ...(until !== undefined && { lt: new Date(until) }),
    },
    case: { AND: [await seenBy(tx, sight), { drill: false }] },
  };
}

/** How many there are in all. */
export const countReferrals = async (tx: Tx, sight: Sight, filter: ReferralFilter): Promise<number> =>
  tx.referral.count({ where: await fits(tx, sight, filter) });

/** One page of referrals, newest first. */
export async function listReferrals(
  tx: Tx,
  sight: Sight,
  filter: ReferralFilter,
  { after, take }: { after?: ReferralPlace; take: number },
): Promise<ListedReferral[]> {
  const at = after && new Date(after.sentAt);
  const further: Prisma.ReferralWhereInput = after
    ? { OR: [{ sentAt: { lt: at } }, { sentAt: at, id: { gt: after.id } }] }
    : {};
  return tx.referral.findMany({
    where: { AND: [await fits(tx, sight, filter), further] },
    include: WITH_BOTH,
    orderBy: [{ sentAt: 'desc' }, { id: 'asc' }],
    take,
  });
}
