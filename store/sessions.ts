/** Sessions (登录会话) of staff: which there are, when each was last used, and their end. */
import type { Session } from '../prisma/generated/client';
import type { Tx } from './db';

/** How exact "last used" is; a write with every request would be too many. */
const EXACT_SECONDS = 30;

/** Somebody did something in this session just now. */
export async function touchSession(tx: Tx, id: string): Promise<void> {
  await tx.$executeRaw`
    UPDATE session SET "updatedAt" = now() AT TIME ZONE 'UTC'
    WHERE id = ${id} AND "updatedAt" < now() AT TIME ZONE 'UTC' - ${EXACT_SECONDS} * interval '1 second'`;
}

/** Those that have not ended, the latest used first. */
export const listSessions = (tx: Tx, userId: string): Promise<Session[]> =>
  tx.session.findMany({ where: { userId, expiresAt: { gt: new Date() } }, orderBy: { updatedAt: 'desc' } });

/** Ends one session of this user. @returns false: there is no such one */
export async function endSession(tx: Tx, userId: string, id: string): Promise<boolean> {
  return (await tx.session.deleteMany({ where: { userId, id } })).count > 0;
}

/** Ends all sessions of a user, but for one. @returns how many */
export async function endSessions(tx: Tx, userId: string, except?: string): Promise<number> {
  return (await tx.session.deleteMany({ where: { userId, ...(except && { id: { not: except } }) } })).count;
}

/** Ends what was begun before a time, but for the session that asks. */
export async function endOlderSessions(tx: Tx, userId: string, before: Date, except = ''): Promise<void> {
  await tx.session.deleteMany({ where: { userId, createdAt: { lt: before }, id: { not: except } } });
}
