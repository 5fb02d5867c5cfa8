import { z } from 'zod';
import { type PushConfig, pushConfig, pushEnv } from '../runtime/push';
import { ConfigError, readEnv, sharedConfig, type SharedConfig, sharedEnv } from '../runtime/env';
import { storageConfig, type StorageConfig, storageEnv } from '../runtime/storage-env';

/** What the API is told by environment variables, read and checked once. */
export interface ApiConfig extends SharedConfig {
  host: string;
  port: number;
  /** Where people reach us; no slash at the end. */
  publicUrl: string;
  authSecret: string;
  /** The unguessable part of /carrier/tencent/{secret}/… */
  carrierSecret: string;
  /** That of the second provider's callbacks; absent: it has no address of its own. */
  carrier2Secret?: string;
  /** Proxies in front of us whose X-Forwarded-For we believe: addresses, networks, or names such as loopback. */
  trustProxy: string[];
  /** Requests a minute from one address or caller. */
  ratePerMinute: number;
  /** Are second factors demanded where policies/sign-in.yaml says so? Not in the sandbox, whose passwords are on the screen. */
  demandSecondFactor: boolean;
  /** Certificate and key in PEM: we end TLS ourselves. Absent: a proxy in front does. */
  tls?: { cert: string; key: string };
  /** Where Temporal's pages are, which may ask for payloads to be opened; absent: nowhere. */
  temporalUiOrigin?: string | undefined;
  /** Where attachments are stored. */
  storage: StorageConfig;
  /** Absent: no push. */
  push?: PushConfig;
  /** Only in the sandbox. */
  sandbox?: SandboxSetting;
}

export interface SandboxSetting {
  /** Address of the carrier double. */
  carrierUrl: string;
  /** Where the made-up sign-ins are kept. */
  accountsFile: string;
}

const filled = z.string().min(1);
const secret = z.string().regex(/^[A-Za-z0-9_-]{16,}$/, 'must be at least 16 letters, digits, - or _');
const pem = z.string().regex(/^-----BEGIN /, 'must be PEM; TLS_CERT_FILE and TLS_KEY_FILE name files');
const USUAL_RATE = 600;
/** A test harness on one address is not an attack. */
const SANDBOX_RATE = 1_000_000;

const Env = z.object({
  ...sharedEnv,
  ...pushEnv,
  ...storageEnv,
  HOST: filled.default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  AUTH_SECRET: z.string().min(32, 'must have at least 32 characters'),
  CARRIER_SECRET: secret,
  CARRIER2_SECRET: secret.optional(),
  TEMPORAL_UI_ORIGIN: z
    .url({ protocol: /^https?$/ })
    .refine((text) => new URL(text).origin === text, 'must be an origin such as https://temporal.example.cn')
    .optional(),
  TRUST_PROXY: z.string().default(''),
  RATE_PER_MINUTE: z.coerce.number().int().min(1).optional(),
  TLS_CERT: pem.optional(),
  TLS_KEY: pem.optional(),
  SANDBOX: z.enum(['0', '1']).default('0'),
  SANDBOX_CARRIER_URL: z.url({ protocol: /^http$/ }).optional(),
  SANDBOX_ACCOUNTS_FILE: filled.optional(),
});

function sandboxOf(e: z.infer<typeof Env>): SandboxSetting | undefined {
  if (e.SANDBOX !== '1') return undefined;
  const { SANDBOX_CARRIER_URL: carrierUrl, SANDBOX_ACCOUNTS_FILE: accountsFile } = e;
  if (carrierUrl && accountsFile) return { carrierUrl: carrierUrl.replace(/\/+$/, ''), accountsFile };
  throw new ConfigError('configuration: SANDBOX=1 needs SANDBOX_CARRIER_URL and SANDBOX_ACCOUNTS_FILE');
}

function tlsOf(e: z.infer<typeof Env>): ApiConfig['tls'] {
  const { TLS_CERT: cert, TLS_KEY: key } = e;
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) throw new ConfigError('configuration: TLS_CERT and TLS_KEY go together');
  return { cert, key };
}

/** @throws ConfigError naming every variable that is missing or wrong */
export function readConfig(env: NodeJS.ProcessEnv): ApiConfig {
  const e = readEnv(Env, env);
  const sandbox = sandboxOf(e);
  return {
    ...sharedConfig(e),
    push: pushConfig(e),
    storage: storageConfig(e),
    host: e.HOST,
    port: e.PORT,
    publicUrl: e.PUBLIC_URL ?? `http://127.0.0.1:${e.PORT}`,
    authSecret: e.AUTH_SECRET,
    carrierSecret: e.CARRIER_SECRET,
    carrier2Secret: e.CARRIER2_SECRET,
    temporalUiOrigin: e.TEMPORAL_UI_ORIGIN,
    trustProxy: e.TRUST_PROXY.split(',').flatMap((one) => one.trim() || []),
    ratePerMinute: e.RATE_PER_MINUTE ?? (sandbox ? SANDBOX_RATE : USUAL_RATE),
    demandSecondFactor: sandbox === undefined,
    tls: tlsOf(e),
    sandbox,
  };
}
