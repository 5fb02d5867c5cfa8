/** Who can stand on which rung. */
import type { RungRole } from '../model';
import type { Rung } from './model';

/** Small stations let a supervisor take a worker's duty, and a worker a supervisor's while they are away. */
const FROM: Record<RungRole, readonly string[]> = {
  worker: ['social_worker', 'supervisor'],
  supervisor: ['supervisor', 'social_worker'],
  duty_officer: ['duty_officer'],
};

/** Can this member of staff stand there? */
export const fits = (staff: { role: string; stationId: string; active: boolean }, rung: Rung): boolean =>
  staff.active && staff.stationId === rung.stationId && FROM[rung.role].includes(staff.role);

/** Duty officers stand at the bureau (民政局), everybody else at a station. */
export const hasRung = (station: { bureau: boolean }, role: RungRole): boolean =>
  station.bureau === (role === 'duty_officer');
