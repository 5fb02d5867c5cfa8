/** The database's clock (数据库时钟): one for all processes, whatever their own clocks show. */
import type { Tx } from './db';

/** Milliseconds since the epoch. */
export async function databaseNow(tx: Tx): Promise<number> {
  const [row] = await tx.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`;
  if (!row) throw new Error('the database did not say what time it is');
  return row.now.getTime();
}
