/** The roster as rows, read into what the rules work with. */
import { z } from 'zod';
import { RUNG_ROLES, type RungRole } from '../domain/model';
import type { Hours, Override, Roster, Rotation, Rung, Swap } from '../domain/roster/model';
import { Prisma } from '../prisma/generated/client';
import type { DutyOverride, Rotation as RotationRow, Swap as SwapRow } from '../prisma/generated/client';
import { peopleOf, type Person, selectDutyPhones } from './contacts';
import type { Tx } from './db';
import { type Fields, fromJson } from './rows';

const Role = z.enum(RUNG_ROLES);
const HoursOfRow = z.array(
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

const TIMES = new Set(['startsAt', 'endsAt', 'fromAt', 'untilAt', 'createdAt', 'removedAt', 'askedAt', 'decidedAt']);

interface Found {
  rotations: Fields[] | null;
  overrides: Fields[] | null;
  swaps: Fields[] | null;
  leaves: { staff_id: string; from_at: string; until_at: string }[] | null;
  gone: string[] | null;
}

/**
 * What decides who is on duty between two moments. Swaps are read whole, since each one builds on those before it.
 * @param between milliseconds
 * @param more further columns; they may ask `people`, all who stand in a rotation, an override or a swap
 */
function selectRoster({ stationIds, roles = RUNG_ROLES }: RosterOf, { from, until }: Between, more = Prisma.empty) {
  const stations =
    stationIds === 'all'
      ? Prisma.empty
      : Prisma.sql`AND (station_id = ANY(${[...stationIds]}::text[]) OR role = 'duty_officer')`;
  const rung = Prisma.sql`role = ANY(${[...roles]}::text[]) ${stations}`;
  const span = Prisma.sql`from_at < ${new Date(until)}::timestamptz AND until_at > ${new Date(from)}::timestamptz
    AND removed_at IS NULL`;
  return Prisma.sql`
    WITH r AS (SELECT * FROM rotations WHERE ${rung}),
      o AS (SELECT * FROM duty_overrides WHERE ${rung} AND ${span}),
      w AS (SELECT * FROM swaps WHERE state = 'accepted' AND ${rung}),
      people AS (SELECT unnest(members) AS id FROM r UNION SELECT staff_id FROM o
        UNION SELECT unnest(ARRAY[staff_id, other_staff_id]) FROM w)
    SELECT (SELECT json_agg(r ORDER BY r.created_at, r.id) FROM r) AS rotations,
      (SELECT json_agg(o ORDER BY o.created_at, o.id) FROM o) AS overrides,
      (SELECT json_agg(w ORDER BY w.decided_at, w.id) FROM w) AS swaps,
      (SELECT json_agg(l) FROM leaves l WHERE ${span} AND staff_id IN (SELECT id FROM people)) AS leaves,
      (SELECT json_agg(p.id) FROM people p
        WHERE NOT EXISTS (SELECT 1 FROM staff s WHERE s.id = p.id AND s.active)) AS gone
      ${more}`;
}

function rosterOf(found: Found | undefined): Roster {
  const rowsOf = <Row>(rows: Fields[] | null | undefined): Row[] =>
    (rows ?? []).map((row) => fromJson(row, TIMES) as Row);
  return {
    rotations: rowsOf<RotationRow>(found?.rotations).map(rotationOf),
    overrides: rowsOf<DutyOverride>(found?.overrides).map(overrideOf),
    swaps: rowsOf<SwapRow>(found?.swaps).map(swapOf),
    leaves: (found?.leaves ?? []).map((one) => ({
      staffId: one.staff_id,
      from: Date.parse(one.from_at),
      until: Date.parse(one.until_at),
    })),
    gone: found?.gone ?? [],
  };
}

/** Reads it in one statement. @param between milliseconds */
export async function readRoster(tx: Tx, of: RosterOf, between: Between): Promise<Roster> {
  const [found] = await tx.$queryRaw<Found[]>(selectRoster(of, between));
  return rosterOf(found);
}

/** A rung's roster at one moment, with everybody's contacts. */
export interface Duty {
  roster: Roster;
  /** All who may be on duty and are active, by id. */
  people: Person[];
  /** Duty phones (值班手机) of the rung. */
  phones: { id: string; value: string }[];
}

/** In one statement, too: every message of a ladder asks. @param at the case's own time, milliseconds */
export async function readDuty(tx: Tx, rung: { role: RungRole; stationId: string }, at: number): Promise<Duty> {
  const more = Prisma.sql`,
      (SELECT json_agg(a ORDER BY a.id) FROM (${peopleOf(Prisma.sql`SELECT id FROM people`)}) a) AS reachable,
      (SELECT json_agg(t) FROM (${selectDutyPhones(rung)}) t) AS phones`;
  const of = { stationIds: [rung.stationId], roles: [rung.role] };
  const [found] = await tx.$queryRaw<(Found & { reachable: Person[] | null; phones: Duty['phones'] | null })[]>(
    selectRoster(of, { from: at, until: at + 1 }, more),
  );
  return { roster: rosterOf(found), people: found?.reachable ?? [], phones: found?.phones ?? [] };
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
