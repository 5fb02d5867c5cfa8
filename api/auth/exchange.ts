/** Between Express and better-auth: its request made from ours, its answer made into ours. */
import type { Request, Response } from 'express';
import { z } from 'zod';
import { badRequest, Problem, tooMany, unavailable } from '../problem';
import { checkJson } from '../json-shape';
import { checkShape } from '../security';
import { ADDRESS_HEADER } from './auth';

const Failure = z.object({ code: z.string().catch('REFUSED'), message: z.string().catch('refused') });
const PASSED_ON = ['cookie', 'origin', 'content-type', 'user-agent', 'sec-fetch-site', 'sec-fetch-mode', 'referer'];

/** The body as JSON; undefined without one. @throws Problem 400 */
export function bodyOf(req: Request): unknown {
  if (!Buffer.isBuffer(req.body) || req.body.length === 0) return undefined;
  const text = req.body.toString('utf8');
  checkJson(text);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (cause) {
    if (cause instanceof SyntaxError) throw badRequest('the body cannot be read as JSON');
    throw cause;
  }
  checkShape(body);
  return body;
}

/** better-auth puts the session's token into its answers; the browser has it in a cookie that scripts cannot read. */
const withoutTokens = (_key: string, value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || !('token' in value)) return value;
  const { token: _token, ...rest } = value;
  return rest;
};

const camel = (code: string): string =>
  code.toLowerCase().replace(/(^|[_-])([a-z])/g, (_all, _dash, letter: string) => letter.toUpperCase());

/** @param body what better-auth is to read, which was checked */
export function asWebRequest(req: Request, publicUrl: string, address: string, body: unknown): globalThis.Request {
  const headers = new Headers();
  for (const name of PASSED_ON) {
    const value = req.get(name);
    if (value !== undefined) headers.set(name, value);
  }
  headers.set(ADDRESS_HEADER, address);
  const text = req.method === 'GET' ? undefined : JSON.stringify(body ?? {});
  if (text !== undefined) headers.set('content-type', 'application/json');
  return new Request(new URL(req.originalUrl, publicUrl), { method: req.method, headers, body: text });
}

/** What better-auth has said. */
export interface Said {
  ok: boolean;
  body: Record<string, unknown>;
  /** Puts its cookies and body into our answer. @throws Problem for a refusal */
  pass(res: Response, more?: Record<string, unknown>): void;
}

const Body = z.record(z.string(), z.unknown()).catch({});

/** Reads an answer of better-auth. */
export async function said(from: globalThis.Response): Promise<Said> {
  const text = await from.text();
  const isJson = (from.headers.get('content-type') ?? '').includes('json');
  const parsed: unknown = text && isJson ? JSON.parse(text) : null;
  const body = Body.parse(parsed);
  return {
    ok: from.ok,
    body,
    pass(res, more) {
      if (from.status >= 500) throw unavailable(5, 'signing in is not possible just now; try again shortly');
      if (from.status === 429) {
        throw tooMany(Number(from.headers.get('x-retry-after') ?? 60), 'too many tries; wait a little');
      }
      if (from.status >= 400) {
        const { code, message } = Failure.parse(body);
        throw new Problem(from.status, camel(code), 'Refused', message);
      }
      for (const cookie of from.headers.getSetCookie()) res.append('Set-Cookie', cookie);
      const whole = more ? { ...body, ...more } : parsed;
      res.status(from.status).type('application/json').send(JSON.stringify(whole, withoutTokens));
    },
  };
}
