/** Rotations (轮班) as they are entered, changed and ended. */
import { changeRotation, type RotationChange } from '../domain/roster/change';
import type { Hours, Rotation } from '../domain/roster/model';
import { Prisma, type Rotation as RotationRow } from '../prisma/generated/client';
import type { Scope } from './cases';
import type { Db, Tx } from './db';
import { noteChange } from './roster-journal';
import { rotationOf } from './roster-read';

const asJson = (hours: readonly Hours[] | undefined) =>
  hours ? hours.map(({ weekdays, fromMinute, untilMinute }) => ({ weekdays, fromMinute, untilMinute })) : Prisma.DbNull;

const columns = ({ startsAt, endsAt, hours, members, ...rest }: Rotation) => ({
  ...rest,
  members: [...members],
  startsAt: new Date(startsAt),
  endsAt: endsAt === undefined ? null : new Date(endsAt),
  hours: asJson(hours),
});

/** Rotations that are on or will be, by station, role and beginning. */
export const listRotations = (tx: Tx, scope: Scope, now: Date): Promise<RotationRow[]> =>
  tx.rotation.findMany({
    where: {
      ...(scope !== 'all' && { OR: [{ stationId: { in: scope.stationIds } }, { role: 'duty_officer' }] }),
      AND: { OR: [{ endsAt: null }, { endsAt: { gt: now } }] },
    },
    orderBy: [{ stationId: 'asc' }, { role: 'asc' }, { startsAt: 'asc' }, { id: 'asc' }],
  });

export const readRotation = (tx: Tx, id: string): Promise<RotationRow | null> =>
  tx.rotation.findUnique({ where: { id } });

/** Enters a rotation under its id; the same id again changes nothing. */
export async function addRotation(db: Db, rotation: Rotation, name: string, by: string): Promise<RotationRow> {
  return db.$transaction(async (tx) => {
    const { count } = await tx.rotation.createMany({ data: [{ ...columns(rotation), name }], skipDuplicates: true });
    if (count > 0) await note(tx, by, 'rotation.add', rotation);
    return tx.rotation.findUniqueOrThrow({ where: { id: rotation.id } });
  });
}

export interface RotationEdit extends RotationChange {
  name?: string;
  /** Milliseconds; null: until changed. */
  endsAt?: number | null;
}

/**
 * Changes a rotation from a hand-over on (see changeRotation): the row ends there, and a new one with the given id follows.
 * A name or an end is changed in place.
 * @returns the row that holds from then on; undefined where the rotation has ended or will have by then
 */
export async function editRotation(
  db: Db,
  id: string,
  { name, endsAt, ...change }: RotationEdit,
  at: { now: number; from?: number; nextId: string; by: string },
): Promise<RotationRow | undefined> {
  return db.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 AS held FROM rotations WHERE id = ${id} FOR UPDATE`;
    const row = await tx.rotation.findUniqueOrThrow({ where: { id } });
    const end = endsAt === undefined ? row.endsAt : endsAt === null ? null : new Date(endsAt);
    const named = { name: name ?? row.name };
    if (Object.values(change).every((value) => value === undefined)) {
      const kept = await tx.rotation.update({ where: { id }, data: { ...named, endsAt: end } });
      await note(tx, at.by, 'rotation.edit', rotationOf(kept));
      return kept;
    }
    const changed = changeRotation({ ...rotationOf(row), ...endOf(end) }, change, at.now, at.from);
    if (!changed) return undefined;
    const { endsAt: over, next } = changed;
    if (over === undefined) {
      await note(tx, at.by, 'rotation.edit', next);
      return tx.rotation.update({ where: { id }, data: { ...columns(next), ...named } });
    }
    await tx.rotation.update({ where: { id }, data: { endsAt: new Date(over) } });
    await note(tx, at.by, 'rotation.replace', { ...next, id }, at.nextId);
    return tx.rotation.create({ data: { ...columns(next), ...named, id: at.nextId } });
  });
}

const endOf = (end: Date | null): { endsAt: number | undefined } => ({ endsAt: end?.getTime() });

/** Ends a rotation now; one that has not begun never will. */
export async function endRotation(db: Db, id: string, now: number, by: string): Promise<RotationRow> {
  return db.$transaction(async (tx) => {
    const row = await tx.rotation.findUniqueOrThrow({ where: { id } });
    const endsAt = new Date(Math.max(now, row.startsAt.getTime()));
    if (row.endsAt && row.endsAt <= endsAt) return row;
    const ended = await tx.rotation.update({ where: { id }, data: { endsAt } });
    await note(tx, by, 'rotation.end', rotationOf(ended));
    return ended;
  });
}

const note = (tx: Tx, by: string, action: string, one: Rotation, nextId?: string): Promise<void> =>
  noteChange(tx, {
    staffId: by,
    action,
    stationId: one.stationId,
    refId: one.id,
    data: {
      role: one.role,
      members: [...one.members],
      shiftDays: one.shiftDays,
      startsAt: one.startsAt,
      endsAt: one.endsAt ?? null,
      ...(nextId !== undefined && { next: nextId }),
    },
  });
