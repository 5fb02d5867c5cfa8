/** Leaves (请假) and overrides (改派、加派): what changes the roster for a while. */
import type { Override } from '../domain/roster/model';
import type { DutyOverride, Leave } from '../prisma/generated/client';
import type { Scope } from './cases';
import type { Db, Tx } from './db';
import { noteChange } from './roster-journal';

/** Milliseconds. */
export interface Times {
  from: number;
  until: number;
}
type LeaveRow = Leave & { staff: { stationId: string } };

const current = (now: Date) => ({ removedAt: null, untilAt: { gt: now } });
const WITH_STATION = { staff: { select: { stationId: true } } } as const;

/** Leaves that are not over, by their beginning. */
export const listLeaves = (tx: Tx, scope: Scope, now: Date): Promise<LeaveRow[]> =>
  tx.leave.findMany({
    where: { ...current(now), ...(scope !== 'all' && { staff: { stationId: { in: scope.stationIds } } }) },
    include: WITH_STATION,
    orderBy: [{ fromAt: 'asc' }, { id: 'asc' }],
  });

/** Overrides that are not over, by their beginning. */
export const listOverrides = (tx: Tx, scope: Scope, now: Date): Promise<DutyOverride[]> =>
  tx.dutyOverride.findMany({
    where: {
      ...current(now),
      ...(scope !== 'all' && { OR: [{ stationId: { in: scope.stationIds } }, { role: 'duty_officer' }] }),
    },
    orderBy: [{ fromAt: 'asc' }, { id: 'asc' }],
  });

export const readLeave = (tx: Tx, id: string): Promise<LeaveRow | null> =>
  tx.leave.findUnique({ where: { id, removedAt: null }, include: WITH_STATION });
export const readOverride = (tx: Tx, id: string): Promise<DutyOverride | null> =>
  tx.dutyOverride.findUnique({ where: { id, removedAt: null } });

/** The same id again changes nothing. */
export async function addLeave(
  db: Db,
  { id, staffId, from, until, stationId }: Times & { id: string; staffId: string; stationId: string },
  by: string,
): Promise<LeaveRow> {
  return db.$transaction(async (tx) => {
    const row = { id, staffId, fromAt: new Date(from), untilAt: new Date(until) };
    const { count } = await tx.leave.createMany({ data: [row], skipDuplicates: true });
    const data = { staffId, from, until };
    if (count > 0) await noteChange(tx, { staffId: by, action: 'leave.add', stationId, refId: id, data });
    return tx.leave.findUniqueOrThrow({ where: { id }, include: WITH_STATION });
  });
}

/** The same id again changes nothing. */
export async function addOverride(db: Db, one: Override, by: string): Promise<DutyOverride> {
  return db.$transaction(async (tx) => {
    const { id, stationId, role, staffId, from, until, replaces = null } = one;
    const row = { id, stationId, role, staffId, replaces, fromAt: new Date(from), untilAt: new Date(until) };
    const { count } = await tx.dutyOverride.createMany({ data: [row], skipDuplicates: true });
    const data = { role, staffId, replaces, from, until };
    if (count > 0) await noteChange(tx, { staffId: by, action: 'override.add', stationId, refId: id, data });
    return tx.dutyOverride.findUniqueOrThrow({ where: { id } });
  });
}

interface Kept {
  id: string;
  stationId: string;
  fromAt: Date;
}

/** Moves beginning or end. */
export async function moveLeave(db: Db, { id, stationId }: Kept, to: Times, by: string): Promise<LeaveRow> {
  return db.$transaction(async (tx) => {
    await noteChange(tx, { staffId: by, action: 'leave.move', stationId, refId: id, data: { ...to } });
    return tx.leave.update({ where: { id }, data: asDates(to), include: WITH_STATION });
  });
}
/** Moves beginning or end. */
export async function moveOverride(db: Db, { id, stationId }: Kept, to: Times, by: string): Promise<DutyOverride> {
  return db.$transaction(async (tx) => {
    await noteChange(tx, { staffId: by, action: 'override.move', stationId, refId: id, data: { ...to } });
    return tx.dutyOverride.update({ where: { id }, data: asDates(to) });
  });
}
const asDates = ({ from, until }: Times) => ({ fromAt: new Date(from), untilAt: new Date(until) });

/** Ends it now, so that what was stays on the record; what has not begun is taken back. */
const ending = ({ fromAt }: Kept, now: Date) => (fromAt < now ? { untilAt: now } : { removedAt: now });

/** Ends a leave (请假) now, or takes it back where it has not begun. */
export async function endLeave(db: Db, leave: Kept, now: Date, by: string): Promise<LeaveRow> {
  const { id, stationId } = leave;
  return db.$transaction(async (tx) => {
    await noteChange(tx, { staffId: by, action: 'leave.end', stationId, refId: id });
    return tx.leave.update({ where: { id }, data: ending(leave, now), include: WITH_STATION });
  });
}

/** Ends an override (改派) now, or takes it back where it has not begun. */
export async function endOverride(db: Db, override: Kept, now: Date, by: string): Promise<DutyOverride> {
  const { id, stationId } = override;
  return db.$transaction(async (tx) => {
    await noteChange(tx, { staffId: by, action: 'override.end', stationId, refId: id });
    return tx.dutyOverride.update({ where: { id }, data: ending(override, now) });
  });
}
