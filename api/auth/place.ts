/** Where a try to sign in comes from: a device by a cookie that only we can have set, or a network address. */
import { createHash, randomBytes } from 'node:crypto';
import type { Request, Response } from 'express';
import { ipKeyGenerator } from 'express-rate-limit';
import type { Db } from '../../store/db';
import { isKnownPlace, rememberPlaces } from '../../store/known-places';
import { cookiePrefix } from './auth';

const COOKIE_MS = 400 * 24 * 3_600_000;

export interface Place {
  /** What wrong tries are counted by. */
  name: string;
  /** Has this person signed in from there before? */
  known: boolean;
}

export const addressOf = (req: Request): string => ipKeyGenerator(req.ip ?? '0.0.0.0');

/** The value of a cookie of the request; undefined without it, and where it cannot be read: then it is none of ours. */
export function cookieOf(req: Request, name: string): string | undefined {
  for (const one of (req.headers.cookie ?? '').split(';')) {
    const at = one.indexOf('=');
    if (at > 0 && one.slice(0, at).trim() === name) return unescaped(one.slice(at + 1).trim());
  }
  return undefined;
}

function unescaped(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

const nameOf = (publicUrl: string): string => `${cookiePrefix(publicUrl)}.device`;
const deviceOf = (token: string): string => `device:${createHash('sha256').update(token).digest('base64url')}`;

/** @param userId whose account is tried; undefined: nobody's */
export async function placeOf(db: Db, req: Request, publicUrl: string, userId?: string): Promise<Place> {
  const token = cookieOf(req, nameOf(publicUrl));
  const address = `address:${addressOf(req)}`;
  if (userId === undefined) return { name: address, known: false };
  if (token !== undefined && (await isKnownPlace(db, userId, deviceOf(token)))) {
    return { name: deviceOf(token), known: true };
  }
  return { name: address, known: await isKnownPlace(db, userId, address) };
}

/** After a whole sign-in: from here this person cannot be held up by strangers any more. */
export async function rememberPlace(
  db: Db,
  { req, res, publicUrl, userId }: { req: Request; res: Response; publicUrl: string; userId: string },
): Promise<void> {
  const token = cookieOf(req, nameOf(publicUrl)) ?? randomBytes(32).toString('base64url');
  await rememberPlaces(db, userId, [deviceOf(token), `address:${addressOf(req)}`]);
  res.cookie(nameOf(publicUrl), token, {
    httpOnly: true,
    sameSite: 'strict',
    secure: publicUrl.startsWith('https:'),
    path: '/',
    maxAge: COOKIE_MS,
  });
}
