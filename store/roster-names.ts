/** Names and places that the roster's answers and checks need. */
import type { OnDuty } from '../domain/roster/model';
import type { Tx } from './db';

export const readPlace = (tx: Tx, id: string): Promise<{ id: string; bureau: boolean } | null> =>
  tx.station.findUnique({ where: { id }, select: { id: true, bureau: true } });

/** Active and former staff by id. */
export const readStaff = (tx: Tx, ids: string[]) =>
  tx.staff.findMany({
    where: { id: { in: ids } },
    select: { id: true, name: true, role: true, stationId: true, active: true },
  });

/** Everybody and every rotation that these duties speak of, by id. */
export async function namesFor(
  tx: Tx,
  duties: readonly OnDuty[],
): Promise<{ staff: Map<string, string>; rotations: Map<string, string> }> {
  const staffIds = duties.flatMap(({ staffId, why }) => [
    staffId,
    ...(why.kind === 'rotation' ? [] : [why.insteadOf].flat()),
  ]);
  const rotationIds = duties.flatMap(({ why }) => (why.kind === 'override' ? [] : [why.rotationId]));
  const select = { id: true, name: true } as const;
  const staff = await tx.staff.findMany({ where: { id: { in: [...new Set(staffIds)] } }, select });
  const rotations = await tx.rotation.findMany({ where: { id: { in: [...new Set(rotationIds)] } }, select });
  return {
    staff: new Map(staff.map((one) => [one.id, one.name])),
    rotations: new Map(rotations.map((one) => [one.id, one.name])),
  };
}

/** Ids of stations that stand for the bureau (民政局). */
export async function bureauIds(tx: Tx): Promise<string[]> {
  return (await tx.station.findMany({ where: { bureau: true }, select: { id: true } })).map((one) => one.id);
}

/** Those of the people who can be told something. */
export async function reachableAmong(tx: Tx, ids: string[]): Promise<Set<string>> {
  const contacts = { some: { removedAt: null, verifiedAt: { not: null } } };
  const rows = await tx.staff.findMany({ where: { id: { in: ids }, contacts }, select: { id: true } });
  return new Set(rows.map((one) => one.id));
}
