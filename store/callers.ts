/** Who asks, as the API needs to know it with every request: a user joined with the member of staff it belongs to. */
import type { FactorsOf } from '../domain/sign-in';
import { Prisma } from '../prisma/generated/client';
import type { Tx } from './db';

export interface KnownCaller {
  userId: string;
  staffId: string;
  username: string;
  role: string;
  stationId: string;
  bureau: boolean;
  name: string;
  active: boolean;
  banned: boolean;
  banExpires: Date | null;
  /** The database's clock (数据库时钟) as it was asked. */
  now: Date;
}

/** A key for programs, and whose it is. */
export interface KnownKey extends KnownCaller {
  enabled: boolean;
  expiresAt: Date | null;
}

/** Somebody at a screen: their session, and what second factor they have set up. */
export interface KnownSession extends KnownCaller {
  createdAt: Date;
  usedAt: Date;
  factors: FactorsOf;
}

const WHO = Prisma.sql`
  u.id AS "userId", s.id AS "staffId", coalesce(u.username, s.id) AS username, s.role, s.station_id AS "stationId",
  t.bureau, s.name, s.active, coalesce(u.banned, false) AS banned, u."banExpires" AS "banExpires",
  clock_timestamp() AS now`;
const STAFF = Prisma.sql`JOIN staff s ON s.user_id = u.id JOIN stations t ON t.id = s.station_id`;
/** What somebody has set up as a second factor. */
export const FACTORS_OF = Prisma.sql`
  jsonb_build_object(
    'enabled', coalesce(u."twoFactorEnabled", false),
    'totp', EXISTS (SELECT 1 FROM "twoFactor" f WHERE f."userId" = u.id AND f.verified),
    'phone', EXISTS (SELECT 1 FROM contacts c WHERE c.staff_id = s.id AND c.kind = 'phone'
      AND c.verified_at IS NOT NULL AND c.removed_at IS NULL)) AS factors`;

/** The holder of an API key by the key's hash; undefined: nobody's. One statement, since every request begins here. */
export async function callerOfKey(tx: Tx, hash: string): Promise<KnownKey | undefined> {
  const rows = await tx.$queryRaw<KnownKey[]>`
    SELECT ${WHO}, coalesce(k.enabled, true) AS enabled, k."expiresAt" AS "expiresAt"
    FROM apikey k JOIN "user" u ON u.id = k."referenceId" ${STAFF}
    WHERE k.key = ${hash}`;
  return rows[0];
}

/** The member of staff behind a session; undefined: there is none. */
export async function callerOfSession(tx: Tx, sessionId: string): Promise<KnownSession | undefined> {
  const rows = await tx.$queryRaw<KnownSession[]>`
    SELECT ${WHO}, ${FACTORS_OF}, e."createdAt" AS "createdAt", e."updatedAt" AS "usedAt"
    FROM session e JOIN "user" u ON u.id = e."userId" ${STAFF}
    WHERE e.id = ${sessionId}`;
  return rows[0];
}

/** The member of staff behind a user, with their second factor; undefined: there is none. */
export async function callerOfUser(
  tx: Tx,
  userId: string,
): Promise<(KnownCaller & { factors: FactorsOf }) | undefined> {
  const rows = await tx.$queryRaw<(KnownCaller & { factors: FactorsOf })[]>`
    SELECT ${WHO}, ${FACTORS_OF} FROM "user" u ${STAFF} WHERE u.id = ${userId}`;
  return rows[0];
}
