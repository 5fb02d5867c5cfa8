/** Which installation a command works on: that of the environment, or the sandbox in DATA_DIR. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { ConfigError, readEnv } from '../runtime/env';
import { PROJECT } from '../sandbox/config';
import { APPLICATION, postgresUrl, SUPERUSER } from '../sandbox/parts/postgres';
import { loadSecrets, type Secrets } from '../sandbox/parts/secrets';
import { type InstallationKeys, keysOf } from '../runtime/keys';
import { type KeyRing, keyRing, ringOf } from '../store/keys';
import { CliFailure } from './client';

const Ports = z.object({ postgres: z.number() });
const Given = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  VAULT_KEY: z.string().optional(),
  VAULT_KEYS_OLD: z.string().optional(),
  LINK_KEY: z.string().optional(),
  INDEX_KEY: z.string().optional(),
  PAYLOAD_KEYS: z.string().optional(),
});

/** The sandbox's folder: DATA_DIR, or `.shouwang`. */
export const dataDirOf = (env: NodeJS.ProcessEnv): string =>
  env['DATA_DIR'] ? resolve(env['DATA_DIR']) : join(PROJECT, '.shouwang');

/** What a sandbox keeps. @throws CliFailure where there is none; StartFailure DataFolderCorrupt */
export function sandboxOf(dataDir: string): { secrets: Secrets; port: number } {
  const ports = join(dataDir, 'postgres-port.json');
  if (!existsSync(join(dataDir, 'secrets.json')) || !existsSync(ports)) {
    throw new CliFailure(
      `没有 DATABASE_URL，${dataDir} 里也没有沙箱数据 · set DATABASE_URL, or DATA_DIR to the folder of a sandbox`,
    );
  }
  const { postgres: port } = Ports.parse(JSON.parse(readFileSync(ports, 'utf8')));
  return { secrets: loadSecrets(dataDir), port };
}

export interface Place {
  /** The application's database. */
  databaseUrl: string;
  /** Undefined: VAULT_KEY is not set. */
  keys: KeyRing | undefined;
  /** The same keys and all others by their purpose. */
  all: InstallationKeys | undefined;
  /** PAYLOAD_KEYS as given. */
  payloadKeys?: string | undefined;
}

/**
 * The application's database and, where VAULT_KEY is known, its keys; VAULT_KEYS_OLD holds older ones, comma-separated.
 * @throws CliFailure for a configuration that the user can mend
 */
export function placeOf(env: NodeJS.ProcessEnv): Place {
  try {
    const given = readEnv(Given, env);
    const { DATABASE_URL: databaseUrl, VAULT_KEY: vaultKey, VAULT_KEYS_OLD: older = '' } = given;
    if (databaseUrl !== undefined) {
      const vaultKeysOld = older.split(',').flatMap((one) => one.trim() || []);
      const { LINK_KEY: linkKey, INDEX_KEY: indexKey, PAYLOAD_KEYS: payloadKeys } = given;
      const all = vaultKey === undefined ? undefined : keysOf({ vaultKey, vaultKeysOld, linkKey, indexKey });
      return { databaseUrl, keys: all && ringOf(all), all, payloadKeys };
    }
  } catch (error) {
    if (error instanceof ConfigError || error instanceof RangeError) throw new CliFailure(error.message);
    throw error;
  }
  const { secrets, port } = sandboxOf(dataDirOf(env));
  return {
    databaseUrl: postgresUrl(port, APPLICATION, secrets.applicationPassword, APPLICATION),
    keys: keyRing(secrets.vaultKey),
    all: keysOf({ vaultKey: secrets.vaultKey }),
  };
}

/** The sandbox's superuser, who may copy the whole server. @throws CliFailure where there is no sandbox */
export function sandboxSuperuserUrl(dataDir: string): string {
  const { secrets, port } = sandboxOf(dataDir);
  return postgresUrl(port, SUPERUSER, secrets.postgresPassword, 'postgres');
}

/** A secret variable, or what the file holds that NAME_FILE names. @throws CliFailure where there is no such file */
export function secretOf(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const file = env[`${name}_FILE`];
  if (env[name] || !file) return env[name] || undefined;
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  throw new CliFailure(`${name}_FILE: 没有这个文件 · there is no such file`);
}
