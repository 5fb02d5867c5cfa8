/** Swaps (换班): asked for by one of two people, agreed to by the other or by a supervisor. */
import type { HeldShift } from '../domain/roster/model';
import { holderOf, shiftStart } from '../domain/roster/on-duty';
import type { Swap } from '../prisma/generated/client';
import type { Scope } from './cases';
import type { Db, Tx } from './db';
import { noteChange } from './roster-journal';
import { readRoster, rotationOf } from './roster-read';

const SHOWN = 200;

/** The latest swaps, newest first. */
export const listSwaps = (tx: Tx, scope: Scope): Promise<Swap[]> =>
  tx.swap.findMany({
    where: scope === 'all' ? {} : { stationId: { in: scope.stationIds } },
    orderBy: [{ askedAt: 'desc' }, { id: 'asc' }],
    take: SHOWN,
  });

export const readSwap = (tx: Tx, id: string): Promise<Swap | null> => tx.swap.findUnique({ where: { id } });

export interface KnownShift {
  stationId: string;
  role: string;
  startsAt: number;
  endsAt: number;
  /** Who has it by turn and earlier swaps. */
  holder: string;
}

/** A shift by its rotation and number; undefined where the rotation has no such shift. */
export async function readShift(
  tx: Tx,
  { rotationId, shift }: Omit<HeldShift, 'staffId'>,
): Promise<KnownShift | undefined> {
  const row = await tx.rotation.findUnique({ where: { id: rotationId } });
  if (!row) return undefined;
  const rotation = rotationOf(row);
  const { stationId, role, endsAt = Number.POSITIVE_INFINITY } = rotation;
  const startsAt = shiftStart(rotation, shift);
  if (shift < 0 || startsAt >= endsAt) return undefined;
  const roster = await readRoster(
    tx,
    { stationIds: [stationId], roles: [role] },
    { from: startsAt, until: startsAt + 1 },
  );
  const holder = holderOf(roster, rotation, shift);
  if (holder === undefined) return undefined;
  return { stationId, role, startsAt, endsAt: Math.min(endsAt, shiftStart(rotation, shift + 1)), holder };
}

/** The same id again changes nothing. */
export async function askSwap(
  db: Db,
  {
    id,
    stationId,
    role,
    mine,
    theirs,
    by,
  }: { id: string; stationId: string; role: string; mine: HeldShift; theirs: HeldShift; by: string },
): Promise<Swap> {
  const row = {
    ...{ id, stationId, role, ...mine, state: 'asked' },
    ...{ otherRotationId: theirs.rotationId, otherShift: theirs.shift, otherStaffId: theirs.staffId },
  };
  return db.$transaction(async (tx) => {
    const { count } = await tx.swap.createMany({ data: [row], skipDuplicates: true });
    const data = { other: theirs.staffId };
    if (count > 0) await noteChange(tx, { staffId: by, action: 'swap.ask', stationId, refId: id, data });
    return tx.swap.findUniqueOrThrow({ where: { id } });
  });
}

/**
 * Ends a request that is still open. Two decisions on shifts of one role wait for each other, so that none is agreed to
 * for shifts that have changed hands meanwhile.
 * @param holds whether both still hold what they offer, asked within the transaction
 * @returns undefined: it was decided before; 'changed': a shift is somebody else's by now
 */
export async function decideSwap(
  db: Db,
  { id, stationId, role }: Swap,
  { state, by }: { state: 'accepted' | 'declined' | 'withdrawn'; by: string },
  holds: (tx: Tx) => Promise<boolean>,
): Promise<Swap | 'changed' | undefined> {
  return db.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 AS held FROM pg_advisory_xact_lock(hashtextextended(${`swap/${stationId}/${role}`}, 0))`;
    if (state === 'accepted' && !(await holds(tx))) return 'changed';
    const { count } = await tx.swap.updateMany({
      where: { id, state: 'asked' },
      data: { state, decidedBy: by, decidedAt: new Date() },
    });
    if (count === 0) return undefined;
    await noteChange(tx, { staffId: by, action: `swap.${state}`, stationId, refId: id });
    return tx.swap.findUniqueOrThrow({ where: { id } });
  });
}
