import { randomUUID } from 'node:crypto';
import type { Request, Response } from 'express';
import { z } from 'zod';
import type { Carrier } from './context';
import { ApiError, refuse } from './errors';
import type { Mode } from './faults';
import { sendSms } from './sms-actions';
import { pullReplies, pullStatus, repliesByNumber, sendRecords, statusByNumber } from './sms-queries';
import { verifyTc3 } from './tc3';
import { sendCodeVoice, sendTtsVoice } from './voice-actions';

type Action = (carrier: Carrier, body: unknown) => object | Promise<object>;
interface Product {
  channel: 'sms' | 'voice';
  actions: Record<string, Action>;
  /** The actions that take a message; the others only ask. */
  sends: readonly string[];
}

/** The two products share one address; the version tells them apart, as the SDK sends it. */
const PRODUCTS: Record<string, Product> = {
  '2021-01-11': {
    channel: 'sms',
    sends: ['SendSms'],
    actions: {
      SendSms: sendSms,
      PullSmsSendStatus: pullStatus,
      PullSmsReplyStatus: pullReplies,
      PullSmsSendStatusByPhoneNumber: statusByNumber,
      PullSmsReplyStatusByPhoneNumber: repliesByNumber,
      DescribeSendRecordList: sendRecords,
    },
  },
  '2020-09-02': {
    channel: 'voice',
    sends: ['SendTtsVoice', 'SendCodeVoice'],
    actions: { SendTtsVoice: sendTtsVoice, SendCodeVoice: sendCodeVoice },
  },
};

/** The endpoint of Tencent Cloud's API 3.0: every request it handles is answered with 200, refusals included. */
export function createGateway(carrier: Carrier): (req: Request, res: Response) => Promise<void> {
  return async (req, res) => {
    const raw: Buffer = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
    const body = parse(raw);
    const product = PRODUCTS[req.get('x-tc-version') ?? ''];
    const mode = product ? carrier.faults.modeFor(product.channel, recipients(body)) : 'ok';
    if (breaksBefore(mode, req, res)) return;
    const answer = envelope(await handle(carrier, req, raw, body));
    const sends = product?.sends.includes(req.get('x-tc-action') ?? '') ?? false;
    if (sends && mode === 'slow' && !(await carrier.pushes.pause(carrier.config.timing.slowAnswer))) return;
    if (sends && mode === 'cutoff') return cutOff(res, answer);
    res.type('application/json').send(answer);
  };
}

async function handle(carrier: Carrier, req: Request, raw: Buffer, body: unknown): Promise<object> {
  try {
    verifyTc3(
      { method: req.method, url: req.originalUrl, headers: req.headers, body: raw },
      (id) => (id === carrier.config.secretId ? carrier.config.secretKey : undefined),
      Date.now(),
    );
    return await route(req)(carrier, body);
  } catch (error) {
    if (!(error instanceof ApiError)) carrier.log.error({ err: error }, 'action failed');
    const refusal = error instanceof ApiError ? error : refuse('InternalError');
    return { Error: { Code: refusal.code, Message: refusal.message } };
  }
}

function route(req: Request): Action {
  const product = PRODUCTS[req.get('x-tc-version') ?? ''];
  if (!product) throw refuse('NoSuchVersion');
  const name = req.get('x-tc-action') ?? '';
  if (!Object.hasOwn(product.actions, name)) throw refuse('InvalidAction', `the action \`${name}\` does not exist`);
  // Both products need a region in these versions; the SDK leaves the header out when none is set.
  if (!req.get('x-tc-region')) throw refuse('MissingParameter', 'the request is missing a required parameter `Region`');
  const action = product.actions[name];
  if (!action) throw refuse('InvalidAction');
  return action;
}

function envelope(response: object): string {
  return JSON.stringify({ Response: { ...response, RequestId: randomUUID() } });
}

/** Faults that keep the request from being taken at all. True when one of them has dealt with it. */
function breaksBefore(mode: Mode, req: Request, res: Response): boolean {
  switch (mode) {
    case 'down':
      req.socket.resetAndDestroy();
      return true;
    case 'hang-before':
      return true;
    case 'error500':
      res.status(500).type('html').send('<html><body>Internal Server Error</body></html>');
      return true;
    case 'garbage':
      res.type('html').send('<html><body>系统繁忙</body></html>');
      return true;
    default:
      return false;
  }
}

/** Sends half of the body in chunks and breaks the connection before the last one. */
function cutOff(res: Response, answer: string): void {
  res.type('application/json');
  res.write(answer.slice(0, Math.floor(answer.length / 2)), () => res.socket?.destroy());
}

const Recipients = z.object({
  PhoneNumberSet: z.array(z.string()).optional(),
  PhoneNumber: z.string().optional(),
  CalledNumber: z.string().optional(),
});

/** Whom a request is about, as far as it can be read: a fault may be meant for one phone. */
function recipients(body: unknown): string[] {
  const parsed = Recipients.safeParse(body);
  if (!parsed.success) return [];
  const { PhoneNumberSet: set = [], PhoneNumber: number, CalledNumber: called } = parsed.data;
  return [...set, ...[number, called].filter((value) => value !== undefined)];
}

function parse(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString('utf8'));
  } catch (error) {
    // An unreadable body is refused by the action's own check, after the signature's, as at the real gateway.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
