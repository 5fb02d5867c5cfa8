/** Who stands on a rung right now (值班表): the assignee, or who is on duty for the role at the case's own time. */
import type { Tell } from '../domain/alert';
import type { RungRole } from '../domain/model';
import { onDuty } from '../domain/roster/on-duty';
import { addressesOf, COUNTING, dutyPhones } from './contacts';
import type { Tx } from './db';
import { readRoster } from './roster-read';

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
type Person = { id: string; contacts: { kind: string; value: string }[] };

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
  if ('partnerId' in to)
    return reachable('partner', await tx.partner.findMany({ where: { id: to.partnerId }, select: PERSON }));
  if ('staffId' in to) return reachable('staff', await activeStaff(tx, [to.staffId]));
  const assignee =
    to.role === 'worker' && where.assigneeId
      ? reachable('staff', await activeStaff(tx, [where.assigneeId]))
      : { people: [], empty: 'nobody_on_duty' as const };
  // An assignee who left, is on leave or cannot be reached does not leave the rung empty: the worker on duty answers.
  const away = !assignee.empty && (await isOnLeave(tx, where.assigneeId ?? '', where.at));
  if (!assignee.empty && !away) return assignee;
  const found = await tellDuty(tx, { role: to.role, stationId: where.stationId }, where.at);
  return found.empty && !assignee.empty ? assignee : found;
}

async function tellDuty(tx: Tx, rung: { role: RungRole; stationId: string }, at: number): Promise<Found> {
  const phones = (await dutyPhones(tx, rung)).map(({ id, value }): Reachable => ({
    kind: 'contact',
    id,
    phone: value,
    email: null,
  }));
  return reachable('staff', await activeStaff(tx, await idsOnDuty(tx, rung, at)), phones);
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

/** Contacts that count, in their order (COUNTING), with their people in one statement. */
const activeStaff = (tx: Tx, ids: string[]): Promise<Person[]> =>
  tx.$queryRaw<Person[]>`
    SELECT s.id, coalesce(json_agg(json_build_object('kind', c.kind, 'value', c.value) ORDER BY c.ord, c.created_at, c.id)
      FILTER (WHERE c.id IS NOT NULL), '[]') AS contacts
    FROM staff s LEFT JOIN contacts c ON c.staff_id = s.id AND c.removed_at IS NULL AND c.verified_at IS NOT NULL
    WHERE s.id = ANY(${ids}::text[]) AND s.active GROUP BY s.id ORDER BY s.id`;
