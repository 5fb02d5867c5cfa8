import { randomInt } from 'node:crypto';
import { z } from 'zod';
import type { Carrier } from './context';
import { ApiError, messageFor, refuse } from './errors';
import type { NewMessage } from './messages';
import { readParams, sessionContext } from './params';
import { type Phone, readPhone } from './phone';
import { MAX_SMS_LENGTH, objectionToParams, render, segments, type Template } from './texts';

const MAX_NUMBERS = 200;

const SendSms = z.strictObject({
  PhoneNumberSet: z.array(z.string()).optional(),
  SmsSdkAppId: z.string(),
  TemplateId: z.string(),
  SignName: z.string().optional(),
  TemplateParamSet: z.array(z.string()).optional(),
  ExtendCode: z.string().optional(),
  SessionContext: sessionContext,
  SenderId: z.string().optional(),
});
type Request = z.infer<typeof SendSms>;

/** One number's attempt: what would be sent, and to whom (phone is undefined when the number is none). */
interface Draft {
  given: string;
  phone: Phone | undefined;
  template: Template | undefined;
  params: readonly string[];
  text: string;
}

interface SendStatus {
  SerialNo: string;
  PhoneNumber: string;
  Fee: number;
  SessionContext: string;
  Code: string;
  Message: string;
  IsoCode: string;
}

/**
 * SendSms: each number is taken or refused by itself, answered in the order of the request.
 * @throws ApiError when the request as a whole is refused; the attempts are kept as rejected all the same
 */
export async function sendSms(carrier: Carrier, body: unknown): Promise<{ SendStatusSet: SendStatus[] }> {
  const request = readParams(SendSms, body);
  const drafts = (request.PhoneNumberSet ?? []).map((given) => draft(carrier, request, given));
  try {
    checkRequest(carrier, request, drafts);
  } catch (error) {
    if (error instanceof ApiError) drafts.forEach((d) => keepRejected(carrier, request, d, error.code, true));
    throw error;
  }
  const statuses: SendStatus[] = [];
  for (const d of drafts) statuses.push(await sendOne(carrier, request, d));
  return { SendStatusSet: statuses };
}

function draft(carrier: Carrier, request: Request, given: string): Draft {
  const found = carrier.templates.get(request.TemplateId);
  const template = found?.channel === 'sms' ? found : undefined;
  const params = request.TemplateParamSet ?? [];
  const text = template ? `【${request.SignName ?? ''}】${render(template, params)}` : '';
  return { given, phone: readPhone(given), template, params, text };
}

function checkRequest(carrier: Carrier, request: Request, drafts: readonly Draft[]): void {
  if (drafts.length === 0) throw refuse('MissingParameter.EmptyPhoneNumberSet');
  if (drafts.length > MAX_NUMBERS) throw refuse('LimitExceeded.PhoneNumberCountLimit');
  if (request.SmsSdkAppId !== carrier.config.smsAppId) throw refuse('UnauthorizedOperation.SmsSdkAppIdVerifyFail');
  const codes = new Set(drafts.flatMap((d) => (d.phone ? [d.phone.isoCode] : [])));
  if (codes.size > 1) throw refuse('UnsupportedOperation.ContainDomesticAndInternationalPhoneNumber');
  const fault = carrier.faults.wholeRejection(
    'sms',
    drafts.map((d) => d.given),
  );
  if (fault !== undefined) throw refuse(fault);
}

/** Checks in the order that blames the request before the number, and the number before its limits. */
function objection(carrier: Carrier, request: Request, d: Draft, atMs: number): string | undefined {
  if (!d.phone) return 'InvalidParameterValue.IncorrectPhoneNumber';
  if (request.SignName !== carrier.config.smsSign) return 'FailedOperation.SignatureIncorrectOrUnapproved';
  if (!d.template) return 'FailedOperation.TemplateUnapprovedOrNotExist';
  if (d.phone.isoCode !== 'CN') return 'UnsupportedOperation.ChineseMainlandTemplateToGlobalPhone';
  const badParams = objectionToParams(d.template, d.params);
  if (badParams !== undefined) return badParams;
  if ([...d.text].length > MAX_SMS_LENGTH) return 'InvalidParameterValue.ContentLengthLimit';
  if (carrier.store.optedOut(d.phone.e164)) return 'FailedOperation.PhoneNumberInBlacklist';
  const fault = carrier.faults.rejection('sms', d.phone.e164);
  return fault ?? carrier.limits.refusesText(d.phone.e164, d.text, atMs);
}

async function sendOne(carrier: Carrier, request: Request, d: Draft): Promise<SendStatus> {
  const atMs = Date.now();
  const refused = objection(carrier, request, d, atMs);
  const context = request.SessionContext ?? '';
  if (refused !== undefined || !d.phone) {
    const code = refused ?? 'InvalidParameterValue.IncorrectPhoneNumber';
    keepRejected(carrier, request, d, code, false);
    const number = d.phone?.e164 ?? d.given;
    const iso = d.phone?.isoCode ?? '';
    return status({
      PhoneNumber: number,
      SessionContext: context,
      Code: code,
      Message: messageFor(code),
      IsoCode: iso,
    });
  }
  const to = d.phone.e164;
  const plan = carrier.faults.planFor('sms', to);
  carrier.limits.countText(to, d.text, atMs);
  const message = carrier.store.add({ ...base(request, d), status: 'accepted', serialNo: serialNo(), plan }, atMs);
  carrier.log.debug({ id: message.id, template: request.TemplateId, plan }, 'text accepted');
  await carrier.receipts.accepted(message);
  return status({
    SerialNo: message.serialNo ?? '',
    PhoneNumber: to,
    Fee: segments(d.text),
    SessionContext: context,
    Code: 'Ok',
    Message: 'send success',
    IsoCode: d.phone.isoCode,
  });
}

function status(fields: Omit<SendStatus, 'SerialNo' | 'Fee'> & Partial<SendStatus>): SendStatus {
  return { SerialNo: '', Fee: 0, ...fields };
}

function base(request: Request, d: Draft): Pick<NewMessage, 'channel' | 'to' | 'text' | 'sms'> {
  const masked = d.template
    ? render(
        d.template,
        d.params.map((value) => '*'.repeat([...value].length)),
      )
    : '';
  const sign = request.SignName ?? '';
  const sms = { masked: `【${sign}】${masked}`, sign, extend: request.ExtendCode ?? '', wholeRequest: false };
  return { channel: 'sms', to: d.phone?.e164 ?? d.given, text: d.text, sms };
}

/** @param wholeRequest a request refused as a whole never reaches the send records */
function keepRejected(carrier: Carrier, request: Request, d: Draft, code: string, wholeRequest: boolean): void {
  const attempt = base(request, d);
  const sms = attempt.sms && { ...attempt.sms, wholeRequest };
  const message = carrier.store.add({ ...attempt, sms, status: 'rejected', code, plan: 'none' });
  carrier.log.info({ id: message.id, template: request.TemplateId, code }, 'text rejected');
}

/** Looks like 5000:1045710669157053657849499619. */
function serialNo(): string {
  const digits = Array.from({ length: 4 }, () => String(randomInt(10_000_000)).padStart(7, '0'));
  return `5000:${digits.join('')}`;
}
