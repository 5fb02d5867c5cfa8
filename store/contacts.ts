/** Contacts (联系方式): how a person, a partner or a duty phone is reached. Only a verified one counts. */
import { e164, phoneForms } from '../domain/phone';
import { type Contact, Prisma } from '../prisma/generated/client';
import type { Scope } from './cases';
import type { Tx } from './db';

export interface Addresses {
  phone: string | null;
  email: string | null;
}

/** Told from top to bottom: the first one counts. */
export const IN_ORDER = [
  { ord: 'asc' },
  { createdAt: 'asc' },
  { id: 'asc' },
] satisfies Prisma.ContactOrderByWithRelationInput[];

export const VERIFIED = { removedAt: null, verifiedAt: { not: null } } satisfies Prisma.ContactWhereInput;

/** Selects the contacts that count, for addressesOf(). */
export const COUNTING = {
  where: VERIFIED,
  orderBy: IN_ORDER,
  select: { kind: true, value: true },
} satisfies Prisma.Staff$contactsArgs;

/** The number and the mailbox that somebody is told by. @param contacts verified, in their order */
export function addressesOf(contacts: readonly { kind: string; value: string }[]): Addresses {
  const first = (kind: string): string | null => contacts.find((one) => one.kind === kind)?.value ?? null;
  return { phone: first('phone'), email: first('email') };
}

/** Selects duty phones (值班手机) of a role at a station, as `id` and `value`; a duty officer's ring for every station. */
export function selectDutyPhones({ role, stationId }: { role: string; stationId: string }): Prisma.Sql {
  const there = role === 'duty_officer' ? Prisma.empty : Prisma.sql`AND station_id = ${stationId}`;
  return Prisma.sql`
    SELECT id, value FROM contacts
    WHERE removed_at IS NULL AND verified_at IS NOT NULL AND kind = 'phone' AND duty_role = ${role} ${there}
    ORDER BY ord, created_at, id`;
}

/** Reads them. */
export const dutyPhones = (
  tx: Tx,
  rung: { role: string; stationId: string },
): Promise<{ id: string; value: string }[]> => tx.$queryRaw(selectDutyPhones(rung));

/** Somebody with the contacts that count, in their order. */
export interface Person {
  id: string;
  contacts: { kind: string; value: string }[];
}

/** Selects those of some staff who are active, as {@link Person}, by id. @param ids selects their ids */
export const peopleOf = (ids: Prisma.Sql): Prisma.Sql => Prisma.sql`
  SELECT s.id, coalesce(json_agg(json_build_object('kind', c.kind, 'value', c.value) ORDER BY c.ord, c.created_at, c.id)
    FILTER (WHERE c.id IS NOT NULL), '[]') AS contacts
  FROM staff s LEFT JOIN contacts c ON c.staff_id = s.id AND c.removed_at IS NULL AND c.verified_at IS NOT NULL
  WHERE s.id IN (${ids}) AND s.active GROUP BY s.id ORDER BY s.id`;

/** Ids of all who have, or had, this phone: numbers are shared, and a receipt may come after a number was taken away. */
export async function peopleAt(
  tx: Tx,
  phone: string,
  counting = false,
): Promise<{ staff: string[]; partners: string[]; contacts: string[] }> {
  const rows = await tx.contact.findMany({
    where: { kind: 'phone', value: { in: phoneForms(phone) }, ...(counting && VERIFIED) },
    select: { id: true, staffId: true, partnerId: true },
  });
  const ids = (of: (string | null)[]): string[] => [...new Set(of.filter((one) => one !== null))].sort();
  return {
    staff: ids(rows.map((one) => one.staffId)),
    partners: ids(rows.map((one) => one.partnerId)),
    contacts: ids(rows.map((one) => one.id)),
  };
}

/** One form for numbers and mailboxes, by which two are the same. */
export const sameAddress = (kind: 'phone' | 'email', value: string): string =>
  kind === 'phone' ? e164(value) : value.trim().toLowerCase();

/** A contact that was not taken away. */
export const readContact = (tx: Tx, id: string): Promise<Contact | null> =>
  tx.contact.findUnique({ where: { id, removedAt: null } });

/** A person's own contacts; with a scope also those of its staff, partners and duty phones. */
export const listContacts = (tx: Tx, staffId: string, scope: Scope | undefined): Promise<Contact[]> =>
  tx.contact.findMany({
    where: {
      removedAt: null,
      ...(scope !== 'all' && { OR: [{ staffId }, ...(scope ? ofStations(scope.stationIds) : [])] }),
    },
    orderBy: [{ staffId: 'asc' }, { partnerId: 'asc' }, { stationId: 'asc' }, ...IN_ORDER],
  });

const ofStations = (ids: string[]): Prisma.ContactWhereInput[] => [
  { stationId: { in: ids } },
  { staff: { active: true, stationId: { in: ids } } },
  { partner: { active: true, OR: [{ stationId: null }, { stationId: { in: ids } }] } },
];
