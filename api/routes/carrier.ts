import { createHash, timingSafeEqual } from 'node:crypto';
import { Router, type ErrorRequestHandler, type Request, type RequestHandler } from 'express';
import { Counter, type Registry } from 'prom-client';
import { createAcknowledger } from '../carrier/acknowledge';
import { takeCall } from '../carrier/calls';
import { ReplyPush, StatusItem, StatusPush, VoicePush, phoneOf } from '../carrier/pushes';
import { takeReceipts, type ReceiptDeps, type Said } from '../carrier/receipts';
import { takeReply } from '../carrier/replies';
import type { ApiConfig } from '../config';
import type { ApiDeps } from '../deps';
import { notFound } from '../problem';
import { jsonBody } from '../security';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** A counter of a registry, made once however many routers are made over it. */
function counter<L extends string>(registry: Registry, name: string, help: string, label: L): Counter<L> {
  const known = registry.getSingleMetric(name);
  if (known instanceof Counter) return known;
  return new Counter({ name, help, labelNames: [label], registers: [registry] });
}

type Taken = 'taken' | 'unreadable';

/** Whose callback address a request came to. */
interface Sender {
  /** Names of its providers of texts and calls; absent: both accounts push to one address. */
  sms?: string;
  voice?: string;
}

/**
 * Tencent's callbacks: /{secret}/status, /reply and /voice, and those of a second account under its own secret. They
 * are unsigned; the unguessable address is what tells them from anybody's, and a body is not looked at before the
 * address is right. A push that is not answered with result 0 comes two more times.
 */
export function createCarrierRouter(deps: ApiDeps): Router {
  const { config, metrics, log } = deps;
  const { registry } = metrics;
  const pushes = counter(registry, 'shouwang_carrier_pushes_total', 'Pushes of the carrier', 'result');
  const receipts = counter(registry, 'shouwang_carrier_receipts_total', 'Receipts of texts and calls', 'result');
  const replies = counter(registry, 'shouwang_carrier_replies_total', 'Replies to texts, keys on calls', 'result');
  const acknowledger = createAcknowledger({ ...deps, replies });
  deps.background.push(acknowledger.sweep());
  const senderOf = sendersOf(config);

  const known: RequestHandler = (req, _res, next) => {
    if (senderOf(req.params['secret'])) return next();
    pushes.inc({ result: 'forged' });
    throw notFound();
  };
  /** A body that is no JSON, too large or of another kind never reaches the routes below. */
  const broken: ErrorRequestHandler = (error: unknown, _req, _res, next) => {
    if (isBodyError(error)) pushes.inc({ result: 'broken' });
    next(error);
  };
  /** What cannot be read or kept is said to the carrier in its own way, so that it pushes again. */
  const push =
    (kind: string, take: (body: unknown, sender: Sender) => Promise<Taken>): RequestHandler =>
    async (req: Request, res) => {
      const taken = await take(req.body, senderOf(req.params['secret']) ?? {});
      pushes.inc({ result: taken });
      if (taken === 'unreadable') log.warn({ kind }, 'unreadable push');
      res.json(taken === 'taken' ? { result: 0, errmsg: 'OK' } : { result: 1, errmsg: 'unreadable' });
    };

  const router = Router();
  router.use('/:secret', known, ...jsonBody(), broken);
  router.post(
    '/:secret/status',
    push('status', (body, { sms }) => takeStatus({ ...deps, receipts }, body, sms)),
  );
  router.post(
    '/:secret/reply',
    push('reply', async (body) => {
      const reply = ReplyPush.safeParse(body);
      if (!reply.success) return 'unreadable';
      await takeReply({ ...deps, acknowledger, replies }, reply.data);
      return 'taken';
    }),
  );
  router.post(
    '/:secret/voice',
    push('voice', async (body, { voice }) => {
      const call = VoicePush.safeParse(body);
      if (!call.success) return 'unreadable';
      await takeCall({ ...deps, receipts, acknowledger }, call.data, voice);
      return 'taken';
    }),
  );
  return router;
}

/** What the body parser and its checks throw; a wrong address (404) is counted where it is found out. */
const isBodyError = (error: unknown): boolean =>
  error instanceof Error &&
  'status' in error &&
  typeof error.status === 'number' &&
  error.status >= 400 &&
  error.status < 500 &&
  error.status !== 404;

/** Who sends to which address; every secret is compared, in constant time, whichever it is. */
function sendersOf({ carrierSecret, carrier2Secret }: ApiConfig): (secret: unknown) => Sender | undefined {
  const first = {
    at: digest(carrierSecret),
    sender: carrier2Secret === undefined ? {} : { sms: 'sms', voice: 'voice' },
  };
  const second =
    carrier2Secret === undefined ? [] : [{ at: digest(carrier2Secret), sender: { sms: 'sms2', voice: 'voice2' } }];
  return (secret) => {
    if (typeof secret !== 'string') return undefined;
    const given = digest(secret);
    return [first, ...second].filter(({ at }) => timingSafeEqual(given, at))[0]?.sender;
  };
}

/** One bad receipt does not spoil the others of its push. */
async function takeStatus(deps: ReceiptDeps, body: unknown, provider?: string): Promise<Taken> {
  const list = StatusPush.safeParse(body);
  if (!list.success) return 'unreadable';
  const said: Said[] = [];
  for (const one of list.data) {
    const item = StatusItem.safeParse(one);
    if (!item.success) {
      deps.receipts.inc({ result: 'unreadable' });
      continue;
    }
    const { sid, ext, report_status, errmsg } = item.data;
    said.push({
      receipt: { channel: 'sms', ref: sid, phone: phoneOf(item.data), provider, session: ext },
      report: { delivered: report_status === 'SUCCESS', code: errmsg ?? 'UNDELIV' },
    });
  }
  await takeReceipts(deps, said);
  return said.length > 0 ? 'taken' : 'unreadable';
}
