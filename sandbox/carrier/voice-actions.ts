import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Carrier } from './context';
import { ApiError, refuse } from './errors';
import { readParams, sessionContext } from './params';
import { type Phone, readPhone } from './phone';

const common = {
  CalledNumber: z.string(),
  VoiceSdkAppid: z.string(),
  PlayTimes: z.number().int().min(1).max(3).optional(),
  SessionContext: sessionContext,
};
const SendTtsVoice = z.strictObject({
  TemplateId: z.string(),
  TemplateParamSet: z.array(z.string()).optional(),
  ...common,
});
const SendCodeVoice = z.strictObject({ CodeMessage: z.string(), ...common });

interface Call {
  CalledNumber: string;
  VoiceSdkAppid: string;
  SessionContext?: string | undefined;
}
interface CallAnswer {
  SendStatus: { CallId: string; SessionContext: string };
}

/**
 * SendTtsVoice: reads an approved text to one mainland number.
 * @throws ApiError for every refusal: a call has no status set
 */
export function sendTtsVoice(carrier: Carrier, body: unknown): Promise<CallAnswer> {
  const request = readParams(SendTtsVoice, body);
  const template = carrier.templates.get(request.TemplateId);
  const approved = template?.channel === 'voice' ? template : undefined;
  return call(carrier, request, 'tts', approved?.body ?? '', () => {
    if (!approved) throw refuse('FailedOperation.TemplateIncorrectOrUnapproved');
    // Templates are plain text nowadays, so there is nothing a value could fill.
    if (request.TemplateParamSet?.length) throw refuse('FailedOperation.TemplateIncorrectOrUnapproved');
  });
}

/**
 * SendCodeVoice: speaks digits after 您的验证码是.
 * @throws ApiError for every refusal
 */
export function sendCodeVoice(carrier: Carrier, body: unknown): Promise<CallAnswer> {
  const request = readParams(SendCodeVoice, body);
  return call(carrier, request, 'code', `您的验证码是${request.CodeMessage}`, () => {
    if (!/^\d+$/.test(request.CodeMessage)) throw refuse('FailedOperation.InvalidParameters');
  });
}

async function call(
  carrier: Carrier,
  request: Call,
  kind: 'tts' | 'code',
  text: string,
  checkContent: () => void,
): Promise<CallAnswer> {
  const atMs = Date.now();
  const phone = readPhone(request.CalledNumber);
  const attempt = { channel: 'voice', to: phone?.e164 ?? request.CalledNumber, text, voice: { kind } } as const;
  try {
    checkCall(carrier, request, phone);
    checkContent();
    const limited = carrier.limits.refusesCall(attempt.to, kind, atMs);
    if (limited !== undefined) throw refuse(limited);
  } catch (error) {
    if (error instanceof ApiError) {
      const { id } = carrier.store.add({ ...attempt, status: 'rejected', code: error.code, plan: 'none' }, atMs);
      carrier.log.info({ id, code: error.code }, 'call rejected');
    }
    throw error;
  }
  const plan = carrier.faults.planFor('voice', attempt.to);
  carrier.limits.countCall(attempt.to, atMs);
  const callId = randomUUID();
  const message = carrier.store.add({ ...attempt, status: 'accepted', serialNo: callId, plan }, atMs);
  carrier.log.info({ id: message.id, kind, plan }, 'call accepted');
  await carrier.receipts.accepted(message);
  return { SendStatus: { CallId: callId, SessionContext: request.SessionContext ?? '' } };
}

function checkCall(carrier: Carrier, request: Call, phone: Phone | undefined): void {
  if (request.VoiceSdkAppid !== carrier.config.vmsAppId) {
    throw refuse('UnauthorizedOperation.VoiceSdkAppidVerifyFail');
  }
  if (phone?.isoCode !== 'CN') throw refuse('InvalidParameterValue.CalledNumberVerifyFail');
  const fault = carrier.faults.wholeRejection('voice', [phone.e164]);
  if (fault !== undefined) throw refuse(fault);
}
