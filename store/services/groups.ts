/** Groups (小组): a series with its sessions. */
import type { ServiceGroup } from '../../prisma/generated/client';
import type { Scope } from '../cases';
import type { Db, Tx } from '../db';
import { changesBetween, journalService } from './journal';

export type { ServiceGroup };

/** Opens a series. A repetition under the same id changes nothing. */
export async function enterGroup(
  db: Db,
  group: { id: string; stationId: string; title: string; theme: string; staffId: string; at: number },
): Promise<void> {
  const { staffId, at, ...fields } = group;
  const { id: entityId, stationId, title, theme } = fields;
  await db.$transaction(async (tx) => {
    if (await tx.serviceGroup.findUnique({ where: { id: entityId }, select: { id: true } })) return;
    await tx.serviceGroup.create({ data: { ...fields, enteredBy: staffId, enteredAt: new Date(at) } });
    const changes = changesBetween({}, { title, theme });
    await journalService(tx, { entity: 'group', entityId, stationId, staffId, action: 'entered', changes });
  });
}

/** Corrects a series, ends it, or opens it again. */
export async function correctGroup(
  db: Db,
  before: ServiceGroup,
  { staffId, ...change }: { title?: string; theme?: string; endedAt?: Date | null; staffId: string },
): Promise<void> {
  await db.$transaction(async (tx) => {
    const after = await tx.serviceGroup.update({ where: { id: before.id }, data: change });
    const said = ({ title, theme, endedAt }: ServiceGroup) => ({
      title,
      theme,
      endedAt: endedAt?.toISOString() ?? null,
    });
    const changes = changesBetween(said(before), said(after));
    if (Object.keys(changes).length === 0) return;
    const { id: entityId, stationId } = before;
    await journalService(tx, { entity: 'group', entityId, stationId, staffId, action: 'corrected', changes });
  });
}

/** Undefined: there is no such group. */
export async function readGroup(tx: Tx, id: string): Promise<ServiceGroup | undefined> {
  return (await tx.serviceGroup.findUnique({ where: { id } })) ?? undefined;
}

export type CountedGroup = ServiceGroup & { sessions: number };

/** One page of series, newest first, each with the number of its sessions. */
export async function listGroups(
  tx: Tx,
  scope: Scope,
  { after, take }: { after?: { enteredAt: number; id: string }; take: number },
): Promise<CountedGroup[]> {
  const at = after && new Date(after.enteredAt);
  const groups = await tx.serviceGroup.findMany({
    where: {
      ...(scope !== 'all' && { stationId: { in: scope.stationIds } }),
      ...(after && { OR: [{ enteredAt: { lt: at } }, { enteredAt: at, id: { gt: after.id } }] }),
    },
    orderBy: [{ enteredAt: 'desc' }, { id: 'asc' }],
    take,
  });
  return withSessions(tx, groups);
}

/** Adds to each series how often it has met. */
export async function withSessions(tx: Tx, groups: ServiceGroup[]): Promise<CountedGroup[]> {
  const counts = await tx.serviceRecord.groupBy({
    by: ['groupId'],
    where: { groupId: { in: groups.map(({ id }) => id) }, withdrawnAt: null },
    _count: true,
  });
  const byId = new Map(counts.map(({ groupId, _count: n }) => [groupId, n]));
  return groups.map((group) => ({ ...group, sessions: byId.get(group.id) ?? 0 }));
}
