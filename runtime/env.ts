/** The environment that API and worker share, read and checked once at start; secrets may come from files. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { type InstallationKeys, keysOf } from './keys';
import { payloadKeys, type PayloadKeys } from './payload-codec';

/** Thrown with every variable that is missing or wrong, never with a value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const filled = z.string().min(1);
const key32 = z.base64().refine((text) => Buffer.from(text, 'base64').length === 32, 'must be the base64 of 32 bytes');
const listOf = (text = ''): string[] => text.split(',').flatMap((one) => one.trim() || []);
const keys32 = z
  .string()
  .refine(
    (text) => listOf(text).every((one) => key32.safeParse(one).success),
    'must be base64 of 32 bytes each, comma-separated',
  );
/** Variables that may come from a file instead, and are backed up with the keys. */
export const SECRETS = [
  'DATABASE_URL',
  'VAULT_KEY',
  'VAULT_KEYS_OLD',
  'LINK_KEY',
  'INDEX_KEY',
  'PAYLOAD_KEYS',
  'AUTH_SECRET',
  'TENCENT_SECRET_ID',
  'TENCENT_SECRET_KEY',
  'CARRIER_SECRET',
  'CARRIER2_SECRET',
  'SMTP_URL',
  'HEARTBEAT_URL',
  'SMS2_SECRET_ID',
  'SMS2_SECRET_KEY',
  'VOICE2_SECRET_ID',
  'VOICE2_SECRET_KEY',
  'SMTP2_URL',
  'TLS_CERT',
  'TLS_KEY',
  'VAPID_PRIVATE_KEY',
  'S3_ACCESS_KEY_ID',
  'S3_SECRET_ACCESS_KEY',
];

/** An http(s) address without a slash at its end. */
export const address = (protocol: RegExp) => z.url({ protocol }).transform((text) => text.replace(/\/+$/, ''));

export const sharedEnv = {
  PUBLIC_URL: address(/^https?$/).optional(),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  TEMPORAL_ADDRESS: filled,
  TEMPORAL_NAMESPACE: filled.default('shouwang'),
  TEMPORAL_TASK_QUEUE: filled.default('shouwang'),
  VAULT_KEY: key32,
  VAULT_KEYS_OLD: keys32.optional(),
  LINK_KEY: key32.optional(),
  INDEX_KEY: key32.optional(),
  PAYLOAD_KEYS: keys32.optional(),
  POLICIES_DIR: filled.default('./policies'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
};

type Shared = z.infer<z.ZodObject<typeof sharedEnv>>;

/** What both processes work with. */
export interface SharedConfig {
  databaseUrl: string;
  temporal: { address: string; namespace: string; taskQueue: string };
  /** Base64 of 32 bytes: the vault's key-encryption key. */
  vaultKey: string;
  /** Further key-encryption keys that open what they wrapped. */
  vaultKeysOld?: readonly string[];
  /** What links derive from, and blind indexes; absent: VAULT_KEY. */
  linkKey?: string | undefined;
  indexKey?: string | undefined;
  /** What payloads of workflows are encrypted with. */
  payloadKeys: PayloadKeys;
  policiesDir: string;
  logLevel: string;
}

/** What must stand on its own before VAULT_KEY is replaced: it would change with it. */
const SEPARATE = ['LINK_KEY', 'INDEX_KEY', 'PAYLOAD_KEYS'] as const;

/** @throws ConfigError where another VAULT_KEY is known and something still derives from it */
function mustBeSeparate(e: Shared): void {
  const derived = e.VAULT_KEYS_OLD === undefined ? [] : SEPARATE.filter((name) => e[name] === undefined);
  if (derived.length > 0)
    throw new ConfigError(
      `configuration: ${derived.join(', ')} still derive from VAULT_KEY: npm run keys -- separate, before there is a second one`,
    );
}

/** Every key by its purpose. */
export const installationKeys = (config: SharedConfig): InstallationKeys => keysOf(config);

/** @throws ConfigError */
export const sharedConfig = (e: Shared): SharedConfig => {
  mustBeSeparate(e);
  return {
    databaseUrl: e.DATABASE_URL,
    temporal: { address: e.TEMPORAL_ADDRESS, namespace: e.TEMPORAL_NAMESPACE, taskQueue: e.TEMPORAL_TASK_QUEUE },
    vaultKey: e.VAULT_KEY,
    vaultKeysOld: listOf(e.VAULT_KEYS_OLD),
    linkKey: e.LINK_KEY,
    indexKey: e.INDEX_KEY,
    payloadKeys: payloadKeys(e.VAULT_KEY, e.PAYLOAD_KEYS),
    policiesDir: resolve(e.POLICIES_DIR),
    logLevel: e.LOG_LEVEL,
  };
};

/** NAME_FILE names a file that holds the secret NAME, as container platforms hand secrets over. */
function withSecretFiles(env: NodeJS.ProcessEnv, problems: string[]): NodeJS.ProcessEnv {
  const found: NodeJS.ProcessEnv = { ...env };
  for (const name of SECRETS) {
    const file = env[`${name}_FILE`];
    if (!file || env[name]) continue;
    if (existsSync(file)) found[name] = readFileSync(file, 'utf8').trim();
    else problems.push(`${name}_FILE: there is no such file`);
  }
  return found;
}

/** An empty variable counts as not set, as in compose files. */
const filledOnly = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));

/** @throws ConfigError naming every variable that is missing or wrong, never a value */
export function readEnv<T extends z.ZodType>(schema: T, env: NodeJS.ProcessEnv): z.output<T> {
  const problems: string[] = [];
  const parsed = schema.safeParse(withSecretFiles(filledOnly(env), problems), { reportInput: true });
  for (const issue of parsed.error?.issues ?? [])
    problems.push(`${issue.path.join('.')}: ${issue.input === undefined ? 'is not set' : issue.message}`);
  if (!parsed.success || problems.length > 0) throw new ConfigError(`configuration: ${problems.join('; ')}`);
  return parsed.data;
}
