import { z } from 'zod';
import { ConfigError } from '../../runtime/env';
import type { RobotSetting } from './robot';

/** Tencent Cloud's credentials and how to speak to it. */
export interface TencentConfig {
  secretId: string;
  secretKey: string;
  region: string;
  protocol: 'http' | 'https';
  /** How long a call may take, in seconds; the SDK may take twice that, for headers and body. */
  timeoutSeconds: number;
}

export interface SmsConfig {
  endpoint: string;
  appId: string;
  sign: string;
}

export interface VoiceConfig {
  endpoint: string;
  appId: string;
}

export interface MailConfig {
  /** smtp:// or smtps://, with user and password where there are any. */
  url: string;
  from: string;
  /** For connecting, the greeting and each answer, in milliseconds. */
  timeoutMs: number;
}

/** Providers that take over when the first of their channel is down; each is there or not. */
export interface SecondConfig {
  sms?: SmsConfig & { tencent: TencentConfig };
  voice?: VoiceConfig & { tencent: TencentConfig };
  mail?: MailConfig;
}

export interface ChannelsConfig {
  tencent: TencentConfig;
  sms: SmsConfig;
  voice: VoiceConfig;
  mail: MailConfig;
  second?: SecondConfig;
  robots: { wecom: RobotSetting; dingtalk: RobotSetting };
}

const filled = z.string().min(1);
/** A mail's field: a line break in it would begin another. */
const oneLine = filled.regex(/^[^\r\n\0]+$/, 'must be one line');
const host = z.url({ protocol: /^https?$/ }).transform((text) => text.replace(/\/+$/, ''));

/** Variables of a second account at Tencent, or at whoever speaks its API. */
const second = {
  SMS2_SECRET_ID: filled.optional(),
  SMS2_SECRET_KEY: filled.optional(),
  SMS2_APP_ID: filled.optional(),
  SMS2_SIGN: filled.optional(),
  SMS2_REGION: filled.optional(),
  SMS2_ENDPOINT: filled.default('sms.tencentcloudapi.com'),
  SMS2_PROTOCOL: z.enum(['http', 'https']).default('https'),
  VOICE2_SECRET_ID: filled.optional(),
  VOICE2_SECRET_KEY: filled.optional(),
  VOICE2_APP_ID: filled.optional(),
  VOICE2_REGION: filled.optional(),
  VOICE2_ENDPOINT: filled.default('vms.tencentcloudapi.com'),
  VOICE2_PROTOCOL: z.enum(['http', 'https']).default('https'),
  SMTP2_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  MAIL2_FROM: oneLine.optional(),
};

/** The variables of the environment that channels need; part of the configuration of every process that sends. */
export const channelsEnv = z.object({
  TENCENT_SECRET_ID: filled,
  TENCENT_SECRET_KEY: filled,
  TENCENT_REGION: filled.default('ap-guangzhou'),
  TENCENT_PROTOCOL: z.enum(['http', 'https']).default('https'),
  TENCENT_SMS_ENDPOINT: filled.default('sms.tencentcloudapi.com'),
  TENCENT_VMS_ENDPOINT: filled.default('vms.tencentcloudapi.com'),
  TENCENT_SMS_APP_ID: filled,
  TENCENT_SMS_SIGN: filled,
  TENCENT_VMS_APP_ID: filled,
  SMTP_URL: z.url({ protocol: /^smtps?$/ }),
  MAIL_FROM: oneLine,
  ...second,
  WECOM_URL: host.default('https://qyapi.weixin.qq.com'),
  DINGTALK_URL: host.default('https://oapi.dingtalk.com'),
});
type Env = z.infer<typeof channelsEnv>;

const TENCENT_SECONDS = 5;
const MAIL_MS = 10_000;
/** With a second server both have to fit into one attempt. */
const MAIL_OF_TWO_MS = 6_000;
const ROBOT_MS = 8_000;

/** A second account is configured whole or not at all: half of one would be found out when it is needed. */
function accountOf(
  env: Env,
  names: { id: keyof Env; key: keyof Env; app: keyof Env },
): { secretId: string; secretKey: string; appId: string } | undefined {
  const { [names.id]: secretId, [names.key]: secretKey, [names.app]: appId } = env;
  if (secretId !== undefined && secretKey !== undefined && appId !== undefined) return { secretId, secretKey, appId };
  const missing = Object.values(names).filter((name) => env[name] === undefined);
  if (missing.length === Object.values(names).length) return undefined;
  throw new ConfigError(`configuration: ${missing.map((name) => `${name}: is not set`).join('; ')}`);
}

function secondConfig(env: Env): SecondConfig {
  const sms = accountOf(env, { id: 'SMS2_SECRET_ID', key: 'SMS2_SECRET_KEY', app: 'SMS2_APP_ID' });
  const voice = accountOf(env, { id: 'VOICE2_SECRET_ID', key: 'VOICE2_SECRET_KEY', app: 'VOICE2_APP_ID' });
  const timeoutSeconds = TENCENT_SECONDS;
  return {
    ...(sms && {
      sms: {
        endpoint: env.SMS2_ENDPOINT,
        appId: sms.appId,
        sign: env.SMS2_SIGN ?? env.TENCENT_SMS_SIGN,
        tencent: { ...sms, region: env.SMS2_REGION ?? env.TENCENT_REGION, protocol: env.SMS2_PROTOCOL, timeoutSeconds },
      },
    }),
    ...(voice && {
      voice: {
        endpoint: env.VOICE2_ENDPOINT,
        appId: voice.appId,
        tencent: {
          ...voice,
          region: env.VOICE2_REGION ?? env.TENCENT_REGION,
          protocol: env.VOICE2_PROTOCOL,
          timeoutSeconds,
        },
      },
    }),
    ...(env.SMTP2_URL !== undefined && {
      mail: { url: env.SMTP2_URL, from: env.MAIL2_FROM ?? env.MAIL_FROM, timeoutMs: MAIL_OF_TWO_MS },
    }),
  };
}

/** The channels' settings from checked variables. @throws ConfigError where a second account is configured by half */
export const channelsConfig = (env: Env): ChannelsConfig => ({
  tencent: {
    secretId: env.TENCENT_SECRET_ID,
    secretKey: env.TENCENT_SECRET_KEY,
    region: env.TENCENT_REGION,
    protocol: env.TENCENT_PROTOCOL,
    timeoutSeconds: TENCENT_SECONDS,
  },
  sms: { endpoint: env.TENCENT_SMS_ENDPOINT, appId: env.TENCENT_SMS_APP_ID, sign: env.TENCENT_SMS_SIGN },
  voice: { endpoint: env.TENCENT_VMS_ENDPOINT, appId: env.TENCENT_VMS_APP_ID },
  mail: {
    url: env.SMTP_URL,
    from: env.MAIL_FROM,
    timeoutMs: env.SMTP2_URL === undefined ? MAIL_MS : MAIL_OF_TWO_MS,
  },
  second: secondConfig(env),
  robots: {
    wecom: { url: env.WECOM_URL, timeoutMs: ROBOT_MS },
    dingtalk: { url: env.DINGTALK_URL, timeoutMs: ROBOT_MS },
  },
});
