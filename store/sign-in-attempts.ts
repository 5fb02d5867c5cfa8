import { createHash } from 'node:crypto';
import type { Db } from './db';

/** Wrong tries until the first pause, and how it grows: 1 minute, doubled with every further one, at most 15. */
const FREE_TRIES = 5;
const FIRST_PAUSE_SECONDS = 60;
const LONGEST_PAUSE_SECONDS = 900;
/** Wrong tries are forgotten after this long without another. */
const FORGET_SECONDS = 3600;

/** One account tried from one address: who locks it there locks nobody out who comes from elsewhere. */
const keyOf = (username: string, address: string): string =>
  `sign-in:${createHash('sha256').update(`${username.trim().toLowerCase()}\0${address}`).digest('hex')}`;

/**
 * Counts a try before the password is looked at, so that a thousand at the same time are counted too.
 * @returns seconds to wait; 0: go on
 */
export async function beginSignIn(db: Db, username: string, address: string): Promise<number> {
  const key = keyOf(username, address);
  const rows = await db.$queryRaw<{ wait: number }[]>`
    INSERT INTO attempts AS a (key, count, updated_at) VALUES (${key}, 1, now())
    ON CONFLICT (key) DO UPDATE SET
      count = CASE WHEN a.updated_at < now() - ${FORGET_SECONDS} * interval '1 second' THEN 1 ELSE a.count + 1 END,
      locked_until = CASE
        WHEN a.updated_at < now() - ${FORGET_SECONDS} * interval '1 second' OR a.count + 1 < ${FREE_TRIES} THEN NULL
        ELSE now() + least(${LONGEST_PAUSE_SECONDS}, ${FIRST_PAUSE_SECONDS} * 2 ^ least(a.count + 1 - ${FREE_TRIES}, 10))
          * interval '1 second' END,
      updated_at = now()
    WHERE a.locked_until IS NULL OR a.locked_until <= now()
    RETURNING 0::float8 AS wait`;
  if (rows.length > 0) return 0;
  const held = await db.attempt.findUnique({ where: { key } });
  return Math.max(1, Math.ceil(((held?.lockedUntil?.getTime() ?? 0) - Date.now()) / 1000));
}

/** A right password ends the count. */
export async function signInSucceeded(db: Db, username: string, address: string): Promise<void> {
  await db.attempt.deleteMany({ where: { key: keyOf(username, address) } });
}
