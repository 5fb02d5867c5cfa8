/** Codes of a second factor that were tried: none is judged twice while it could still be good. */
import { createHash } from 'node:crypto';
import type { Tx } from './db';

/** An authenticator's code is taken for a minute and a half at most. */
const GOOD_SECONDS = 180;

/**
 * Takes a code, right or wrong, for this one try; two at the same moment cannot both have it.
 * @returns false: it was tried before
 */
export async function takeCode(tx: Tx, userId: string, code: string): Promise<boolean> {
  const codeHash = new Uint8Array(createHash('sha256').update(`${userId}\0${code}`).digest());
  const taken = await tx.$executeRaw`
    INSERT INTO used_codes AS u (user_id, code_hash, at) VALUES (${userId}, ${codeHash}, now())
    ON CONFLICT (user_id, code_hash) DO UPDATE SET at = now()
    WHERE u.at < now() - ${GOOD_SECONDS} * interval '1 second'`;
  return taken > 0;
}
