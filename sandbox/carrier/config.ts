import { z } from 'zod';

/** Everything the carrier double needs to know; addresses are on 127.0.0.1, port 0 means any free one. */
export interface CarrierConfig {
  carrierPort: number;
  smtpPort: number;
  dataDir: string;
  secretId: string;
  secretKey: string;
  smsAppId: string;
  smsSign: string;
  vmsAppId: string;
  /** The unguessable part of the callback addresses. */
  carrierSecret: string;
  /** Address of the API that receives the pushes, without a slash at the end. */
  callbackBase: string;
  textsFile: string;
  logLevel: string;
  /** How the carrier and the network behave in time; tests shorten these. */
  timing: Timing;
}

/** All in milliseconds. Tencent publishes none of them, except that a failed push is tried two more times. */
export interface Timing {
  /** From accepting a message to the receipt. */
  receiptDelay: number;
  /** What a late receipt adds to that, so that it overtakes nothing and is overtaken by others. */
  lateReceiptDelay: number;
  /** Pauses before the second and the third try of a push. */
  pushRetries: readonly number[];
  /** How long a push waits for its answer. */
  pushTimeout: number;
  /** How late the answer comes in mode slow: longer than a client with a limit of 5 s waits. */
  slowAnswer: number;
}

/** Delays close to what a user of the real carrier sees, save that waits of minutes are shortened to seconds. */
export const DEFAULT_TIMING: Timing = {
  receiptDelay: 200,
  lateReceiptDelay: 5_000,
  pushRetries: [1_000, 3_000],
  pushTimeout: 5_000,
  slowAnswer: 8_000,
};

const port = z.coerce.number().int().min(0).max(65_535);
const filled = z.string().min(1);

const Env = z.object({
  CARRIER_PORT: port.default(0),
  SMTP_PORT: port.default(0),
  CARRIER_DATA_DIR: filled,
  TENCENT_SECRET_ID: filled,
  TENCENT_SECRET_KEY: filled,
  TENCENT_SMS_APP_ID: filled,
  TENCENT_SMS_SIGN: z
    .string()
    .regex(/^[\p{Script=Han}A-Za-z0-9]{2,12}$/u, 'a signature has 2 to 12 Chinese characters, letters or digits'),
  TENCENT_VMS_APP_ID: filled,
  CARRIER_SECRET: z.string().regex(/^[A-Za-z0-9_-]{8,}$/, 'at least 8 letters, digits, - or _'),
  CALLBACK_BASE: z.url({ protocol: /^https?$/ }),
  TEXTS_FILE: filled,
  CARRIER_RECEIPT_DELAY_MS: z.coerce.number().int().min(0).max(60_000).default(DEFAULT_TIMING.receiptDelay),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
});

/** Thrown when the environment or a file it names cannot be used; the message says which setting and why. */
export class CarrierConfigError extends Error {
  override readonly name = 'CarrierConfigError';
}

/**
 * Reads the carrier's settings from the environment.
 * @throws CarrierConfigError naming every variable that is missing or wrong, never its value.
 */
export function readConfig(env: NodeJS.ProcessEnv): CarrierConfig {
  const parsed = Env.safeParse(env);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new CarrierConfigError(`carrier settings: ${problems.join('; ')}`);
  }
  const e = parsed.data;
  return {
    carrierPort: e.CARRIER_PORT,
    smtpPort: e.SMTP_PORT,
    dataDir: e.CARRIER_DATA_DIR,
    secretId: e.TENCENT_SECRET_ID,
    secretKey: e.TENCENT_SECRET_KEY,
    smsAppId: e.TENCENT_SMS_APP_ID,
    smsSign: e.TENCENT_SMS_SIGN,
    vmsAppId: e.TENCENT_VMS_APP_ID,
    carrierSecret: e.CARRIER_SECRET,
    callbackBase: e.CALLBACK_BASE.replace(/\/+$/, ''),
    textsFile: e.TEXTS_FILE,
    logLevel: e.LOG_LEVEL,
    timing: { ...DEFAULT_TIMING, receiptDelay: e.CARRIER_RECEIPT_DELAY_MS },
  };
}
