/** What sign-ins leave behind and nobody needs any more: codes, counts, challenges, sessions that are over. */
import type { Db } from './db';

const HOUR_MS = 3_600_000;

/** @param now milliseconds since the epoch */
export async function tidySignIns(db: Db, now: number): Promise<void> {
  const before = (hours: number): { lt: Date } => ({ lt: new Date(now - hours * HOUR_MS) });
  await db.usedCode.deleteMany({ where: { at: before(1) } });
  await db.signInCode.deleteMany({ where: { at: before(1) } });
  await db.verification.deleteMany({ where: { expiresAt: before(1) } });
  await db.session.deleteMany({ where: { expiresAt: before(1) } });
  const over = { updatedAt: before(48), OR: [{ lockedUntil: null }, { lockedUntil: before(0) }] };
  await db.attempt.deleteMany({ where: { key: { startsWith: 'sign-in:' }, ...over } });
  await db.knownPlace.deleteMany({ where: { lastAt: before(24 * 180) } });
}
