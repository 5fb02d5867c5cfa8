/**
 * Wrong tries at an account (登录失败次数), counted so that nobody can be locked out by a stranger: each place (address or known
 * device) has its own count, and what strangers do together never stops a place from which the person has signed in before.
 */
import { createHash } from 'node:crypto';
import type { Db, Tx } from './db';

/** Wrong tries until the first pause, and how it grows: 1 minute, doubled with every further one, at most 15. */
const FREE_TRIES = 5;
const FIRST_PAUSE_SECONDS = 60;
const LONGEST_PAUSE_SECONDS = 900;
/** Wrong tries are forgotten after this long without another. */
const FORGET_SECONDS = 3600;
/**
 * Codes of a second factor have six digits, and a thousand addresses could guess them together. All strangers to an account
 * have so many wrong ones between them; who has taken the password can then stop strangers alone.
 */
const FREE_STRANGERS = 20;

/** What is guessed at: a password by the name of the sign-in, or the codes of a user. */
export interface Guessed {
  what: 'password' | 'code';
  /** Name of the sign-in, as it was typed. */
  username: string;
}

const short = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 27);
const accountOf = (username: string): string => `sign-in:${short(username.trim().toLowerCase())}:`;
const keyOf = ({ what, username }: Guessed, place: string): string => `${accountOf(username)}${what}:${short(place)}`;

/**
 * Counts one try, in one statement, so that a thousand at the same time are counted too.
 * @returns seconds to wait; 0: go on
 */
async function count(db: Db, key: string, free: number): Promise<number> {
  const rows = await db.$queryRaw<{ wait: number }[]>`
    INSERT INTO attempts AS a (key, count, updated_at) VALUES (${key}, 1, now())
    ON CONFLICT (key) DO UPDATE SET
      count = CASE WHEN a.updated_at < now() - ${FORGET_SECONDS} * interval '1 second' THEN 1 ELSE a.count + 1 END,
      locked_until = CASE
        WHEN a.updated_at < now() - ${FORGET_SECONDS} * interval '1 second' OR a.count + 1 < ${free} THEN NULL
        ELSE now() + least(${LONGEST_PAUSE_SECONDS}, ${FIRST_PAUSE_SECONDS} * 2 ^ least(a.count + 1 - ${free}, 10))
          * interval '1 second' END,
      updated_at = now()
    WHERE a.locked_until IS NULL OR a.locked_until <= now()
    RETURNING 0::float8 AS wait`;
  if (rows.length > 0) return 0;
  const held = await db.attempt.findUnique({ where: { key } });
  return Math.max(1, Math.ceil(((held?.lockedUntil?.getTime() ?? 0) - Date.now()) / 1000));
}

const STRANGERS = 'all strangers';

/**
 * Counts a try before anything is compared.
 * @param place where it comes from: a known device, or an address
 * @param known has this person signed in from there before?
 * @returns seconds to wait; 0: go on
 */
export async function beginTry(db: Db, guessed: Guessed, place: string, known: boolean): Promise<number> {
  const wait = await count(db, keyOf(guessed, place), FREE_TRIES);
  if (wait > 0 || known || guessed.what === 'password') return wait;
  return count(db, keyOf(guessed, STRANGERS), FREE_STRANGERS);
}

/** It was right: the count of this place is over, and this try is none of the strangers'. */
export async function trySucceeded(db: Db, guessed: Guessed, place: string): Promise<void> {
  await db.attempt.deleteMany({ where: { key: keyOf(guessed, place) } });
  await db.attempt.updateMany({
    where: { key: keyOf(guessed, STRANGERS), count: { gt: 0 } },
    data: { count: { decrement: 1 }, lockedUntil: null },
  });
}

/** Ends every pause of an account (解除锁定). @returns how many there were */
export async function unlock(tx: Tx, username: string): Promise<number> {
  const { count: held } = await tx.attempt.deleteMany({ where: { key: { startsWith: accountOf(username) } } });
  return held;
}

/** Is any place held back just now? */
export async function isHeld(tx: Tx, username: string): Promise<boolean> {
  const where = { key: { startsWith: accountOf(username) }, lockedUntil: { gt: new Date() } };
  return (await tx.attempt.count({ where })) > 0;
}
