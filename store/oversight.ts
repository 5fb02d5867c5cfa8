/** Who answers for a station's cases (督导), and for everything (民政局值班员): whom audit and digest write to. */
import { addressesOf, COUNTING } from './contacts';
import type { Tx } from './db';
import { type Reachable, whoIsTold } from './roster';

async function staffOf(tx: Tx, role: string, stationId?: string): Promise<Reachable[]> {
  const people = await tx.staff.findMany({
    where: { role, active: true, ...(stationId !== undefined && { stationId }) },
    select: { id: true, contacts: COUNTING },
    orderBy: { id: 'asc' },
  });
  return people
    .map(({ id, contacts }): Reachable => ({ kind: 'staff', id, ...addressesOf(contacts) }))
    .filter(({ phone, email }) => phone !== null || email !== null);
}

/** The station's supervisors on duty at a moment (milliseconds); where none is, all of them. */
export async function supervisorsOf(tx: Tx, stationId: string, at: number): Promise<Reachable[]> {
  const { people } = await whoIsTold(tx, { role: 'supervisor' }, { stationId, at });
  return people.length > 0 ? people : staffOf(tx, 'supervisor', stationId);
}

/** Every supervisor of the station. */
export const allSupervisors = (tx: Tx, stationId: string): Promise<Reachable[]> => staffOf(tx, 'supervisor', stationId);

/** The duty officers on duty at a moment (milliseconds); where none is, all of them. */
export async function officers(tx: Tx, at: number): Promise<Reachable[]> {
  const { people } = await whoIsTold(tx, { role: 'duty_officer' }, { stationId: '', at });
  return people.length > 0 ? people : staffOf(tx, 'duty_officer');
}

/** Who keeps the system running. */
export const administrators = (tx: Tx): Promise<Reachable[]> => staffOf(tx, 'admin');
