import { z } from 'zod';

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

export interface ChannelsConfig {
  tencent: TencentConfig;
  sms: SmsConfig;
  voice: VoiceConfig;
  mail: MailConfig;
}

const filled = z.string().min(1);

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
  MAIL_FROM: filled,
});

/** The channels' settings from checked variables. */
export const channelsConfig = (env: z.infer<typeof channelsEnv>): ChannelsConfig => ({
  tencent: {
    secretId: env.TENCENT_SECRET_ID,
    secretKey: env.TENCENT_SECRET_KEY,
    region: env.TENCENT_REGION,
    protocol: env.TENCENT_PROTOCOL,
    timeoutSeconds: 5,
  },
  sms: { endpoint: env.TENCENT_SMS_ENDPOINT, appId: env.TENCENT_SMS_APP_ID, sign: env.TENCENT_SMS_SIGN },
  voice: { endpoint: env.TENCENT_VMS_ENDPOINT, appId: env.TENCENT_VMS_APP_ID },
  mail: { url: env.SMTP_URL, from: env.MAIL_FROM, timeoutMs: 10_000 },
});
