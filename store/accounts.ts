/** Accounts of staff (工作人员账号): who can sign in, as what, and what is set up. */
import { randomUUID } from 'node:crypto';
import type { FactorsOf } from '../domain/sign-in';
import { Prisma } from '../prisma/generated/client';
import type { AccountAction } from './account-journal';
import { noteAccount } from './account-journal';
import { holdAdmins, isLastAdmin } from './admins';
import { FACTORS_OF } from './callers';
import type { Scope } from './cases';
import type { Db, Tx } from './db';
import { forgetPlaces } from './known-places';
import { endSessions } from './sessions';
import { endSetupLinks } from './setup-links';

export interface AccountRow {
  staffId: string;
  name: string;
  role: string;
  stationId: string;
  stationName: string;
  bureau: boolean;
  active: boolean;
  userId: string | null;
  username: string | null;
  /** Has set a password. */
  ready: boolean;
  factors: FactorsOf;
  sessions: number;
  lastUsedAt: Date | null;
  /** Until when a set-up link is open. */
  linkUntil: Date | null;
}

const rowsWhere = (tx: Tx, where: Prisma.Sql): Promise<AccountRow[]> => tx.$queryRaw<AccountRow[]>`
  SELECT s.id AS "staffId", s.name, s.role, s.station_id AS "stationId", t.name AS "stationName", t.bureau,
    s.active AND NOT coalesce(u.banned, false) AS active, u.id AS "userId", u.username, ${FACTORS_OF},
    EXISTS (SELECT 1 FROM account a WHERE a."userId" = u.id AND a."providerId" = 'credential' AND a.password IS NOT NULL)
      AS ready,
    (SELECT count(*)::int FROM session e WHERE e."userId" = u.id AND e."expiresAt" > now() AT TIME ZONE 'UTC') AS sessions,
    (SELECT max(e."updatedAt") FROM session e WHERE e."userId" = u.id) AS "lastUsedAt",
    (SELECT max(l.expires_at) FROM setup_links l
      WHERE l.staff_id = s.id AND l.ended_at IS NULL AND l.expires_at > now()) AS "linkUntil"
  FROM staff s JOIN stations t ON t.id = s.station_id LEFT JOIN "user" u ON u.id = s.user_id
  WHERE ${where}
  ORDER BY s.active DESC, t.bureau DESC, t.id, s.id`;

export const listAccounts = (tx: Tx, scope: Scope): Promise<AccountRow[]> =>
  rowsWhere(tx, scope === 'all' ? Prisma.sql`true` : Prisma.sql`s.station_id = ANY (${scope.stationIds})`);

/** Undefined: there is nobody of that id. */
export async function readAccount(tx: Tx, staffId: string): Promise<AccountRow | undefined> {
  return (await rowsWhere(tx, Prisma.sql`s.id = ${staffId}`))[0];
}

/** @returns false: somebody has this id already */
export async function addStaff(
  tx: Tx,
  staff: { id: string; name: string; role: string; stationId: string },
): Promise<boolean> {
  return (await tx.staff.createMany({ data: [staff], skipDuplicates: true })).count > 0;
}

export interface AccountChangeWanted {
  name?: string;
  role?: string;
  stationId?: string;
  active?: boolean;
}

/**
 * Changes an account in one transaction, and writes it down. Who gets another role, another station or is disabled has to
 * sign in anew: every session ends.
 * @param by who does it
 * @returns 'last-admin': the last administrator stays as they are
 */
export async function changeAccount(
  db: Db,
  { staffId, userId }: Pick<AccountRow, 'staffId' | 'userId'>,
  wanted: AccountChangeWanted,
  by: string,
): Promise<'done' | 'last-admin'> {
  return db.$transaction(async (tx) => {
    await holdAdmins(tx);
    const before = await tx.staff.findUniqueOrThrow({ where: { id: staffId } });
    const leaves = wanted.active === false || (wanted.role !== undefined && wanted.role !== 'admin');
    if (leaves && (await isLastAdmin(tx, staffId))) return 'last-admin';
    const { name, role, stationId, active } = wanted;
    const data = { ...(name && { name }), ...(role && { role }), ...(stationId && { stationId }) };
    await tx.staff.update({ where: { id: staffId }, data: { ...data, ...(active !== undefined && { active }) } });
    if (userId !== null) await carryOver(tx, userId, wanted);
    if (active === false) await endSetupLinks(tx, staffId);
    const subject = { staffId: by, subjectId: staffId, stationId: stationId ?? before.stationId };
    const note = (action: AccountAction, said = {}): Promise<void> =>
      noteAccount(tx, { ...subject, action, data: said });
    if (active !== undefined) await note(active ? 'account.enable' : 'account.disable');
    if (Object.keys(data).length > 0) {
      const from = { fromRole: before.role, fromStationId: before.stationId };
      await note('account.change', { ...from, ...(role && { role }), ...(stationId && { stationId }) });
    }
    return 'done';
  });
}

/** What better-auth's own table has to know of it. */
async function carryOver(
  tx: Tx,
  userId: string,
  { name, role, stationId, active }: AccountChangeWanted,
): Promise<void> {
  const data = {
    ...(name !== undefined && { name }),
    ...(role !== undefined && { role: role === 'admin' ? 'admin' : 'user' }),
    ...(active !== undefined && { banned: !active, banExpires: null }),
  };
  if (Object.keys(data).length > 0) await tx.user.update({ where: { id: userId }, data });
  if (active === false || role !== undefined || stationId !== undefined) await endSessions(tx, userId);
}

/** Takes the second factor away (重置第二步验证): whoever signs in next sets one up. */
export async function resetFactor(tx: Tx, userId: string): Promise<void> {
  await tx.twoFactor.deleteMany({ where: { userId } });
  await tx.user.update({ where: { id: userId }, data: { twoFactorEnabled: false } });
  await forgetPlaces(tx, userId);
  await endSessions(tx, userId);
}

/** @param hash of the password */
export async function putPassword(tx: Tx, userId: string, hash: string): Promise<void> {
  const now = new Date();
  const { count } = await tx.account.updateMany({
    where: { userId, providerId: 'credential' },
    data: { password: hash, updatedAt: now },
  });
  if (count > 0) return;
  const row = { id: randomUUID(), accountId: userId, providerId: 'credential', userId, password: hash };
  await tx.account.create({ data: { ...row, createdAt: now, updatedAt: now } });
}
