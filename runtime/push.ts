/** Web push (推送): the station's own key pair, by which push services know who sends. Both there, or no push at all. */
import { z } from 'zod';
import { ConfigError } from './env';

export interface PushConfig {
  publicKey: string;
  privateKey: string;
  /** Whom a push service writes to when something is wrong: mailto: or https: */
  subject: string;
  /** Push services beside the well-known ones. */
  services: string[];
}

const base64url = z.string().regex(/^[\w-]+$/, 'must be base64url');

export const pushEnv = {
  VAPID_PUBLIC_KEY: base64url.optional(),
  VAPID_PRIVATE_KEY: base64url.optional(),
  VAPID_SUBJECT: z
    .string()
    .regex(/^(mailto:.+@.+|https:\/\/.+)$/, 'must begin with mailto: or https:')
    .optional(),
  PUSH_SERVICES: z.string().default(''),
};
type Env = z.infer<z.ZodObject<typeof pushEnv>>;

/** Undefined: nobody can be pushed to. @throws ConfigError where it is configured by half */
export function pushConfig(env: Env): PushConfig | undefined {
  const { VAPID_PUBLIC_KEY: publicKey, VAPID_PRIVATE_KEY: privateKey, VAPID_SUBJECT: subject } = env;
  if (publicKey !== undefined && privateKey !== undefined && subject !== undefined) {
    const services = env.PUSH_SERVICES.split(',').flatMap((one) => one.trim() || []);
    return { publicKey, privateKey, subject, services };
  }
  const missing = (['VAPID_PUBLIC_KEY', 'VAPID_PRIVATE_KEY', 'VAPID_SUBJECT'] as const).filter((name) => !env[name]);
  if (missing.length === 3) return undefined;
  throw new ConfigError(`configuration: ${missing.map((name) => `${name}: is not set`).join('; ')}`);
}
