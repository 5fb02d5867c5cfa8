import { Prisma } from '../prisma/generated/client';
import type { Db } from './db';
import { WITHOUT_WAITING } from './rows';
import { decrypt, encrypt, VaultSealBroken } from './vault-cipher';

/** Answers are kept for this long; the contract says at least thirty. */
const KEPT_DAYS = 31;
/** How long a request may hold its key, longer than any command takes: after a crash in its middle, a retry gets through this much later. */
const HELD_SECONDS = 20;

export interface Answer {
  status: number;
  /** The body as it was sent, JSON. */
  body: string;
}

export type Claim =
  /** Nobody else is at it: go on, then settle or release. */
  | { kind: 'ours' }
  /** It was answered before. */
  | { kind: 'answered'; answer: Answer }
  /** The same request is under way at this moment. */
  | { kind: 'held' }
  /** The key was used for another request, or its answer cannot be opened any more. */
  | { kind: 'other' };

export interface KeyOf {
  caller: string;
  key: string;
}

/**
 * Takes an Idempotency-Key (幂等键) for a request, or says why not. One statement decides, so that of two requests at the
 * same time one gets it. It waits for no disk: a claim that a crash of the database forgets lets the repetition go on, which
 * finds what the first one did under the id that the key leads to. Where settling waits for the disk, the claim is there with it.
 */
export async function claim(
  db: Db,
  { caller, key }: KeyOf,
  { hash: requestHash, secret }: { hash: Uint8Array<ArrayBuffer>; secret: Buffer },
): Promise<Claim> {
  const taken = await db.$executeRaw`
    WITH fast AS MATERIALIZED (${WITHOUT_WAITING})
    INSERT INTO idempotency_keys AS k (caller, key, request_hash, held_until)
    SELECT ${caller}, ${key}, ${requestHash}, now() + ${HELD_SECONDS} * interval '1 second' FROM fast
    ON CONFLICT (caller, key) DO UPDATE SET held_until = EXCLUDED.held_until
    WHERE k.status IS NULL AND k.request_hash = EXCLUDED.request_hash
      AND (k.held_until IS NULL OR k.held_until < now())`;
  if (taken === 1) return { kind: 'ours' };
  const row = await db.idempotencyKey.findUnique({ where: { caller_key: { caller, key } } });
  if (!row) return { kind: 'held' };
  if (!Buffer.from(row.requestHash).equals(requestHash)) return { kind: 'other' };
  if (row.status === null) return { kind: 'held' };
  const body = opened(secret, { caller, key }, row.body);
  return body === undefined ? { kind: 'other' } : { kind: 'answered', answer: { status: row.status, body } };
}

const context = ({ caller, key }: KeyOf): string[] => ['answer', caller, key];

/** Undefined: sealed under another secret, or changed by somebody. */
function opened(secret: Buffer, of: KeyOf, sealed: unknown): string | undefined {
  try {
    return decrypt(secret, Buffer.from(String(sealed), 'base64'), context(of), of.key).toString('utf8');
  } catch (error) {
    if (error instanceof VaultSealBroken) return undefined;
    throw error;
  }
}

/**
 * Keeps the first answer for all repetitions, byte by byte, and sealed: an answer may repeat the words that were sent.
 * @param secret 32 bytes
 * @param waits for the disk. Where a repetition finds what was done, an answer that a crash of the database forgets is made
 * again from it; nothing is done twice.
 */
export async function settle(
  db: Db,
  of: KeyOf,
  { status, body }: Answer,
  { secret, waits }: { secret: Buffer; waits: boolean },
): Promise<void> {
  const { caller, key } = of;
  const how = waits ? Prisma.sql`SELECT 1` : WITHOUT_WAITING;
  const sealed = Buffer.from(encrypt(secret, Buffer.from(body), context(of))).toString('base64');
  await db.$executeRaw`
    WITH how AS MATERIALIZED (${how})
    UPDATE idempotency_keys SET status = ${status}, body = to_jsonb(${sealed}::text), held_until = NULL FROM how
    WHERE caller = ${caller} AND key = ${key} AND status IS NULL`;
}

/** Lets the next try go on at once, after an answer that is not kept. */
export async function release(db: Db, { caller, key }: KeyOf): Promise<void> {
  await db.idempotencyKey.updateMany({ where: { caller, key, status: null }, data: { heldUntil: null } });
}

/** Removes what nobody repeats any more. */
export async function forgetAnswers(db: Db): Promise<void> {
  await db.$executeRaw`DELETE FROM idempotency_keys WHERE created_at < now() - ${KEPT_DAYS} * interval '1 day'`;
}
