import { createHash } from 'node:crypto';
import { fromNodeHeaders } from 'better-auth/node';
import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import { mustEnrol, sessionOver } from '../../domain/sign-in';
import { callerOfKey, callerOfSession, type KnownCaller } from '../../store/callers';
import type { Db } from '../../store/db';
import { endSession, touchSession } from '../../store/sessions';
import type { ApiDeps } from '../deps';
import { ROLES } from '../permissions';
import { forbidden, Problem, unauthorized, unavailable } from '../problem';
import type { Caller } from '../request';
import { isSameOrigin, isWrite } from '../security';

const Role = z.enum(ROLES);
/** What is open to who has to set up a second factor first. */
const WITHOUT_FACTOR = /^\/api\/v1\/(me|account)(\/|\?|$)/;
/** How long the page has seen no key and no pointer, in seconds: what it reads by itself meanwhile is no use of it. */
const IDLE_HEADER = 'x-idle-seconds';
const AT_WORK_SECONDS = 60;

/**
 * The member of staff (工作人员) behind a user, unless disabled or banned. Read for each request: who is disabled, banned
 * or moved is so from the next request on.
 */
function admitted(known: KnownCaller | undefined, via: Caller['via']): Caller | undefined {
  if (!known?.active) return undefined;
  if (known.banned && (!known.banExpires || known.banExpires > known.now)) return undefined;
  const role = Role.safeParse(known.role);
  if (!role.success) return undefined;
  const { userId, staffId, stationId, bureau, name, now } = known;
  return { userId, staffId, role: role.data, stationId, bureau, name, via, at: now.getTime() };
}

/**
 * Keys are looked up here and not by better-auth's verifyApiKey: that one writes to the database with every request, and
 * calls a key invalid when the database is merely away. The hash is its own (SHA-256, base64url).
 */
async function callerOfToken(db: Db, token: string): Promise<Caller | undefined> {
  const key = await callerOfKey(db, createHash('sha256').update(token).digest('base64url'));
  if (!key?.enabled) return undefined;
  if (key.expiresAt && key.expiresAt.getTime() <= Date.now()) return undefined;
  return admitted(key, 'token');
}

const Status = z.object({ statusCode: z.number() });

/** Who is at the screen that sent this cookie; a session that was left alone too long ends here. */
export async function callerOfCookie(
  { auth, db, signInRules, config }: Pick<ApiDeps, 'auth' | 'db' | 'signInRules' | 'config'>,
  req: Request,
): Promise<Caller | undefined> {
  if (req.headers.cookie === undefined) return undefined;
  const headers = fromNodeHeaders({ cookie: req.headers.cookie });
  const found = await auth.api.getSession({ headers }).catch((error: unknown) => {
    const known = Status.safeParse(error);
    if (known.success && known.data.statusCode < 500) return null;
    throw unavailable(5, 'sign-ins cannot be checked just now; try again shortly', error);
  });
  if (!found) return undefined;
  const sessionId = found.session.id;
  const known = await callerOfSession(db, sessionId);
  const caller = admitted(known, 'session');
  if (!known || !caller) return undefined;
  const rule = signInRules[caller.role];
  const times = { createdAt: known.createdAt.getTime(), usedAt: known.usedAt.getTime() };
  if (!rule || sessionOver(rule, times, Date.now())) {
    await endSession(db, caller.userId, sessionId);
    return undefined;
  }
  if (!(Number(req.get(IDLE_HEADER) ?? 0) > AT_WORK_SECONDS)) await touchSession(db, sessionId);
  return { ...caller, sessionId, mustEnrol: config.demandSecondFactor && mustEnrol(rule, known.factors) };
}

/** The token of `Authorization: Bearer <token>`; undefined without that header, '' for anything else in it. */
export function bearerToken(req: Request): string | undefined {
  const header = req.get('authorization');
  if (header === undefined) return undefined;
  return /^Bearer ([\x21-\x7e]{16,256})$/i.exec(header)?.[1] ?? '';
}

/**
 * Finds out who asks, by token or by the session's cookie, and sets req.caller; everybody else gets 401. A write with a
 * cookie has to come from our own page (403), since other sites can make a browser send the cookie along.
 * @param alsoFrom another address (Origin) whose pages count as our own
 */
export const authenticate =
  (deps: ApiDeps, alsoFrom?: string): RequestHandler =>
  async (req, _res, next) => {
    const token = bearerToken(req);
    const caller = token === undefined ? await callerOfCookie(deps, req) : await callerOfToken(deps.db, token);
    if (!caller) throw unauthorized();
    const isOurs = isSameOrigin(req, deps.config) || (alsoFrom !== undefined && req.get('origin') === alsoFrom);
    if (caller.via === 'session' && isWrite(req) && !isOurs) {
      throw forbidden('a request with a session has to come from our own pages (Origin header)');
    }
    if (caller.mustEnrol && !WITHOUT_FACTOR.test(req.originalUrl)) {
      throw new Problem(403, 'SecondFactorNeeded', 'Not allowed yet', 'set up the second factor of this sign-in first');
    }
    req.caller = caller;
    next();
  };
