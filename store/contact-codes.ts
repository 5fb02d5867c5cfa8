/**
 * Verification codes (验证码) of contacts: six digits, derived from a secret, the contact and a count. Nothing of a code is
 * stored, not even its hash, so no copy of the database says what it is.
 */
import { timingSafeEqual } from 'node:crypto';
import type { Links } from './links';
import type { Tx } from './db';

/** A code is good for this long after it was asked for, in milliseconds. */
export const CODE_MS = 10 * 60_000;
/** Wrong tries at one code. */
export const MOST_TRIES = 5;
const LEAST = 100_000;
const ALL = 900_000;

type Deriving = Pick<Links, 'derive'>;

const codeOf = (links: Deriving, contactId: string, round: number): string =>
  String(LEAST + (links.derive('contact-code', contactId, round).readUIntBE(0, 6) % ALL));

/** The code that was asked for last. @throws Prisma's not-found error for an unknown contact */
export async function contactCode(links: Deriving, tx: Tx, contactId: string): Promise<string> {
  const { codeRound } = await tx.contact.findUniqueOrThrow({ where: { id: contactId }, select: { codeRound: true } });
  return codeOf(links, contactId, codeRound);
}

/** Is it the right code? Compared in constant time. */
export function isCode(links: Deriving, of: { id: string; codeRound: number }, given: string): boolean {
  const right = Buffer.from(codeOf(links, of.id, of.codeRound));
  const digits = Buffer.from(given.normalize('NFKC').replaceAll(/\s/g, ''));
  return digits.length === right.length && timingSafeEqual(digits, right);
}
