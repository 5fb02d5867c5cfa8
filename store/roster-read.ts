/** The roster as rows, read into what the rules work with. */
import { z } from 'zod';
import { RUNG_ROLES, type RungRole } from '../domain/model';
import type { Hours, Override, Roster, Rotation, Rung, Swap } from '../domain/roster/model';
import type { DutyOverride, Prisma, Rotation as RotationRow, Swap as SwapRow } from '../prisma/generated/client';
import type { Tx } from './db';

const Role = z.enum(RUNG_ROLES);
export const HoursOfRow = z.array(
  z.object({ weekdays: z.array(z.number()), fromMinute: z.number(), untilMinute: z.number() }),
);

/** Which rungs to read: those of the stations, and every duty officer's. */
export interface RosterOf {
  stationIds: readonly string[] | 'all';
  roles?: readonly RungRole[];
}
export interface Between {
  from: number;
  until: number;
}

/** A duty officer stands for every station. */
export const ofStations = ({ stationIds, roles = RUNG_ROLES }: RosterOf) =>
  ({
    role: { in: [...roles] },
    ...(stationIds !== 'all' && {
      OR: [{ stationId: { in: [...stationIds] } }, { role: 'duty_officer' }],
    }),
  }) satisfies Prisma.RotationWhereInput;

const hoursOf = (row: RotationRow): readonly Hours[] | undefined =>
  row.hours === null ? undefined : HoursOfRow.parse(row.hours);

/** @throws ZodError for a row that no version of ours has written */
export function rotationOf(row: RotationRow): Rotation {
  const hours = hoursOf(row);
  const { id, stationId, members, shiftDays } = row;
  const times = { startsAt: row.startsAt.getTime(), ...(row.endsAt && { endsAt: row.endsAt.getTime() }) };
  return { id, stationId, role: Role.parse(row.role), members, shiftDays, ...times, ...(hours && { hours }) };
}

const overrideOf = (row: DutyOverride): Override => ({
  id: row.id,
  stationId: row.stationId,
  role: Role.parse(row.role),
  staffId: row.staffId,
  from: row.fromAt.getTime(),
  until: row.untilAt.getTime(),
  ...(row.replaces !== null && { replaces: row.replaces }),
});

export const swapOf = (row: SwapRow): Swap => ({
  id: row.id,
  one: { rotationId: row.rotationId, shift: row.shift, staffId: row.staffId },
  other: { rotationId: row.otherRotationId, shift: row.otherShift, staffId: row.otherStaffId },
});

/**
 * What decides who is on duty between two moments. Swaps are read whole, since each one builds on those before it.
 * @param between milliseconds
 */
export async function readRoster(tx: Tx, of: RosterOf, { from, until }: Between): Promise<Roster> {
  const rung = ofStations(of);
  const span = { fromAt: { lt: new Date(until) }, untilAt: { gt: new Date(from) }, removedAt: null };
  const rotations = await tx.rotation.findMany({ where: rung, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] });
  const overrides = await tx.dutyOverride.findMany({
    where: { ...rung, ...span },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  });
  const swaps = await tx.swap.findMany({
    where: { ...rung, state: 'accepted' },
    orderBy: [{ decidedAt: 'asc' }, { id: 'asc' }],
  });
  const people = [...new Set([...rotations.flatMap((one) => one.members), ...overrides.map((one) => one.staffId)])];
  const leaves = await tx.leave.findMany({ where: { ...span, staffId: { in: people } } });
  const active = await tx.staff.findMany({ where: { id: { in: people }, active: true }, select: { id: true } });
  const there = new Set(active.map((one) => one.id));
  return {
    rotations: rotations.map(rotationOf),
    overrides: overrides.map(overrideOf),
    swaps: swaps.map(swapOf),
    leaves: leaves.map((one) => ({ staffId: one.staffId, from: one.fromAt.getTime(), until: one.untilAt.getTime() })),
    gone: people.filter((one) => !there.has(one)),
  };
}

/** The rungs that have to be filled: social workers and supervisors at a station, duty officers at the bureau. */
export async function rungsOf(tx: Tx, stationIds: readonly string[] | 'all'): Promise<Rung[]> {
  const stations = await tx.station.findMany({
    where: stationIds === 'all' ? {} : { id: { in: [...stationIds] } },
    select: { id: true, bureau: true },
    orderBy: { id: 'asc' },
  });
  return stations.flatMap(({ id: stationId, bureau }): Rung[] =>
    bureau
      ? [{ stationId, role: 'duty_officer' }]
      : [
          { stationId, role: 'worker' },
          { stationId, role: 'supervisor' },
        ],
  );
}
