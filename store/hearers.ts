/** Who of some people may hear of a case (告知范围): what domain/sight.ts says, with roles from the database. */
import type { Shield } from '../domain/sight';
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

export const onlyHearers = async (tx: Tx, caseId: string, people: Reachable[]): Promise<Reachable[]> =>
  heard(tx, await shieldOf(tx, caseId), people);

/**
 * Who stands on a rung of a shielded case: whom the roster has there and may hear; else the named. Nobody: the rung is empty,
 * and the ladder goes on to the next at once.
 */
export async function shieldedRung(tx: Tx, shield: Shield, to: Tell['to'], found: Found): Promise<Found> {
  if (!isShielded(shield)) return found;
  const people = await heard(tx, shield, found.people);
  if (people.length > 0) return { people };
  if (!('role' in to)) return { people, empty: found.empty ?? 'nobody_on_duty' };
  const roles = await rolesOf(tx, shield.named);
  const named = namedFor(shield, to.role, roles).map((personId) => ({ personKind: 'staff', personId }));
  const reachable = await reachableAgain(tx, named);
  const instead = reachable.filter(({ phone, email }) => phone !== null || email !== null);
  return instead.length > 0 ? { people: instead } : { people: [], empty: found.empty ?? 'nobody_on_duty' };
}
