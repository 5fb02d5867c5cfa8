/** Who stands on a rung right now (值班表): the assignee, or who is on duty for the role at the case's own time. */
import type { RungRole, Tell } from '../domain/model';
import type { Tx } from './db';

export interface Reachable {
  kind: 'staff' | 'partner';
  id: string;
  phone: string | null;
  email: string | null;
}

export interface Found {
  people: Reachable[];
  empty?: 'nobody_on_duty' | 'no_contact';
}

const CONTACT = { id: true, phone: true, email: true } as const;

const reachable = (kind: Reachable['kind'], people: Omit<Reachable, 'kind'>[]): Found => {
  if (people.length === 0) return { people: [], empty: 'nobody_on_duty' };
  const withContact = people.filter((person) => person.phone !== null || person.email !== null);
  if (withContact.length === 0) return { people: [], empty: 'no_contact' };
  return { people: withContact.map((person) => ({ ...person, kind })) };
};

/** @param at the case's own time, milliseconds. */
export async function whoIsTold(
  tx: Tx,
  to: Exclude<Tell['to'], { toldOf: string }>,
  where: { stationId: string; assigneeId?: string; at: number },
): Promise<Found> {
  if ('partnerId' in to)
    return reachable('partner', await tx.partner.findMany({ where: { id: to.partnerId }, select: CONTACT }));
  if ('staffId' in to)
    return reachable('staff', await tx.staff.findMany({ where: { id: to.staffId, active: true }, select: CONTACT }));
  if (to.role === 'worker' && where.assigneeId) {
    const assignee = await tx.staff.findMany({ where: { id: where.assigneeId, active: true }, select: CONTACT });
    const found = reachable('staff', assignee);
    // An assignee who left, or cannot be reached, does not leave the rung empty: the station's worker on duty answers.
    if (!found.empty) return found;
  }
  return reachable('staff', await onDuty(tx, to.role, where.stationId, new Date(where.at)));
}

/** Duty officers (民政局值班) answer for every station. */
async function onDuty(tx: Tx, role: RungRole, stationId: string, at: Date) {
  return tx.staff.findMany({
    where: {
      active: true,
      duties: {
        some: {
          role,
          startsAt: { lte: at },
          OR: [{ endsAt: null }, { endsAt: { gt: at } }],
          ...(role === 'duty_officer' ? {} : { stationId }),
        },
      },
    },
    select: CONTACT,
    orderBy: { id: 'asc' },
  });
}
