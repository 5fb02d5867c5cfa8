/** Texts (短信) by Tencent Cloud SMS 2021-01-11. */
import { Client } from 'tencentcloud-sdk-nodejs/tencentcloud/services/sms/v20210111/sms_client';
import { sessionOf } from '../../store/session';
import type { Channel, Outcome, Outgoing, Taken } from './channel';
import type { SmsConfig, TencentConfig } from './config';
import { outcomeOfError, settingsFor } from './tencent-client';
import { outcomeOf } from './tencent-codes';

/** Clocks of the carrier and ours differ by this much at most, in seconds. */
const SKEW_S = 5;
/** A message that the carrier took was taken within this time of the attempt's beginning, in seconds. */
const TAKEN_WITHIN_S = 60;
const MAX_RECORDS = 50;
const REJECTED = 1;

/** Does a text with its values masked by asterisks show this message? */
export function looksLike(masked: string, body: string): boolean {
  const parts = masked.split(/\*+/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'su').test(body);
}

/** One number a call, so that an unknown outcome is one person's. */
export function createTencentSms(tencent: TencentConfig, sms: SmsConfig, provider = 'sms'): Channel {
  const settings = settingsFor(tencent, sms.endpoint);
  const client = new Client(settings.client);

  async function send(message: Outgoing): Promise<Outcome> {
    if (message.templateId === undefined) return { kind: 'refused', code: 'TemplateMissing' };
    try {
      const answer = await client.SendSms({
        PhoneNumberSet: [message.to],
        SmsSdkAppId: sms.appId,
        SignName: sms.sign,
        TemplateId: message.templateId,
        TemplateParamSet: message.params ?? [],
        SessionContext: sessionOf(message.key),
      });
      // A refused number does not throw: its own code says so.
      const status = answer.SendStatusSet?.[0];
      if (!status?.Code) return { kind: 'unknown', code: 'NoStatus' };
      if (status.Code !== 'Ok') return outcomeOf(status.Code);
      return status.SerialNo ? { kind: 'sent', ref: status.SerialNo } : { kind: 'unknown', code: 'NoSerialNo' };
    } catch (error) {
      return outcomeOfError(error);
    }
  }

  /** What was submitted to this number, delivered or not. */
  async function fromRecords(message: Outgoing, begin: number): Promise<string[]> {
    const answer = await client.DescribeSendRecordList({
      SmsSdkAppId: sms.appId,
      PhoneNumber: message.to,
      BeginTime: begin,
      Limit: MAX_RECORDS,
    });
    return (answer.SendRecordSet ?? [])
      .filter((one) => one.SendStatus !== REJECTED && Number(one.SendTime) <= begin + SKEW_S + TAKEN_WITHIN_S)
      .filter((one) => !one.Content || looksLike(one.Content, message.body))
      .flatMap((one) => one.SerialNo || []);
  }

  /** What the network has reported of this number; older accounts have no send records. */
  async function fromReports(message: Outgoing, begin: number): Promise<string[]> {
    const answer = await client.PullSmsSendStatusByPhoneNumber({
      SmsSdkAppId: sms.appId,
      PhoneNumber: message.to,
      BeginTime: begin,
      Offset: 0,
      Limit: 100,
    });
    const session = sessionOf(message.key);
    // Without our own mark a report does not say which message it is about, nor when that was sent.
    return (answer.PullSmsSendStatusSet ?? [])
      .filter((one) => one.SessionContext === session)
      .flatMap((one) => one.SerialNo || []);
  }

  async function askRecord(message: Outgoing, since: number, taken: Taken): Promise<Outcome | 'not_found' | 'unsure'> {
    const begin = Math.floor(since / 1000) - SKEW_S;
    let unsure = false;
    for (const look of [fromRecords, fromReports]) {
      try {
        const refs = await look(message, begin);
        const others = await taken(refs);
        // Newest first; the attempt's own is the oldest that nobody else has.
        const ref = refs.filter((one) => !others.has(one)).at(-1);
        if (ref !== undefined) return { kind: 'sent', ref };
      } catch (error) {
        // An account that may not ask will never know: then a second text is better than none.
        unsure ||= outcomeOfError(error).kind !== 'refused';
      }
    }
    return unsure ? 'unsure' : 'not_found';
  }

  const { longestMs, close } = settings;
  return { id: 'sms', provider, longestMs, send, askRecord, close };
}
