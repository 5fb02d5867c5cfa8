import type { Tx } from './db';

/** A finding with the name of whom it is about; null where nobody was signed in. */
export interface ListedFinding {
  id: string;
  kind: string;
  who: string;
  name: string | null;
  count: number;
  since: Date;
  foundAt: Date;
}

/**
 * The newest findings about the staff of some stations, or about everybody and every address.
 * @param take at most so many
 */
export async function listFindings(
  tx: Tx,
  scope: 'all' | { stationIds: string[] },
  take: number,
): Promise<ListedFinding[]> {
  const where = scope === 'all' ? {} : { stationId: { in: scope.stationIds } };
  const staff = await tx.staff.findMany({ where, select: { id: true, name: true } });
  const names = new Map(staff.map(({ id, name }) => [id, name]));
  const found = await tx.accessFinding.findMany({
    where: scope === 'all' ? {} : { who: { in: [...names.keys()] } },
    orderBy: [{ foundAt: 'desc' }, { id: 'asc' }],
    take,
  });
  return found.map((one) => ({ ...one, name: names.get(one.who) ?? null }));
}
