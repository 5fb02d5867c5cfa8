import express, { type Router } from 'express';
import { z } from 'zod';
import { rfc3339, unixSeconds } from './beijing';
import type { Carrier } from './context';
import { type FaultState, MODES, SMTP_CODES } from './faults';
import type { Message } from './messages';
import { checked, ControlProblem } from './problem';
import type { PushOutcome } from './pushes';
import { keyPress } from './receipts';
import { subscriber } from './store';
import { caseNumbers } from './texts';

/** Answers by which a recipient opts out of all further texts, whatever their case. */
const OPT_OUT = new Set(['T', 'TD', 'N', 'QX', '退订', '0000']);

const DAY_MS = 24 * 3_600_000;

const Since = z.strictObject({
  since: z
    .string()
    .regex(/^m\d{9,}$/, 'the id of a message')
    .optional(),
});
const ReplyBody = z.strictObject({ text: z.string().min(1).max(500) });
const KeyBody = z.strictObject({ key: z.string().regex(/^[0-9*#]$/, 'one key of a telephone') });
const CarrierBody = z
  .strictObject({
    mode: z.enum(MODES).optional(),
    code: z
      .string()
      .regex(
        /^([A-Z][A-Za-z]+(\.[A-Z][A-Za-z]+)?|SMTP450|SMTP550|Robot-?\d{1,6})$/,
        `a code of Tencent's, ${SMTP_CODES.join(', ')}, or Robot and an errcode`,
      )
      .optional(),
    forMs: z.number().int().min(1).max(DAY_MS).optional(),
    limits: z.enum(['off', 'default']).optional(),
    only: z
      .strictObject({
        channel: z.enum(['sms', 'voice', 'email', 'wecom', 'dingtalk']).optional(),
        to: z.string().min(1).optional(),
      })
      .optional(),
  })
  .refine((body) => body.code === undefined || (body.mode ?? 'reject') === 'reject', {
    path: ['code'],
    message: 'a code goes with mode reject',
  });
type CarrierChange = z.infer<typeof CarrierBody>;

/** What the sandbox and the tests use to look into the carrier, answer its messages and make it misbehave. */
export function createControlRouter(carrier: Carrier): Router {
  const router = express.Router();
  router.use(express.json({ limit: '256kb' }));
  router.get('/messages', (req, res) => {
    const { since } = checked(Since, req.query);
    res.json(carrier.store.since(since).map(view));
  });
  router.post('/messages/:id/reply', async (req, res) => {
    const message = find(carrier, req.params.id);
    const { text } = checked(ReplyBody, req.body);
    res.json(pushed(await reply(carrier, message, text)));
  });
  router.post('/messages/:id/keypress', async (req, res) => {
    const message = find(carrier, req.params.id);
    const { key } = checked(KeyBody, req.body);
    checkReached(message, message.voice?.kind === 'tts', 'only a call that reads a text out can be answered by a key');
    res.json(pushed(await carrier.pushes.push('voice', keyPress(message, key), [message.id])));
  });
  router.get('/receipts', (_req, res) => {
    res.json({ underWay: carrier.receipts.underWay() });
  });
  router.get('/carrier', (_req, res) => {
    res.json(stateOf(carrier));
  });
  router.post('/carrier', (req, res) => {
    change(carrier, checked(CarrierBody, req.body));
    res.json(stateOf(carrier));
  });
  return router;
}

function view(message: Message): object {
  const { id, atMs, channel, to, text, subject, status, code, serialNo } = message;
  return {
    id,
    at: rfc3339(atMs),
    channel,
    to,
    text,
    subject,
    caseIds: [],
    numbers: caseNumbers(text),
    status,
    code,
    serialNo,
  };
}

function find(carrier: Carrier, id: string): Message {
  const message = carrier.store.get(id);
  if (!message) throw new ControlProblem(404, 'Not found', `there is no message ${id}`);
  return message;
}

/** Nobody can answer what never reached them. */
function checkReached(message: Message, fits: boolean, otherwise: string): void {
  if (!fits) throw new ControlProblem(409, 'Conflict', otherwise);
  if (message.status === 'rejected' || message.status === 'failed') {
    throw new ControlProblem(409, 'Conflict', `message ${message.id} never reached its recipient (${message.status})`);
  }
}

async function reply(carrier: Carrier, message: Message, text: string): Promise<PushOutcome> {
  checkReached(message, message.channel === 'sms', `a message by ${message.channel} cannot be answered with a text`);
  const { sign = '', extend = '' } = message.sms ?? {};
  const atMs = Date.now();
  carrier.store.addReply({ atMs, to: message.to, sign, extend, text });
  if (OPT_OUT.has(text.trim().toUpperCase())) carrier.store.optOut(message.to);
  const { nationCode, local } = subscriber(message.to);
  const body = { extend, mobile: local, nationcode: nationCode, sign, text, time: unixSeconds(atMs) };
  return carrier.pushes.push('reply', body, [message.id]);
}

function pushed(outcome: PushOutcome): PushOutcome {
  if (outcome.delivered) return outcome;
  const { attempts, status, answer } = outcome;
  throw new ControlProblem(502, 'Push not taken', 'the callback address did not take the push', {
    push: { attempts, status, answer },
  });
}

/** A new mode replaces the fault in force; without one, the parts given are changed and the rest stays. */
function change(carrier: Carrier, body: CarrierChange): void {
  if (body.limits) carrier.limits.set(body.limits);
  const { code, only, forMs } = body;
  const mode = body.mode ?? (code === undefined ? undefined : 'reject');
  if (mode === undefined && only === undefined && forMs === undefined) return;
  const before: FaultState = mode === undefined ? carrier.faults.state : { mode };
  carrier.faults.set({
    ...before,
    ...(code === undefined ? {} : { code }),
    ...(only === undefined ? {} : { only }),
    ...(forMs === undefined ? {} : { untilMs: Date.now() + forMs }),
  });
}

function stateOf(carrier: Carrier): object {
  const { mode, code, only, untilMs } = carrier.faults.state;
  return {
    mode,
    code,
    only,
    until: untilMs === undefined ? undefined : rfc3339(untilMs),
    limits: carrier.limits.state,
  };
}
