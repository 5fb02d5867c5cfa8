/** What the page of a referral (转介) is made from, and whom the partner can call. */
import { mayHear } from '../domain/sight';
import type { Prisma } from '../prisma/generated/client';
import { addressesOf, COUNTING, VERIFIED } from './contacts';
import type { Tx } from './db';
import { shieldOf } from './sight';

const WITH_ALL = {
  partner: true,
  case: { include: { station: true } },
} as const satisfies Prisma.ReferralInclude;

export type WholeReferral = Prisma.ReferralGetPayload<{ include: typeof WITH_ALL }>;

/** A referral with its partner, its case and the case's station; undefined if there is none. */
export async function readReferral(tx: Tx, id: string): Promise<WholeReferral | undefined> {
  return (await tx.referral.findUnique({ where: { id }, include: WITH_ALL })) ?? undefined;
}

/**
 * Whom a partner calls about a case: who works it, or else the station's supervisor; of a shielded case (限定知悉、回避) nobody who
 * must not hear of it, since whoever calls says what about.
 */
export async function contactOf(
  tx: Tx,
  { id: caseId, assigneeId, stationId }: { id: string; assigneeId: string | null; stationId: string },
): Promise<{ name: string; phone: string } | undefined> {
  const shield = await shieldOf(tx, caseId);
  const all = await tx.staff.findMany({
    where: {
      active: true,
      contacts: { some: { ...VERIFIED, kind: 'phone' } },
      OR: [{ id: assigneeId ?? '' }, { stationId, role: 'supervisor' }],
    },
    select: { id: true, name: true, role: true, contacts: COUNTING },
    orderBy: { id: 'asc' },
  });
  const people = all.filter(({ id, role }) => mayHear(shield, { kind: 'staff', id, role }));
  const person = people.find(({ id }) => id === assigneeId) ?? people[0];
  const { phone } = addressesOf(person?.contacts ?? []);
  return person && phone !== null ? { name: person.name, phone } : undefined;
}
