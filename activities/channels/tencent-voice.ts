/** Calls (语音通知) by Tencent Cloud VMS 2020-09-02. */
import { Client } from 'tencentcloud-sdk-nodejs/tencentcloud/services/vms/v20200902/vms_client';
import { sessionOf } from '../../store/session';
import type { Channel, Outcome, Outgoing } from './channel';
import type { TencentConfig, VoiceConfig } from './config';
import { outcomeOfError, settingsFor } from './tencent-client';

/** How often the text is read out. */
const PLAY_TIMES = 2;

/** Templates take no variables. The carrier keeps no records to ask: after an unknown outcome the person is called again. */
export function createTencentVoice(tencent: TencentConfig, voice: VoiceConfig, provider = 'voice'): Channel {
  const settings = settingsFor(tencent, voice.endpoint);
  const client = new Client(settings.client);

  async function send(message: Outgoing): Promise<Outcome> {
    if (message.templateId === undefined) return { kind: 'refused', code: 'TemplateMissing' };
    try {
      const answer = await client.SendTtsVoice({
        TemplateId: message.templateId,
        CalledNumber: message.to,
        VoiceSdkAppid: voice.appId,
        TemplateParamSet: [],
        PlayTimes: PLAY_TIMES,
        SessionContext: sessionOf(message.key),
      });
      const ref = answer.SendStatus?.CallId;
      return ref ? { kind: 'sent', ref } : { kind: 'unknown', code: 'NoCallId' };
    } catch (error) {
      return outcomeOfError(error);
    }
  }

  const { longestMs, close } = settings;
  return { id: 'voice', provider, longestMs, send, close };
}
