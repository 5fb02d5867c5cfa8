/**
 * How a partner (协作单位) signs in: six digits by text to a phone that is entered and verified for it, then a session of its
 * own, which is none of staff. The code is derived, so that a text can be made again after a crash; only hashes of sessions
 * are stored.
 */
import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { e164, phoneForms } from '../domain/phone';
import { DAY, MINUTE } from '../domain/zone';
import type { Partner } from '../prisma/generated/client';
import { clearTries, countTry, lockOf, MAX_WRONG, type Lock } from './attempts';
import { IN_ORDER, VERIFIED } from './contacts';
import type { Db, Tx } from './db';
import { makePartnerCodeText } from './help-texts';
import type { Links } from './links';
import { sha256 } from './sha256';

const PARTNER_CODE_MS = 10 * MINUTE;
export const PARTNER_SESSION_MS = 12 * 60 * MINUTE;
/** One code a minute to a phone, and so many a day. */
const CODE_EVERY_MS = MINUTE;
const CODES_A_DAY = 8;
const MOST_TRIES = 5;

type Deriving = Pick<Links, 'derive'>;

const LEAST = 100_000;
const codeOf = (links: Deriving, signInId: string): string =>
  String(LEAST + (links.derive('partner-code', signInId).readUIntBE(0, 6) % 900_000));

/** The code of a text, by the delivery's key. @throws Error where the key is none of ours */
export function partnerCode(links: Deriving, key: string): string {
  const id = key.split('/')[2];
  if (id === undefined) throw new Error(`no sign-in in ${key.split('/')[0]}`);
  return codeOf(links, id);
}

/** The contact that a phone is known by: the first verified one of a partner that is active. */
const contactAt = (tx: Tx, phone: string) =>
  tx.contact.findFirst({
    where: { ...VERIFIED, kind: 'phone', value: { in: phoneForms(phone) }, partner: { active: true } },
    orderBy: IN_ORDER,
    select: { id: true },
  });

/**
 * Sends a code, if the phone is a partner's. Nobody learns from the answer whether it is.
 * @returns how long to wait, where it is too soon for another one
 */
export async function askPartnerCode(db: Db, given: string): Promise<{ waitMs: number } | undefined> {
  const phone = e164(given);
  return db.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 AS held FROM pg_advisory_xact_lock(hashtextextended(${`partner/${phone}`}, 0))`;
    const now = Date.now();
    const sent = await tx.partnerSignIn.findMany({
      where: { phone, sentAt: { gt: new Date(now - DAY) } },
      orderBy: { sentAt: 'desc' },
      select: { sentAt: true },
      take: CODES_A_DAY,
    });
    const [last] = sent;
    const eldest = sent[CODES_A_DAY - 1];
    const free = Math.max(last ? last.sentAt.getTime() + CODE_EVERY_MS : 0, eldest ? eldest.sentAt.getTime() + DAY : 0);
    if (free > now) return { waitMs: free - now };
    const contact = await contactAt(tx, phone);
    // Counted for a stranger's phone as well, or waiting would tell the two apart.
    const id = randomUUID();
    const expiresAt = new Date(now + PARTNER_CODE_MS);
    await tx.partnerSignIn.create({
      data: { id, contactId: contact?.id ?? '', phone, sentAt: new Date(now), expiresAt },
    });
    if (contact) await makePartnerCodeText(tx, { signInId: id, contactId: contact.id });
    return undefined;
  });
}

/**
 * Trades the code that was sent last for a session's token. Five wrong tries end the code; an address is locked after five
 * as well.
 * @param address where the request comes from
 */
export async function partnerSignIn(
  db: Db,
  links: Deriving,
  given: { phone: string; code: string; address: string },
): Promise<{ token: string } | 'wrong' | { lockedUntil: Date }> {
  const phone = e164(given.phone);
  const by = createHash('sha256').update(given.address).digest('base64url');
  const lock: Lock = { key: `partner/address/${by}`, forgetAfterMs: 15 * MINUTE };
  const locks = [lock];
  const lockedUntil = await lockOf(db, locks);
  if (lockedUntil) return { lockedUntil };
  if ((await countTry(db, lock)) > MAX_WRONG) return { lockedUntil: (await lockOf(db, locks)) ?? new Date() };
  const last = await db.partnerSignIn.findFirst({ where: { phone }, orderBy: { sentAt: 'desc' } });
  if (!last) return 'wrong';
  // Counted before anything is compared, so that guesses at the same time are all counted.
  const tried = await db.partnerSignIn.updateMany({
    where: { id: last.id, usedAt: null, expiresAt: { gt: new Date() }, tries: { lt: MOST_TRIES } },
    data: { tries: { increment: 1 } },
  });
  if (tried.count === 0 || last.contactId === '' || !sameCode(codeOf(links, last.id), given.code)) return 'wrong';
  const used = await db.partnerSignIn.updateMany({
    where: { id: last.id, usedAt: null },
    data: { usedAt: new Date() },
  });
  if (used.count === 0) return 'wrong';
  await clearTries(db, locks);
  const token = randomBytes(32).toString('base64url');
  const expiresAt = new Date(Date.now() + PARTNER_SESSION_MS);
  await db.partnerSession.create({ data: { tokenHash: sha256(token), contactId: last.contactId, expiresAt } });
  return { token };
}

function sameCode(right: string, given: string): boolean {
  const [a, b] = [right, given.normalize('NFKC').replaceAll(/\s/g, '')].map((one) => Buffer.from(one));
  return a !== undefined && b !== undefined && a.length === b.length && timingSafeEqual(a, b);
}

/** The partners that a session speaks for: all that have its phone, as long as it is theirs. Empty: it is over. */
export async function partnersOf(db: Db, token: string): Promise<Partner[]> {
  const session = await db.partnerSession.findUnique({ where: { tokenHash: sha256(token) } });
  if (!session || session.endedAt !== null || session.expiresAt.getTime() <= Date.now()) return [];
  const contact = await db.contact.findFirst({ where: { ...VERIFIED, id: session.contactId, kind: 'phone' } });
  if (!contact) return [];
  return db.partner.findMany({
    where: { active: true, contacts: { some: { ...VERIFIED, kind: 'phone', value: contact.value } } },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
  });
}

/** Signs out. */
export async function endPartnerSession(db: Db, token: string): Promise<void> {
  await db.partnerSession.updateMany({
    where: { tokenHash: sha256(token), endedAt: null },
    data: { endedAt: new Date() },
  });
}

/** Everything that was referred to these partners and is not withdrawn or still a draft, newest first. */
export const referralsOf = (db: Db, partnerIds: string[]) =>
  db.referral.findMany({
    where: { partnerId: { in: partnerIds }, state: { notIn: ['drafted', 'revoked'] }, case: { drill: false } },
    include: { case: { select: { number: true, station: { select: { name: true } } } } },
    orderBy: [{ sentAt: 'desc' }, { id: 'asc' }],
    take: 200,
  });
