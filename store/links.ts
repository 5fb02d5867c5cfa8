/**
 * Links of messages (专用链接) and pick-up codes (取件码). Both are derived from a secret and what they are for, so that a
 * message can be made again after a crash with the same one; only their hashes are stored.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { e164, phoneTail } from '../domain/phone';
import { clearTries, countTry, lockOf, MAX_WRONG, takeBackTry, type Lock } from './attempts';
import type { Db, Tx } from './db';
import { sha256 } from './sha256';

export type LinkKind = 'referral' | 'alert' | 'qr';

export interface FoundLink {
  caseId: string;
  /** Referral or alert. */
  refId: string;
  /** Partner or member of staff. */
  personId: string;
}

export interface Links {
  /** The token of a partner's page; the same at each call until it is revoked. A later expiry prolongs it. */
  referralLink(
    tx: Tx,
    of: { caseId: string; referralId: string; partnerId: string; expiresAt: number },
  ): Promise<string>;
  /** A short-lived token that leads to the same page (二维码), for who stands before our worker's phone. */
  qrLink(tx: Tx, of: { caseId: string; referralId: string; partnerId: string; expiresAt: number }): Promise<string>;
  /** The token of the page behind an alert's link, for one member of staff. */
  alertLink(tx: Tx, of: { caseId: string; alertId: string; staffId: string; expiresAt: number }): Promise<string>;
  /** What a token opens. Expiry counts on the case's own clock. */
  find(kind: LinkKind, token: string): Promise<FoundLink | 'expired' | 'revoked' | undefined>;
  /** Six characters for one phone and referral, unique among live ones. `expiresAt` in milliseconds since the epoch. */
  pickupCode(tx: Tx, of: { caseId: string; referralId: string; phone: string; expiresAt: number }): Promise<string>;
  /**
   * Trades a pick-up code and the last four digits of the phone it went to for the referral's token. Five wrong tries
   * lock the code and the address for 15 minutes.
   * @param address where the request comes from
   */
  redeemPickup(
    code: string,
    phoneTail: string,
    address: string,
  ): Promise<{ token: string } | 'wrong' | { lockedUntil: Date }>;
  /** Bytes that nobody else can derive, for other codes and tokens: the same at each call. */
  derive(
    purpose: 'contact-code' | 'roster-feed' | 'partner-code' | 'survey' | 'sign-in-code',
    ...of: (string | number)[]
  ): Buffer;
  /** Ends every link and pick-up code of a referral or an alert. */
  revoke(tx: Tx, refId: string): Promise<void>;
}

/** No 0, 1, I and O, which look alike on a phone: 32 characters, five bits each. */
const ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
const CODE_LENGTH = 6;
/** More collisions than this in a row cannot happen while fewer than a million codes are alive. */
const MAX_DRAWS = 64;

const same = (a: string, b: string): boolean => timingSafeEqual(sha256(a), sha256(b));

