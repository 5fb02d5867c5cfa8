import type { IncomingMessage } from 'node:http';
import express, { type Request, type RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import helmet from 'helmet';
import type { ApiConfig } from './config';
import { checkJson, DEEPEST } from './json-shape';
import { badRequest, forbidden, Problem, tooMany, wrongMediaType } from './problem';

/** Bytes of a body: a narrative of some ten thousand characters fits several times over. */
const MOST_BYTES = 256 * 1024;

/** The headers of every answer: nothing inline, nothing from elsewhere, no address told to others, nothing kept. */
export const headers = (): RequestHandler[] => [
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        // Recordings of cases are played from our own address.
        mediaSrc: ["'self'"],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        objectSrc: ["'none'"],
      },
    },
    referrerPolicy: { policy: 'no-referrer' },
    crossOriginEmbedderPolicy: false,
  }),
  (_req, res, next) => {
    res.setHeader('Cache-Control', 'no-store');
    next();
  },
];

/** Answers 429 once an address, or a signed-in caller, asks too often. Counted in this process alone. */
export const throttle = (config: ApiConfig, by: 'address' | 'caller'): RequestHandler =>
  rateLimit({
    windowMs: 60_000,
    limit: config.ratePerMinute,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    ...(by === 'caller' && { keyGenerator: (req: Request) => req.caller?.userId ?? 'nobody' }),
    handler: () => {
      throw tooMany(60, 'too many requests in a minute');
    },
  });

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);
export const isWrite = (req: Request): boolean => !READS.has(req.method);

/**
 * Did a page of ours send this? Under Referrer-Policy: no-referrer a browser sends `Origin: null` with forms of our own
 * pages too; Sec-Fetch-Site, which no page can forge, tells these apart from a stranger's.
 * @param lenient also true where neither header is there: no browser sent it, so no cookie was abused
 */
export function isSameOrigin(req: Request, config: ApiConfig, lenient = false): boolean {
  const site = req.get('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const origin = req.get('origin');
  if (origin === undefined) return lenient;
  return origin === new URL(config.publicUrl).origin || origin === `${req.protocol}://${req.get('host') ?? ''}`;
}

/** For pages whose address is the credential: refuses posts that another site's page has sent. */
export const samePageOnly =
  (config: ApiConfig): RequestHandler =>
  (req, _res, next) => {
    if (isWrite(req) && !isSameOrigin(req, config, true)) throw forbidden('this form was not sent from our own page');
    next();
  };

const hasBody = (req: Request): boolean =>
  req.get('transfer-encoding') !== undefined || Number(req.get('content-length') ?? 0) > 0;

/** Words are read as UTF-8 and nothing else: read in another way, they would not be what was looked over. */
const isUtf8 = (req: Request): boolean => {
  const [, charset] = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(req.get('content-type') ?? '') ?? [];
  return charset === undefined || /^utf-?8$/i.test(charset);
};

/** Refuses bodies of any other type, and words that are not in UTF-8, with 415; an empty body needs no type. */
export const mediaTypes =
  (...types: string[]): RequestHandler =>
  (req, _res, next) => {
    if (hasBody(req) && !req.is(types)) throw wrongMediaType(`send the body as ${types.join(' or ')}`);
    if (hasBody(req) && !isUtf8(req)) throw wrongMediaType('send the body as UTF-8');
    next();
  };

/** Too deep, or with a NUL, which PostgreSQL cannot keep. A walk instead of recursion, so that depth cannot exhaust the stack. @throws Problem 400 */
export function checkShape(body: unknown): void {
  let level: unknown[] = [body];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEEPEST) throw badRequest(`the body is nested more than ${DEEPEST} levels deep`);
    const below: unknown[] = [];
    for (const one of level) {
      if (typeof one === 'string' && one.includes('\0')) throw badRequest('the body contains the character U+0000');
      if (typeof one === 'object' && one !== null) for (const inner of Object.values(one)) below.push(inner);
    }
    level = below;
  }
}

const refused = new WeakMap<IncomingMessage, Problem>();

/** The parser would make a failure of its own kind of what is thrown here, so `shape` says it behind the parser. */
function lookOver(req: IncomingMessage, bytes: Buffer): void {
  try {
    checkJson(bytes.toString('utf8'));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    refused.set(req, error);
  }
}

const shape: RequestHandler = (req, _res, next) => {
  const problem = refused.get(req);
  if (problem) throw problem;
  // A client that loses its signal: the parser passes a request whose socket has ended on without its body, even where that had
  // arrived whole. Taken for an empty one, its refusal would be kept under the Idempotency-Key, and the retry refused for ever.
  const isCut = req.destroyed || !req.socket.readable;
  if (req.body === undefined && hasBody(req) && isCut)
    throw badRequest('the body was not read before the connection ended');
  checkShape(req.body);
  next();
};

/** Reads JSON bodies. Compressed ones are refused (400): 256 KiB need no compression, and bombs come that way. */
export const jsonBody = (limit = MOST_BYTES): RequestHandler[] => [
  express.json({
    limit,
    inflate: false,
    type: ['application/json', 'application/*+json'],
    verify: (req, _res, bytes) => lookOver(req, bytes),
  }),
  shape,
];

/** Reads the forms of our own pages. */
export const formBody = (): RequestHandler[] => [
  express.urlencoded({ limit: MOST_BYTES, inflate: false, extended: false, parameterLimit: 50 }),
  shape,
];

/** An address with a NUL or broken escapes reaches no route. */
export const cleanAddress: RequestHandler = (req, _res, next) => {
  if (/%00/.test(req.url)) throw badRequest('the address contains the character U+0000');
  next();
};
