import { createHash, createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Request, RequestHandler, Response } from 'express';
import { derive } from '../runtime/keys';
import { type Answer, type Claim, claim, type KeyOf, release, settle } from '../store/idempotency';
import { Calls } from './calls';
import type { ApiDeps } from './deps';
import { conflict, unprocessable } from './problem';
import { callerOf } from './request';
import { isWrite } from './security';
import { sortedKeys } from './sorted-keys';

/** How long a second request waits for the first one's answer: until it may go on itself, where a crash has taken the first. */
const PATIENCE_MS = 22_000;
const LOOK_EVERY_MS = 150;
/** How long a process that ends waits for answers to be kept. */
const LAST_ANSWERS_MS = 5_000;

/** A UUID (version 8) that a caller and a key always lead to. */
export function operationIdOf({ caller, key }: KeyOf): string {
  const bytes = createHash('sha256').update(`${caller}\0${key}`).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

type Secrets = Parameters<typeof claim>[2];

async function claimPatiently(deps: ApiDeps, of: KeyOf, secrets: Secrets): Promise<Claim> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const claimed = await claim(deps.db, of, secrets);
    if (claimed.kind !== 'held' || Date.now() > until) return claimed;
    await sleep(LOOK_EVERY_MS);
  }
}

function repeat(res: Response, { status, body }: Answer): void {
  res.status(status).setHeader('Idempotent-Replayed', 'true');
  res.type(status >= 400 ? 'application/problem+json' : 'application/json').send(body);
}

/** Final answers only: what is unavailable, unexpected or too fast may turn out otherwise next time. */
const isKept = (status: number): boolean => status < 500 && status !== 429;

interface Keeping {
  /** What answers are sealed with. */
  secret: Buffer;
  /** What is kept while the answer is already on its way. */
  later: Calls;
}

/** The key stays held for a while then; whoever repeats the request after that is answered from what it made. */
const unkept = ({ log }: ApiDeps, error: unknown): void =>
  log.warn({ failure: error instanceof Error ? error.name : 'unknown' }, 'an answer is not kept');

/**
 * From now on the answer is kept before it is sent: a lost answer is repeated, and not worked out again. Where the repetition finds
 * what was done (`foundAgain`), it is kept while it is sent: after a crash in between it is made again from that.
 */
function keepAnswer(deps: ApiDeps, res: Response, of: KeyOf, { secret, later }: Keeping): void {
  let done = false;
  res.locals.settle = async (status, body) => {
    if (done) return;
    done = true;
    if (!isKept(status)) return release(deps.db, of);
    await settle(deps.db, of, { status, body: JSON.stringify(body) }, { secret, waits: !res.locals.foundAgain });
  };
  const send = res.json.bind(res);
  res.json = (body: unknown) => {
    const settled = res.locals.settle?.(res.statusCode, body) ?? Promise.resolve();
    if (res.locals.foundAgain) {
      void later.run(() => settled).catch((error: unknown) => unkept(deps, error));
      return send(body);
    }
    settled.then(
      () => send(body),
      (error: unknown) => res.req.next?.(error),
    );
    return res;
  };
}

/**
 * Promise 7, the same answer twice: a write under an Idempotency-Key is done once per caller and key, and repeating it
 * gives the first answer. Sets req.operationId to what the key leads to. Stands behind authenticate() and the body
 * parser; routes need nothing further.
 * @param callerId whose key it is; the signed-in user's where nothing else is said
 */
export function idempotent(deps: ApiDeps, callerId = (req: Request) => callerOf(req).userId): RequestHandler {
  // Keyed, so that a short story cannot be found again from its hash by trying.
  const secret = createHash('sha256').update(`idempotency\0${deps.config.authSecret}`).digest();
  const sealing = derive(Buffer.from(deps.config.authSecret), 'answers');
  const later = new Calls();
  deps.background.push({ stop: () => later.over(LAST_ANSWERS_MS) });
  return async (req, res, next) => {
    const key = req.get('idempotency-key');
    if (key === undefined || !isWrite(req)) return next();
    if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
      throw unprocessable([{ path: 'Idempotency-Key', message: 'must be 1 to 255 printable ASCII characters' }]);
    }
    const of = { caller: callerId(req), key };
    const what = JSON.stringify([req.method, req.originalUrl, req.body ?? null], sortedKeys);
    const hash = new Uint8Array(createHmac('sha256', secret).update(what).digest());
    const claimed = await claimPatiently(deps, of, { hash, secret: sealing });
    if (claimed.kind === 'answered') return repeat(res, claimed.answer);
    if (claimed.kind === 'other') {
      throw conflict('IdempotencyKeyUsed', 'this Idempotency-Key was used for another request');
    }
    if (claimed.kind === 'held') {
      throw conflict('RequestUnderWay', 'the same request is still under way', { headers: { 'Retry-After': '5' } });
    }
    req.operationId = operationIdOf(of);
    keepAnswer(deps, res, of, { secret: sealing, later });
    next();
  };
}
