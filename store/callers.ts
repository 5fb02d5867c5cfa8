/** Who asks, as the API needs to know it with every request: a user joined with the member of staff it belongs to. */
import type { Tx } from './db';

export interface KnownCaller {
  userId: string;
  staffId: string;
  role: string;
  stationId: string;
  bureau: boolean;
  name: string;
  active: boolean;
  banned: boolean;
  banExpires: Date | null;
}

/** A key for programs, and whose it is. */
export interface KnownKey extends KnownCaller {
  enabled: boolean;
  expiresAt: Date | null;
}

/** The holder of an API key by the key's hash; undefined: nobody's. One statement, since every request begins here. */
export async function callerOfKey(tx: Tx, hash: string): Promise<KnownKey | undefined> {
  const rows = await tx.$queryRaw<KnownKey[]>`
    SELECT u.id AS "userId", s.id AS "staffId", s.role, s.station_id AS "stationId", t.bureau, s.name, s.active,
      coalesce(u.banned, false) AS banned, u."banExpires" AS "banExpires",
      coalesce(k.enabled, true) AS enabled, k."expiresAt" AS "expiresAt"
    FROM apikey k
    JOIN "user" u ON u.id = k."referenceId"
    JOIN staff s ON s.user_id = u.id
    JOIN stations t ON t.id = s.station_id
    WHERE k.key = ${hash}`;
  return rows[0];
}

/** The member of staff behind a user; undefined: there is none. */
export async function callerOfUser(tx: Tx, userId: string): Promise<KnownCaller | undefined> {
  const rows = await tx.$queryRaw<KnownCaller[]>`
    SELECT u.id AS "userId", s.id AS "staffId", s.role, s.station_id AS "stationId", t.bureau, s.name, s.active,
      coalesce(u.banned, false) AS banned, u."banExpires" AS "banExpires"
    FROM "user" u
    JOIN staff s ON s.user_id = u.id
    JOIN stations t ON t.id = s.station_id
    WHERE u.id = ${userId}`;
  return rows[0];
}
