import type { Channel, Channels } from './channel';
import type { ChannelsConfig, SmsConfig, TencentConfig } from './config';
import { createDingtalk } from './dingtalk';
import { createLine } from './failover';
import { createMail } from './mail';
import { createTencentSms } from './tencent-sms';
import { createTencentVoice } from './tencent-voice';
import { createWecom } from './wecom';

/** A second account has templates of its own, and may have another signature before the text. */
function secondSms({ tencent, ...sms }: SmsConfig & { tencent: TencentConfig }): Channel {
  return renamed(createTencentSms(tencent, sms, 'sms2'), (body) => body.replace(/^【[^】]*】/, `【${sms.sign}】`));
}

function renamed(channel: Channel, body: (text: string) => string): Channel {
  const { askRecord } = channel;
  const own: <T extends Parameters<Channel['send']>[0]>(message: T) => T = (message) => ({
    ...message,
    body: body(message.body),
    templateId: message.secondTemplateId ?? message.templateId,
  });
  return {
    ...channel,
    send: (message) => channel.send(own(message)),
    ...(askRecord && { askRecord: (message, since, taken) => askRecord(own(message), since, taken) }),
  };
}

/** Every way to reach people, one line each: the first provider, and a second where one is configured. */
export function createChannels({ tencent, sms, voice, mail, second = {}, robots }: ChannelsConfig): Channels {
  const { sms: sms2, voice: voice2, mail: mail2 } = second;
  return {
    sms: createLine([createTencentSms(tencent, sms), ...(sms2 ? [secondSms(sms2)] : [])]),
    voice: createLine([
      createTencentVoice(tencent, voice),
      ...(voice2 ? [renamed(createTencentVoice(voice2.tencent, voice2, 'voice2'), (body) => body)] : []),
    ]),
    email: createLine([createMail(mail), ...(mail2 ? [createMail(mail2, 'smtp2')] : [])]),
    wecom: createLine([createWecom(robots.wecom)]),
    dingtalk: createLine([createDingtalk(robots.dingtalk)]),
  };
}
