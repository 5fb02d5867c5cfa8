import { z } from 'zod';
import { unixSeconds } from './beijing';
import type { Carrier } from './context';
import { refuse } from './errors';
import type { Message, Reply } from './messages';
import { readParams } from './params';
import { readPhone } from './phone';
import { subscriber } from './store';

const HOUR_MS = 3_600_000;
/** How far back the queries by number go, and the send records. */
const REPORTS_SPAN_MS = 7 * 24 * HOUR_MS;
const RECORDS_SPAN_MS = 72 * HOUR_MS;
/** The most send records that exist for one query. */
const MAX_RECORDS = 1000;

const limit = (max: number) => z.number().int().min(1).max(max);
const time = z.number().int().min(0);

const Pull = z.strictObject({ SmsSdkAppId: z.string(), Limit: limit(100) });
const PullByNumber = z.strictObject({
  SmsSdkAppId: z.string(),
  PhoneNumber: z.string(),
  BeginTime: time,
  EndTime: time.optional(),
  Offset: z.literal(0),
  Limit: limit(100),
});
const Records = z.strictObject({
  SmsSdkAppId: z.string(),
  PhoneNumber: z.string(),
  BeginTime: time,
  EndTime: time.optional(),
  Limit: limit(50).default(20),
  Offset: z.number().int().min(0).max(MAX_RECORDS).default(0),
});

/** PullSmsSendStatus: receipts nobody pulled yet, each given out once. */
export function pullStatus(carrier: Carrier, body: unknown): object {
  const request = readParams(Pull, body);
  checkApp(carrier, request.SmsSdkAppId);
  return { PullSmsSendStatusSet: carrier.store.pull('status', request.Limit).map(statusRecord) };
}

/** PullSmsReplyStatus: replies nobody pulled yet, each given out once. */
export function pullReplies(carrier: Carrier, body: unknown): object {
  const request = readParams(Pull, body);
  checkApp(carrier, request.SmsSdkAppId);
  return { PullSmsReplyStatusSet: carrier.store.pull('reply', request.Limit).map(replyRecord) };
}

/** PullSmsSendStatusByPhoneNumber: receipts of one number in the last 7 days, as often as asked. */
export function statusByNumber(carrier: Carrier, body: unknown): object {
  const request = readParams(PullByNumber, body);
  const { to, within } = numberAndTime(carrier, request, REPORTS_SPAN_MS);
  const found = carrier.store.reported().filter((m) => m.to === to && within(m.atMs));
  return { PullSmsSendStatusSet: found.slice(0, request.Limit).map(statusRecord) };
}

/** PullSmsReplyStatusByPhoneNumber: replies of one number in the last 7 days, as often as asked. */
export function repliesByNumber(carrier: Carrier, body: unknown): object {
  const request = readParams(PullByNumber, body);
  const { to, within } = numberAndTime(carrier, request, REPORTS_SPAN_MS);
  const found = carrier.store.replies().filter((r) => r.to === to && within(r.atMs));
  return { PullSmsReplyStatusSet: found.slice(0, request.Limit).map(replyRecord) };
}

/** DescribeSendRecordList: what was submitted for one number in the last 72 h, newest first. */
export function sendRecords(carrier: Carrier, body: unknown): object {
  const request = readParams(Records, body);
  const { to, within } = numberAndTime(carrier, request, RECORDS_SPAN_MS);
  const listed = (m: Message) => m.to === to && m.sms?.wholeRequest === false && within(m.atMs);
  const found = carrier.store.since().filter(listed).reverse().slice(0, MAX_RECORDS);
  const page = found.slice(request.Offset, request.Offset + request.Limit);
  return { SendRecordSet: page.map(sendRecord), TotalCount: found.length };
}

function checkApp(carrier: Carrier, appId: string): void {
  if (appId !== carrier.config.smsAppId) throw refuse('UnauthorizedOperation.SmsSdkAppIdVerifyFail');
}

function numberAndTime(
  carrier: Carrier,
  request: { SmsSdkAppId: string; PhoneNumber: string; BeginTime: number; EndTime?: number | undefined },
  spanMs: number,
): { to: string; within: (ms: number) => boolean } {
  checkApp(carrier, request.SmsSdkAppId);
  const phone = readPhone(request.PhoneNumber);
  if (!phone) throw refuse('InvalidParameterValue.IncorrectPhoneNumber');
  const now = unixSeconds(Date.now());
  const { BeginTime: begin, EndTime: end = now } = request;
  if (begin < now - spanMs / 1000 || begin > now) throw refuse('InvalidParameterValue.BeginTimeVerifyFail');
  if (end < begin) throw refuse('InvalidParameterValue.EndTimeVerifyFail');
  return { to: phone.e164, within: (ms) => unixSeconds(ms) >= begin && unixSeconds(ms) <= end };
}

function statusRecord(message: Message): object {
  const { nationCode, local } = subscriber(message.to);
  const ok = message.status === 'delivered';
  return {
    UserReceiveTime: unixSeconds(message.reportedMs ?? message.atMs),
    CountryCode: nationCode,
    SubscriberNumber: local,
    PhoneNumber: message.to,
    SerialNo: message.serialNo ?? '',
    ReportStatus: ok ? 'SUCCESS' : 'FAIL',
    Description: ok ? 'DELIVRD' : (message.code ?? 'UNDELIV'),
    // Empty unless the account has had it enabled, and nothing may depend on that.
    SessionContext: '',
  };
}

function replyRecord(reply: Reply): object {
  const { nationCode, local } = subscriber(reply.to);
  return {
    ExtendCode: reply.extend,
    CountryCode: nationCode,
    SubscriberNumber: local,
    PhoneNumber: reply.to,
    SignName: reply.sign,
    ReplyContent: reply.text,
    ReplyTime: unixSeconds(reply.atMs),
  };
}

const SEND_STATUS = { rejected: 1, delivered: 2, accepted: 3, failed: 4 } as const;

function sendRecord(message: Message): object {
  const { status } = message;
  const statusCode = status === 'delivered' ? 'DELIVRD' : status === 'failed' ? (message.code ?? 'UNDELIV') : '';
  return {
    PhoneNumber: message.to,
    SerialNo: message.serialNo ?? '',
    SendStatus: SEND_STATUS[status],
    RequestCode: status === 'rejected' ? (message.code ?? '') : 'Ok',
    StatusCode: statusCode,
    IsoCode: readPhone(message.to)?.isoCode ?? 'DEF',
    Content: message.sms?.masked ?? '',
    SendTime: unixSeconds(message.atMs),
    UserReceiveTime: status === 'delivered' ? unixSeconds(message.reportedMs ?? message.atMs) : 0,
  };
}
