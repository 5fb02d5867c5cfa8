/** Wrong tries of a secret, counted in the database so that every copy of the API sees them. */
import type { Db } from './db';

export interface Lock {
  key: string;
  /** Tries are forgotten this long after the last one; absent: only when a lock is over or the secret was right. */
  forgetAfterMs?: number;
}

/** The fifth wrong try locks; a sixth that is under way at the same time is not judged any more. */
export const MAX_WRONG = 5;
const LOCK_MS = 15 * 60_000;

/** When the longest of the locks in force ends; undefined: none is. */
export async function lockOf(db: Db, locks: Lock[]): Promise<Date | undefined> {
  const rows = await db.attempt.findMany({
    where: { key: { in: locks.map((lock) => lock.key) }, lockedUntil: { gt: new Date() } },
    orderBy: { lockedUntil: 'desc' },
    take: 1,
  });
  return rows[0]?.lockedUntil ?? undefined;
}

/**
 * Counts one try, in one statement so that parallel guesses are all counted; the fifth locks for 15 minutes.
 * @returns which try this is
 */
export async function countTry(db: Db, { key, forgetAfterMs }: Lock): Promise<number> {
  const now = new Date();
  const until = new Date(now.getTime() + LOCK_MS);
  const forgotten = new Date(forgetAfterMs === undefined ? 0 : now.getTime() - forgetAfterMs);
  const rows = await db.$queryRaw<{ count: number }[]>`
    INSERT INTO attempts AS a (key, count, updated_at) VALUES (${key}, 1, ${now}::timestamptz)
    ON CONFLICT (key) DO UPDATE SET
      count = CASE WHEN a.locked_until < ${now}::timestamptz OR a.updated_at < ${forgotten}::timestamptz THEN 1 ELSE a.count + 1 END,
      locked_until = CASE
        WHEN a.locked_until < ${now}::timestamptz OR a.updated_at < ${forgotten}::timestamptz THEN NULL
        WHEN a.count + 1 >= ${MAX_WRONG} THEN ${until}::timestamptz
        ELSE NULL END,
      updated_at = ${now}::timestamptz
    RETURNING count`;
  return rows[0]?.count ?? 0;
}

/** Forgets the tries, after the right secret was given. */
export async function clearTries(db: Db, locks: Lock[]): Promise<void> {
  await db.attempt.deleteMany({ where: { key: { in: locks.map((lock) => lock.key) } } });
}

/** The try just counted was right: it does not count, and those before it still do. */
export async function takeBackTry(db: Db, { key }: Lock): Promise<void> {
  await db.attempt.updateMany({ where: { key }, data: { count: { decrement: 1 }, lockedUntil: null } });
}
