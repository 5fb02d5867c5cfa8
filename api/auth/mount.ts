import express, { type Express, type Request, type Response } from 'express';
import { ipKeyGenerator } from 'express-rate-limit';
import { z } from 'zod';
import { logSignIn } from '../../store/access-log';
import { isLastAdmin } from '../../store/admins';
import { beginSignIn, signInSucceeded } from '../../store/sign-in-attempts';
import type { ApiDeps } from '../deps';
import { mountedAt } from '../log';
import { badRequest, conflict, forbidden, notFound, Problem, tooMany, unavailable, unprocessable } from '../problem';
import { isSameOrigin, isWrite, mediaTypes } from '../security';
import { ADDRESS_HEADER, AUTH_PATH } from './auth';

/** What of better-auth is open; everything else of it is 404, whatever a later version adds. */
const OPEN = new Set([
  'POST /sign-in/username',
  'POST /sign-out',
  'GET /get-session',
  'POST /change-password',
  'POST /revoke-other-sessions',
  'POST /two-factor/enable',
  'POST /two-factor/disable',
  'POST /two-factor/verify-totp',
  'POST /two-factor/verify-backup-code',
  'POST /two-factor/generate-backup-codes',
  'POST /api-key/create',
  'GET /api-key/list',
  'POST /api-key/delete',
  'GET /admin/list-users',
  'POST /admin/ban-user',
  'POST /admin/unban-user',
  'POST /admin/revoke-user-sessions',
]);
const SIGN_IN = '/sign-in/username';
const MOST_BYTES = 16 * 1024;

const SignIn = z.object({ username: z.string().max(100), password: z.string().max(200) });
const Target = z.object({ userId: z.string() });
const Failure = z.object({ code: z.string().catch('REFUSED'), message: z.string().catch('refused') });

function bodyOf(req: Request): unknown {
  if (!Buffer.isBuffer(req.body) || req.body.length === 0) return undefined;
  try {
    return JSON.parse(req.body.toString('utf8'));
  } catch (cause) {
    if (cause instanceof SyntaxError) throw badRequest('the body cannot be read as JSON');
    throw cause;
  }
}

/** better-auth puts the session's token into its answers; the browser has it in a cookie that scripts cannot read. */
const withoutTokens = (_key: string, value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || !('token' in value)) return value;
  const { token: _token, ...rest } = value;
  return rest;
};

const camel = (code: string): string =>
  code.toLowerCase().replace(/(^|[_-])([a-z])/g, (_all, _dash, letter: string) => letter.toUpperCase());

function asWebRequest(req: Request, publicUrl: string, address: string): globalThis.Request {
  const headers = new Headers();
  for (const name of [
    'cookie',
    'origin',
    'content-type',
    'user-agent',
    'sec-fetch-site',
    'sec-fetch-mode',
    'referer',
  ]) {
    const value = req.get(name);
    if (value !== undefined) headers.set(name, value);
  }
  headers.set(ADDRESS_HEADER, address);
  const body = Buffer.isBuffer(req.body) && req.body.length > 0 ? new Uint8Array(req.body) : undefined;
  return new Request(new URL(req.originalUrl, publicUrl), { method: req.method, headers, body });
}

async function answer(res: Response, from: globalThis.Response): Promise<void> {
  const text = await from.text();
  const type = from.headers.get('content-type') ?? '';
  const body: unknown = text && type.includes('json') ? JSON.parse(text) : null;
  if (from.status >= 500) throw unavailable(5, 'signing in is not possible just now; try again shortly');
  if (from.status === 429)
    throw tooMany(Number(from.headers.get('x-retry-after') ?? 60), 'too many tries; wait a little');
  if (from.status >= 400) {
    const { code, message } = Failure.parse(body ?? {});
    throw new Problem(from.status, camel(code), 'Refused', message);
  }
  for (const cookie of from.headers.getSetCookie()) res.append('Set-Cookie', cookie);
  res.status(from.status).type('application/json').send(JSON.stringify(body, withoutTokens));
}

/**
 * Puts sign-in (登录) at /api/auth in front of the body parsers. Around better-auth: only the listed paths, a pause after
 * wrong passwords, no token in an answer, and the last administrator stays.
 */
export function mountAuth(app: Express, { auth, config, db }: ApiDeps): void {
  const raw = express.raw({ type: () => true, limit: MOST_BYTES, inflate: false });
  app.all(`${AUTH_PATH}/{*any}`, mountedAt(''), mediaTypes('application/json'), raw, async (req, res) => {
    const path = req.path.slice(AUTH_PATH.length);
    if (!OPEN.has(`${req.method} ${path}`)) throw notFound();
    if (isWrite(req) && !isSameOrigin(req, config, req.headers.cookie === undefined)) {
      throw forbidden('this request came from another site');
    }
    const address = ipKeyGenerator(req.ip ?? '0.0.0.0');
    const body = bodyOf(req);
    const name = path === SIGN_IN ? await admitSignIn(body, address) : undefined;
    if (path === '/admin/ban-user') await keepAnAdmin(body);
    const response = await auth.handler(asWebRequest(req, config.publicUrl, address));
    if (name !== undefined) await logSignIn(db, { username: name, allowed: response.ok, address });
    if (name !== undefined && response.ok) await signInSucceeded(db, name, address);
    await answer(res, response);
  });

  async function admitSignIn(body: unknown, address: string): Promise<string> {
    const parsed = SignIn.safeParse(body);
    if (!parsed.success) {
      throw unprocessable(['username', 'password'].map((path) => ({ path, message: 'required, as text' })));
    }
    const { username } = parsed.data;
    const wait = await beginSignIn(db, username, address);
    if (wait > 0) throw tooMany(wait, 'too many wrong passwords for this account from this address; wait a little');
    return username;
  }

  async function keepAnAdmin(body: unknown): Promise<void> {
    const target = Target.safeParse(body);
    if (target.success && (await isLastAdmin(db, target.data.userId))) {
      throw conflict('LastAdmin', 'the last administrator stays: name another one first');
    }
  }
}
