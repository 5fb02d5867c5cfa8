/** Taking a list over (导入): in one transaction, or not at all; what is there already stays as it is. */
import type { ChildData, Register } from './children';
import type { Db } from '../db';
import type { Vault } from '../vault';
import { enterService, type ServiceEntering } from './records';

/** A list of thousands takes a while, and is all or nothing. Milliseconds. */
const PATIENCE_MS = 120_000;

export interface ImportCounts {
  /** Rows that are or would be new. */
  fresh: number;
  /** Rows that are there already. */
  known: number;
}

/** @param children each with the id that it gets if it is new */
export function importChildren(
  db: Db,
  register: Register,
  {
    stationId,
    staffId,
    at,
    children,
  }: { stationId: string; staffId: string; at: number; children: { id: string; data: ChildData }[] },
  commit: boolean,
): Promise<ImportCounts> {
  return db.$transaction(
    async (tx) => {
      const counts = { fresh: 0, known: 0 };
      for (const { id, data } of children) {
        const there = await register.find(tx, stationId, data);
        counts[there ? 'known' : 'fresh'] += 1;
        if (commit && !there) await register.enter(tx, { id, stationId, data, staffId, at }, 'imported');
      }
      return counts;
    },
    { timeout: PATIENCE_MS },
  );
}

/** @param records each under an id that the same row always leads to */
export function importServices(
  db: Db,
  vault: Vault,
  records: readonly ServiceEntering[],
  commit: boolean,
): Promise<ImportCounts> {
  return db.$transaction(
    async (tx) => {
      const ids = records.map(({ id }) => id);
      const there = await tx.serviceRecord.findMany({ where: { id: { in: ids } }, select: { id: true } });
      const known = new Set(there.map(({ id }) => id));
      const fresh = records.filter(({ id }) => !known.has(id));
      if (commit) for (const record of fresh) await enterService(tx, vault, record, 'imported');
      return { fresh: fresh.length, known: records.length - fresh.length };
    },
    { timeout: PATIENCE_MS },
  );
}
