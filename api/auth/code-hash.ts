/** What is kept of codes: keyed hashes. better-auth compares a backup code with the list as it is kept, so mount.ts hashes it first. */
import { createHmac, hkdfSync } from 'node:crypto';
import { z } from 'zod';

/** better-auth puts a count behind a hash with a colon. */
const MARK = 'h_';
const List = z.array(z.string());

export interface CodeHashes {
  of(code: string): string;
  /** A list of backup codes in JSON: those that are not hashed yet are now. */
  list(json: string): string;
}

/** @param secret AUTH_SECRET; the hashes are keyed by what derives from it */
export function codeHashes(secret: string): CodeHashes {
  const key = Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), 'codes', 32));
  const of = (code: string): string => MARK + createHmac('sha256', key).update(code).digest('base64url');
  return {
    of,
    list: (json) => JSON.stringify(List.parse(JSON.parse(json)).map((one) => (one.startsWith(MARK) ? one : of(one)))),
  };
}
