/** Who stands on a rung right now (值班表): the assignee, or who is on duty for the role at the case's own time. */
import type { Tell } from '../domain/alert';
import type { RungRole } from '../domain/model';
import { onDuty } from '../domain/roster/on-duty';
import { addressesOf, COUNTING, IN_ORDER, peopleOf, type Person, VERIFIED } from './contacts';
import { Prisma } from '../prisma/generated/client';
import type { Tx } from './db';
import { readDuty, readRoster } from './roster-read';

export interface Reachable {
  /** contact: a shared duty phone (值班手机), which is nobody's own */
  kind: 'staff' | 'partner' | 'contact';
  id: string;
  phone: string | null;
  email: string | null;
}

export interface Found {
  people: Reachable[];
  empty?: 'nobody_on_duty' | 'no_contact';
}

const PERSON = { id: true, contacts: COUNTING } as const;

const reachable = (kind: 'staff' | 'partner', people: Person[], phones: Reachable[] = []): Found => {
  const known = people.map(({ id, contacts }): Reachable => ({ kind, id, ...addressesOf(contacts) }));
  const withContact = [...known.filter((person) => person.phone !== null || person.email !== null), ...phones];
  if (withContact.length > 0) return { people: withContact };
  return { people: [], empty: people.length === 0 ? 'nobody_on_duty' : 'no_contact' };
};

/** @param at the case's own time, milliseconds. */
export async function whoIsTold(
  tx: Tx,
  to: Exclude<Tell['to'], { toldOf: string }>,
  where: { stationId: string; assigneeId?: string; at: number },
): Promise<Found> {
  if ('partnerId' in to && to.second) return secondContacts(tx, to.partnerId);
  if ('partnerId' in to)
    return reachable('partner', await tx.partner.findMany({ where: { id: to.partnerId }, select: PERSON }));
  if ('staffId' in to) return reachable('staff', await activeStaff(tx, [to.staffId]));
  const assignee =
    to.role === 'worker' && where.assigneeId && to.stationId === undefined
      ? reachable('staff', await activeStaff(tx, [where.assigneeId]))
      : { people: [], empty: 'nobody_on_duty' as const };
  // An assignee who left, is on leave or cannot be reached does not leave the rung empty: the worker on duty answers.
  const away = !assignee.empty && (await isOnLeave(tx, where.assigneeId ?? '', where.at));
  if (!assignee.empty && !away) return assignee;
  const found = await tellDuty(tx, { role: to.role, stationId: to.stationId ?? where.stationId }, where.at);
  return found.empty && !assignee.empty ? assignee : found;
}

/** Of each kind the contact after the first (第二联系人), each told on its own. */
async function secondContacts(tx: Tx, partnerId: string): Promise<Found> {
  const rows = await tx.contact.findMany({
    where: { ...VERIFIED, partnerId, partner: { active: true } },
    select: { id: true, kind: true, value: true },
    orderBy: IN_ORDER,
  });
  const second = (kind: string) => rows.filter((one) => one.kind === kind).slice(1, 2);
  const people = [...second('phone'), ...second('email')].map(({ id, kind, value }): Reachable => ({
    kind: 'contact',
    id,
    phone: kind === 'phone' ? value : null,
    email: kind === 'email' ? value : null,
  }));
  return people.length > 0 ? { people } : { people, empty: 'no_contact' };
}

async function tellDuty(tx: Tx, rung: { role: RungRole; stationId: string }, at: number): Promise<Found> {
  const { roster, people, phones } = await readDuty(tx, rung, at);
  const onIt = new Set(onDuty(roster, rung, at).map(({ staffId }) => staffId));
  const ringing = phones.map(({ id, value }): Reachable => ({ kind: 'contact', id, phone: value, email: null }));
  const here = people.filter(({ id }) => onIt.has(id));
  return reachable('staff', here, ringing);
}

/** Ids of who is on duty for a role at a station, rotations first. @param at milliseconds */
export async function idsOnDuty(
  tx: Tx,
  { role, stationId }: { role: RungRole; stationId: string },
  at: number,
): Promise<string[]> {
  const roster = await readRoster(tx, { stationIds: [stationId], roles: [role] }, { from: at, until: at + 1 });
  return onDuty(roster, { role, stationId }, at).map((one) => one.staffId);
}

async function isOnLeave(tx: Tx, staffId: string, at: number): Promise<boolean> {
  const now = new Date(at);
  const where = { staffId, removedAt: null, fromAt: { lte: now }, untilAt: { gt: now } };
  return (await tx.leave.findFirst({ where, select: { id: true } })) !== null;
}

const activeStaff = (tx: Tx, ids: string[]): Promise<Person[]> =>
  tx.$queryRaw<Person[]>(peopleOf(Prisma.sql`SELECT unnest(${ids}::text[])`));
