/** Fixed duties (固定值班) as the installation's file gives them: rotations of one. */
import type { RungRole } from '../domain/model';
import { MINUTE } from '../domain/zone';
import type { Tx } from './db';

const NAME = '固定值班';
const SHIFT_DAYS = 7;

/**
 * One fixed duty without an end for whoever has one; undefined ends it. Rotations under another name are left alone. It
 * begins at the full minute that runs, so that there is no gap before it.
 */
export async function putFixedDuty(
  tx: Tx,
  staffId: string,
  duty: { role: RungRole; stationId: string } | undefined,
): Promise<void> {
  const current = { name: NAME, members: { equals: [staffId] }, endsAt: null };
  const kept = duty && (await tx.rotation.findFirst({ where: { ...current, ...duty }, select: { id: true } }));
  const now = Date.now();
  await tx.rotation.updateMany({
    where: { ...current, ...(kept && { NOT: { id: kept.id } }) },
    data: { endsAt: new Date(now) },
  });
  if (!duty || kept) return;
  const startsAt = new Date(now - (now % MINUTE));
  await tx.rotation.create({ data: { ...duty, name: NAME, members: [staffId], shiftDays: SHIFT_DAYS, startsAt } });
}
