/** What will go wrong on the roster in the next days if nobody does anything (值班预警). */
import type { RosterWarning } from '../domain/digest';
import type { RungRole } from '../domain/model';
import type { Roster, Rung } from '../domain/roster/model';
import { gaps, shifts } from '../domain/roster/timeline';
import { DAY } from '../domain/zone';
import { VERIFIED } from './contacts';
import type { Tx } from './db';
import { readRoster, rungsOf } from './roster-read';

export type { RosterWarning } from '../domain/digest';

const AHEAD = 7 * DAY;

/**
 * Warnings for the seven days from `at`, by station.
 * @param at milliseconds
 * @param stationId absent: every station
 */
export async function rosterWarnings(
  db: Tx,
  { at, stationId }: { at: number; stationId?: string },
): Promise<RosterWarning[]> {
  const stationIds = stationId === undefined ? 'all' : [stationId];
  const until = at + AHEAD;
  const rungs = await rungsOf(db, stationIds);
  const roster = await readRoster(db, { stationIds }, { from: at, until });
  const open = rungs.flatMap((rung) =>
    gaps(roster, rung, at, until).map((gap) => ({ kind: 'gap' as const, ...rung, ...gap })),
  );
  return [...open, ...(await withoutPhone(db, roster, rungs, { at, until })), ...(await unverified(db, stationIds))];
}

async function withoutPhone(
  tx: Tx,
  roster: Roster,
  rungs: Rung[],
  { at, until }: { at: number; until: number },
): Promise<RosterWarning[]> {
  const onDuty = rungs.flatMap((rung) =>
    shifts(roster, rung, at, until).map(({ staffId, from, until: end }) => ({ ...rung, staffId, from, until: end })),
  );
  const ids = [...new Set(onDuty.map((one) => one.staffId))];
  const reached = await tx.staff.findMany({
    where: { id: { in: ids }, contacts: { some: { ...VERIFIED, kind: 'phone' } } },
    select: { id: true },
  });
  const fine = new Set(reached.map((one) => one.id));
  const first = new Map<string, RosterWarning>();
  for (const one of onDuty.filter(({ staffId }) => !fine.has(staffId))) {
    const key = `${one.stationId}/${one.role}/${one.staffId}`;
    if (!first.has(key)) first.set(key, { kind: 'no_phone', ...one });
  }
  return [...first.values()];
}

async function unverified(tx: Tx, stationIds: string[] | 'all'): Promise<RosterWarning[]> {
  const here = stationIds === 'all' ? {} : { stationId: { in: stationIds } };
  const rows = await tx.contact.findMany({
    where: {
      removedAt: null,
      verifiedAt: null,
      OR: [{ staff: { active: true, ...here } }, { dutyRole: { not: null }, ...here }],
    },
    select: { staffId: true, stationId: true, dutyRole: true, staff: { select: { stationId: true } } },
    orderBy: [{ staffId: 'asc' }, { stationId: 'asc' }],
  });
  const all = new Map<string, RosterWarning>();
  for (const { staffId, stationId: own, dutyRole, staff } of rows) {
    const stationId = staff?.stationId ?? own;
    if (stationId === null) continue;
    const role = ROLES.find((one) => one === dutyRole);
    const warning: RosterWarning = {
      kind: 'unverified',
      stationId,
      ...(role && { role }),
      ...(staffId && { staffId }),
    };
    all.set(`${stationId}/${dutyRole ?? ''}/${staffId ?? ''}`, warning);
  }
  return [...all.values()];
}
const ROLES: readonly RungRole[] = ['worker', 'supervisor', 'duty_officer'];
