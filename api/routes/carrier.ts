import { createHash, timingSafeEqual } from 'node:crypto';
import { Router, type Request, type RequestHandler } from 'express';
import { Counter, type Registry } from 'prom-client';
import { createAcknowledger } from '../carrier/acknowledge';
import { takeCall } from '../carrier/calls';
import { ReplyPush, StatusItem, StatusPush, VoicePush, phoneOf } from '../carrier/pushes';
import { takeReceipt, type ReceiptDeps } from '../carrier/receipts';
import { takeReply } from '../carrier/replies';
import type { ApiDeps } from '../deps';
import { notFound } from '../problem';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** A counter of a registry, made once however many routers are made over it. */
function counter<L extends string>(registry: Registry, name: string, help: string, label: L): Counter<L> {
  const known = registry.getSingleMetric(name);
  if (known instanceof Counter) return known;
  return new Counter({ name, help, labelNames: [label], registers: [registry] });
}

type Taken = 'taken' | 'unreadable';

/**
 * Tencent's callbacks: /{secret}/status, /reply and /voice. They are unsigned; the unguessable address is what tells
 * them from anybody's. A push that is not answered with result 0 comes two more times.
 */
export function createCarrierRouter(deps: ApiDeps): Router {
  const { config, metrics, log } = deps;
  const { registry } = metrics;
  const pushes = counter(registry, 'shouwang_carrier_pushes_total', 'Pushes of the carrier', 'result');
  const receipts = counter(registry, 'shouwang_carrier_receipts_total', 'Receipts of texts and calls', 'result');
  const replies = counter(registry, 'shouwang_carrier_replies_total', 'Replies to texts, keys on calls', 'result');
  const acknowledger = createAcknowledger({ ...deps, replies });
  deps.background.push(acknowledger.sweep());
  const expected = digest(config.carrierSecret);

  /** What cannot be read or kept is said to the carrier in its own way, so that it pushes again. */
  const push =
    (kind: string, take: (body: unknown) => Promise<Taken>): RequestHandler =>
    async (req: Request, res) => {
      const { secret } = req.params;
      if (typeof secret !== 'string' || !timingSafeEqual(digest(secret), expected)) {
        pushes.inc({ result: 'forged' });
        throw notFound();
      }
      const taken = await take(req.body);
      pushes.inc({ result: taken });
      if (taken === 'unreadable') log.warn({ kind }, 'unreadable push');
      res.json(taken === 'taken' ? { result: 0, errmsg: 'OK' } : { result: 1, errmsg: 'unreadable' });
    };

  const router = Router();
  router.post(
    '/:secret/status',
    push('status', (body) => takeStatus({ ...deps, receipts }, body)),
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
    push('voice', async (body) => {
      const call = VoicePush.safeParse(body);
      if (!call.success) return 'unreadable';
      await takeCall({ ...deps, receipts, acknowledger }, call.data);
      return 'taken';
    }),
  );
  return router;
}

/** One bad receipt does not spoil the others of its push. */
async function takeStatus(deps: ReceiptDeps, body: unknown): Promise<Taken> {
  const list = StatusPush.safeParse(body);
  if (!list.success) return 'unreadable';
  let readable = 0;
  for (const one of list.data) {
    const item = StatusItem.safeParse(one);
    if (!item.success) {
      deps.receipts.inc({ result: 'unreadable' });
      continue;
    }
    readable += 1;
    const { sid, ext, report_status, errmsg } = item.data;
    const receipt = { channel: 'sms', ref: sid, phone: phoneOf(item.data), session: ext } as const;
    await takeReceipt(deps, receipt, { delivered: report_status === 'SUCCESS', code: errmsg ?? 'UNDELIV' });
  }
  return readable > 0 ? 'taken' : 'unreadable';
}
