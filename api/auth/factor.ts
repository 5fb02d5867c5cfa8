/** The second factor (第二步验证) around better-auth: whose code it is, by what, and the backup codes of who has texts alone. */
import { randomInt, randomUUID } from 'node:crypto';
import { symmetricEncrypt } from 'better-auth/crypto';
import type { Request } from 'express';
import { type Factor, factorsFor } from '../../domain/sign-in';
import { callerOfUser } from '../../store/callers';
import { beginCode, phoneOf } from '../../store/sign-in-codes';
import type { ApiDeps } from '../deps';
import { phoneTail } from '../../domain/phone';
import { conflict, tooMany } from '../problem';
import type { Caller } from '../request';
import { callerOfCookie } from './authenticate';
import { cookiePrefix } from './auth';
import type { CodeHashes } from './code-hash';
import { cookieOf } from './place';

/** Somebody at a screen, or on the way in: the password was right, and the second step is still to come. */
export interface Person {
  userId: string;
  staffId: string;
  stationId: string;
  username: string;
  /** Signed in already. */
  caller?: Caller;
  /** By what the second step may be taken. */
  methods: Factor[];
  /** What the role's rule knows. */
  allowed: Factor[];
}

type Deps = Pick<ApiDeps, 'auth' | 'db' | 'signInRules' | 'config'>;

/** The active member of staff behind a user. */
export async function personOf({ db, signInRules }: Deps, userId: string): Promise<Person | undefined> {
  const known = await callerOfUser(db, userId);
  const rule = known && signInRules[known.role];
  if (!known?.active || known.banned || !rule) return undefined;
  const { staffId, stationId, username, factors } = known;
  return { userId, staffId, stationId, username, methods: factorsFor(rule, factors), allowed: rule.by };
}

/** Who has given the right password and still owes a code: better-auth keeps that under the name in its cookie. */
async function challenged(deps: Deps, req: Request): Promise<Person | undefined> {
  const cookie = cookieOf(req, `${cookiePrefix(deps.config.publicUrl)}.two_factor`);
  const identifier = cookie?.split('.')[0];
  if (!identifier?.startsWith('2fa-')) return undefined;
  const row = await deps.db.verification.findFirst({ where: { identifier, expiresAt: { gt: new Date() } } });
  return row ? personOf(deps, row.value) : undefined;
}

/** Whose request this is: of somebody signed in, or on the way in. */
export async function personAt(deps: Deps, req: Request): Promise<Person | undefined> {
  const caller = await callerOfCookie(deps, req);
  if (!caller) return challenged(deps, req);
  const person = await personOf(deps, caller.userId);
  return person && { ...person, caller };
}

/** Takes the turn for a text to this person's phone. @returns the last four digits of it @throws Problem 409, 429 */
export async function beginText({ db }: Deps, { staffId, allowed, methods, caller }: Person): Promise<string> {
  const phone = await phoneOf(db, staffId);
  if (!phone || !(caller ? allowed : methods).includes('text')) {
    throw conflict('NoTextCode', 'codes by text are not for this sign-in, or there is no verified phone');
  }
  const waitMs = await beginCode(db, phone.id);
  if (waitMs > 0) throw tooMany(waitMs / 1000, 'a code was sent just now, or too many within an hour');
  return phoneTail(phone.value);
}

const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';
const backupCode = (): string => {
  const letters = Array.from({ length: 12 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  return `${letters.slice(0, 6)}-${letters.slice(6)}`;
};

/** Backup codes (备用码) for who has texts alone; better-auth keeps them beside an authenticator's secret, which is none here. */
export async function giveBackupCodes({ auth, db }: Deps, userId: string, hashes: CodeHashes): Promise<string[]> {
  const codes = Array.from({ length: 10 }, backupCode);
  const { secretConfig } = await auth.$context;
  const backupCodes = hashes.list(JSON.stringify(codes));
  const before = await db.twoFactor.findFirst({ where: { userId }, select: { id: true } });
  if (before) await db.twoFactor.update({ where: { id: before.id }, data: { backupCodes } });
  else {
    const secret = await symmetricEncrypt({ key: secretConfig, data: randomUUID() });
    await db.twoFactor.create({ data: { id: randomUUID(), userId, secret, backupCodes, verified: false } });
  }
  return codes;
}

/** An authenticator shows the name of the sign-in, not the address that better-auth wants of everybody. */
export function labelled(uri: string, username: string): string {
  const url = new URL(uri);
  url.pathname = `/${encodeURIComponent('守望')}:${encodeURIComponent(username)}`;
  return url.toString();
}
