/** The journal of services (服务日志): who changed what and when; the database lets nobody change it. */
import type { Prisma, ServiceEvent } from '../../prisma/generated/client';
import type { Tx } from '../db';

export type Plain = string | number | boolean | null | string[];
export type Changes = Record<string, { from: Plain; to: Plain }>;

export interface ServiceEntry {
  entity: 'service' | 'group' | 'child' | 'post' | 'survey' | 'household';
  entityId: string;
  stationId: string;
  staffId: string;
  action: 'entered' | 'corrected' | 'withdrawn' | 'linked' | 'imported' | 'erased';
  changes: Changes;
  /** The vault's entry with the reason. */
  reasonId?: string;
}

/** Appends one entry. The time is the database's own. */
export async function journalService(tx: Tx, entry: ServiceEntry): Promise<void> {
  const changes: Prisma.InputJsonObject = { ...entry.changes };
  await tx.serviceEvent.create({ data: { ...entry, changes } });
}

const same = (a: Plain, b: Plain): boolean => JSON.stringify(a) === JSON.stringify(b);

/** What differs between two states of a row, field by field. */
export function changesBetween(before: Record<string, Plain>, after: Record<string, Plain>): Changes {
  const fields = Object.keys({ ...before, ...after });
  return Object.fromEntries(
    fields.flatMap((field) => {
      const [from, to] = [before[field] ?? null, after[field] ?? null];
      return same(from, to) ? [] : [[field, { from, to }]];
    }),
  );
}

/** The history of one thing, oldest first. */
export const readServiceEvents = (tx: Tx, entity: ServiceEntry['entity'], entityId: string): Promise<ServiceEvent[]> =>
  tx.serviceEvent.findMany({ where: { entity, entityId }, orderBy: { id: 'asc' } });