/** @param secret `links` of runtime/keys.ts; the same in every process, or links made by one are unknown to the other */
export function createLinks({ db, secret }: { db: Db; secret: Uint8Array }): Links {
  const mac = (...parts: (string | number)[]): Buffer =>
    createHmac('sha256', secret).update(JSON.stringify(parts)).digest();
  const tokenOf = (kind: LinkKind, refId: string, personId: string, generation: number): string =>
    mac('token', kind, refId, personId, generation).toString('base64url');
  const codeHash = (code: string): Uint8Array<ArrayBuffer> => new Uint8Array(mac('code-hash', code));

  /** Walks the generations of a link to the first that was not revoked. */
  async function link(tx: Tx, kind: LinkKind, of: FoundLink, expiresAt: Date): Promise<string> {
    for (let generation = 0; ; generation += 1) {
      const token = tokenOf(kind, of.refId, of.personId, generation);
      const tokenHash = sha256(token);
      const isLive = await tx.$executeRaw`
        INSERT INTO links AS l (token_hash, kind, case_id, ref_id, person_id, expires_at)
        VALUES (${tokenHash}, ${kind}, ${of.caseId}, ${of.refId}, ${of.personId}, ${expiresAt}::timestamptz)
        ON CONFLICT (token_hash) DO UPDATE SET expires_at = greatest(l.expires_at, EXCLUDED.expires_at)
          WHERE l.revoked_at IS NULL`;
      if (isLive > 0) return token;
    }
  }

  const codeOf = (referralId: string, phone: string, draw: number): string =>
    [...mac('code', referralId, e164(phone), draw).subarray(0, CODE_LENGTH)]
      .map((byte) => ALPHABET[byte % ALPHABET.length])
      .join('');

  async function liveToken(referralId: string): Promise<string | undefined> {
    const rows = await db.link.findMany({ where: { refId: referralId, kind: 'referral' } });
    const live = rows.find((row) => row.revokedAt === null);
    if (!live) return undefined;
    for (let generation = 0; generation < rows.length; generation += 1) {
      const token = tokenOf('referral', referralId, live.personId, generation);
      if (timingSafeEqual(sha256(token), live.tokenHash)) return token;
    }
    return undefined;
  }

  return {
    referralLink: (tx, { caseId, referralId, partnerId, expiresAt }) =>
      link(tx, 'referral', { caseId, refId: referralId, personId: partnerId }, new Date(expiresAt)),
    async qrLink(tx, { caseId, referralId, partnerId, expiresAt }) {
      // Signed for its time: a photograph of it opens nothing later.
      const token = mac('qr', referralId, expiresAt).toString('base64url');
      const row = { caseId, refId: referralId, personId: partnerId, kind: 'qr' };
      const data = [{ ...row, tokenHash: sha256(token), expiresAt: new Date(expiresAt) }];
      await tx.link.createMany({ data, skipDuplicates: true });
      return token;
    },
    alertLink: (tx, { caseId, alertId, staffId, expiresAt }) =>
      link(tx, 'alert', { caseId, refId: alertId, personId: staffId }, new Date(expiresAt)),
    async find(kind, token) {
      const row = await db.link.findUnique({ where: { tokenHash: sha256(token) } });
      if (!row || row.kind !== kind) return undefined;
      if (row.revokedAt) return 'revoked';
      if (row.expiresAt.getTime() <= (await caseClock(db, row.caseId))) return 'expired';
      return { caseId: row.caseId, refId: row.refId, personId: row.personId };
    },
    async pickupCode(tx, { caseId, referralId, phone, expiresAt }) {
      const until = new Date(expiresAt);
      // Sent again (重发), there is another code: what the first one was opens nothing any more.
      const first = MAX_DRAWS * (await tx.link.count({ where: { refId: referralId, NOT: { revokedAt: null } } }));
      for (let draw = first; draw < first + MAX_DRAWS; draw += 1) {
        const code = codeOf(referralId, phone, draw);
        const hash = codeHash(code);
        const row = { codeHash: hash, referralId, caseId, phoneTail: phoneTail(phone), expiresAt: until };
        await tx.pickupCode.createMany({ data: [row], skipDuplicates: true });
        // Ours already, or somebody else's that is over.
        const kept = await tx.pickupCode.updateMany({
          where: { codeHash: hash, OR: [{ referralId }, { expiresAt: { lt: new Date() } }] },
          data: row,
        });
        if (kept.count > 0) return code;
      }
      throw new Error(`no free pick-up code for referral ${referralId}`);
    },
    async redeemPickup(given, tail, address) {
      const code = given.normalize('NFKC').replace(/\s/g, '').toUpperCase();
      const hash = codeHash(code);
      const locks: Lock[] = [
        { key: `pickup/code/${Buffer.from(hash).toString('base64url')}` },
        // One wrong try now and then from a whole office must not add up to a lock.
        { key: `pickup/address/${mac('address', address).toString('base64url')}`, forgetAfterMs: 15 * 60_000 },
      ];
      const lockedUntil = await lockOf(db, locks);
      if (lockedUntil) return { lockedUntil };
      // Counted before anything is compared, so that guesses at the same time are all counted.
      const counts = await Promise.all(locks.map((lock) => countTry(db, lock)));
      if (counts.some((count) => count > MAX_WRONG)) return { lockedUntil: (await lockOf(db, locks)) ?? new Date() };
      const row = await db.pickupCode.findUnique({ where: { codeHash: hash } });
      const right = same(tail.normalize('NFKC').trim(), row?.phoneTail ?? '');
      const alive = row !== null && row.expiresAt.getTime() > (await caseClock(db, row.caseId));
      const token = right && alive ? await liveToken(row.referralId) : undefined;
      if (token === undefined) return 'wrong';
      await clearTries(db, locks.slice(0, 1));
      for (const lock of locks.slice(1)) await takeBackTry(db, lock);
      return { token };
    },
    derive: (purpose, ...of) => mac(purpose, ...of),
    async revoke(tx, refId) {
      await tx.link.updateMany({ where: { refId, revokedAt: null }, data: { revokedAt: new Date() } });
      await tx.pickupCode.deleteMany({ where: { referralId: refId } });
    },
  };
}

/** What the case's own clock shows; ahead of the wall's in the sandbox and in drills. */
async function caseClock(db: Db, caseId: string): Promise<number> {
  const row = await db.caseRow.findUnique({ where: { id: caseId }, select: { clockAheadMs: true } });
  return Date.now() + Number(row?.clockAheadMs ?? 0);
}
