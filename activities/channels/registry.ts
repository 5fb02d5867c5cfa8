import type { Channels } from './channel';
import type { ChannelsConfig } from './config';
import { createMail } from './mail';
import { createTencentSms } from './tencent-sms';
import { createTencentVoice } from './tencent-voice';

/** Every way to reach people, one line each. */
export const createChannels = (config: ChannelsConfig): Channels => ({
  sms: createTencentSms(config.tencent, config.sms),
  voice: createTencentVoice(config.tencent, config.voice),
  email: createMail(config.mail),
});
