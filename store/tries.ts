/** Tries (发送记录): what each provider said to a message, appended in the same statement as what it changes. */
import { Prisma } from '../prisma/generated/client';
import type { Db } from './db';

export interface Try {
  provider: string;
  /** When it began, milliseconds since the epoch. */
  at: number;
  /** sent, retry_after, refused, unknown; of a look into records: found, not_found, unsure. */
  outcome: string;
  code?: string;
  /** How long it took, in milliseconds. */
  ms: number;
}

/** The tries of one attempt. */
export interface Tries {
  /** Which attempt, from 1. */
  n: number;
  tried: Try[];
}

/** Appends the tries; to be put before another statement as a common table expression. */
export const insertTries = (key: string, { n, tried }: Tries): Prisma.Sql => Prisma.sql`
  INSERT INTO delivery_attempts (key, n, at, provider, outcome, code, ms)
  SELECT ${key}, ${n}::int, to_timestamp(t.at / 1000.0), t.provider, t.outcome, t.code, t.ms
  FROM jsonb_to_recordset(${JSON.stringify(tried)}::jsonb)
    AS t(provider text, at double precision, outcome text, code text, ms int)`;

/** Appends tries that change nothing else. */
export async function noteTries(db: Db, key: string, tries: Tries): Promise<void> {
  await db.$executeRaw(insertTries(key, tries));
}

/** Has whoever made that attempt said that its outcome is unknown? Then it is not under way any more. */
export const endedUnknown = async (db: Db, key: string, n: number): Promise<boolean> =>
  (await db.deliveryAttempt.findFirst({ where: { key, n, outcome: 'unknown' }, select: { id: true } })) !== null;
