/** Fixed duties (固定值班) as the installation's file gives them: rotations of one. */
import type { RungRole } from '../domain/model';
import { MINUTE } from '../domain/zone';
import type { Tx } from './db';
import { BY_INSTALLATION, noteChange } from './roster-journal';

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
  const over = await tx.rotation.findMany({ where: { ...current, ...(kept && { NOT: { id: kept.id } }) } });
  for (const { id, stationId } of over) {
    await tx.rotation.update({ where: { id }, data: { endsAt: new Date(now) } });
    await noteChange(tx, { staffId: BY_INSTALLATION, action: 'rotation.end', stationId, refId: id });
  }
  if (!duty || kept) return;
  const startsAt = new Date(now - (now % MINUTE));
  const row = { ...duty, name: NAME, members: [staffId], shiftDays: SHIFT_DAYS, startsAt };
  const { id, stationId } = await tx.rotation.create({ data: row });
  const data = { role: duty.role, members: [staffId] };
  await noteChange(tx, { staffId: BY_INSTALLATION, action: 'rotation.add', stationId, refId: id, data });
}
