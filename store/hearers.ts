/** Who of some people may hear of a case (告知范围): what domain/sight.ts says, with roles from the database. */
import type { Hearer, Shield } from '../domain/sight';
import { isShielded, mayHear, namedFor } from '../domain/sight';
import type { Tell } from '../domain/alert';
import type { Tx } from './db';
import { rolesOf, shieldOf } from './sight';
import type { Found, Reachable } from './roster';
import { reachableAgain } from './told';

/** Of a person the role, of a duty phone the role that it is for. */
async function rolesOfAll(tx: Tx, people: readonly Pick<Reachable, 'kind' | 'id'>[]): Promise<Map<string, string>> {
  const ids = (kind: string): string[] => people.filter((one) => one.kind === kind).map(({ id }) => id);
  const roles = await rolesOf(tx, ids('staff'));
  const phones = ids('contact');
  if (phones.length === 0) return roles;
  const rows = await tx.contact.findMany({ where: { id: { in: phones } }, select: { id: true, dutyRole: true } });
  for (const { id, dutyRole } of rows) roles.set(id, dutyRole ?? '');
  return roles;
}

/** Those who may hear of the shielded case. */
export async function heard(tx: Tx, shield: Shield, people: Reachable[]): Promise<Reachable[]> {
  if (!isShielded(shield)) return people;
  const roles = await rolesOfAll(tx, people);
  return people.filter(({ kind, id }) => mayHear(shield, { kind, id, role: roles.get(id) }));
}

/**
 * May a message that was planned before still go there? Whoever was shut out, or left off the list, meanwhile gets nothing of it,
 * and a group hears nothing of a case that is shielded by now.
 */
export async function mayStillHear(
  tx: Tx,
  caseId: string,
  { kind, id }: { kind: Hearer['kind']; id: string },
): Promise<boolean> {
  const shield = await shieldOf(tx, caseId);
  if (!isShielded(shield)) return true;
  const roles =
    kind === 'robot' || kind === 'partner' ? new Map<string, string>() : await rolesOfAll(tx, [{ kind, id }]);
  return mayHear(shield, { kind, id, role: roles.get(id) });
}

export const onlyHearers = async (tx: Tx, caseId: string, people: Reachable[]): Promise<Reachable[]> =>
  heard(tx, await shieldOf(tx, caseId), people);

/**
 * Of the named those who work where the case is now, or answer for every station, with their roles: those of a station that it
 * left (移交) stay named for what was theirs, and hear nothing of what follows.
 */
export async function namedHere(tx: Tx, { named }: Shield, stationId: string): Promise<Map<string, string>> {
  if (named.length === 0) return new Map();
  const here = { OR: [{ stationId }, { role: 'duty_officer' }] };
  const rows = await tx.staff.findMany({
    where: { id: { in: [...named] }, ...here },
    select: { id: true, role: true },
  });
  return new Map(rows.map(({ id, role }) => [id, role]));
}

/**
 * Who stands on a rung of a shielded case: whom the roster has there and may hear; else the named. Nobody: the rung is empty,
 * and the ladder goes on to the next at once.
 * @param stationId where the case is
 */
export async function shieldedRung(
  tx: Tx,
  shield: Shield,
  to: Tell['to'],
  { found, stationId }: { found: Found; stationId: string },
): Promise<Found> {
  if (!isShielded(shield)) return found;
  const people = await heard(tx, shield, found.people);
  if (people.length > 0) return { people };
  if (!('role' in to)) return { people, empty: found.empty ?? 'nobody_on_duty' };
  const here = await namedHere(tx, shield, stationId);
  const own = { ...shield, named: shield.named.filter((id) => here.has(id)) };
  const named = namedFor(own, to.role, here).map((personId) => ({ personKind: 'staff', personId }));
  const reachable = await reachableAgain(tx, named);
  const instead = reachable.filter(({ phone, email }) => phone !== null || email !== null);
  return instead.length > 0 ? { people: instead } : { people: [], empty: found.empty ?? 'nobody_on_duty' };
}
