/** The keys of an installation (密钥), backed up apart from its data: neither is worth anything without the other. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigError, readEnv, SECRETS } from '../../runtime/env';
import { type Db, openDb } from '../../store/db';
import { erasedSubjects } from '../../store/erasures';
import { dataDirOf, placeOf, sandboxOf } from '../place';
import { BackupFailure } from './failure';
import { type Part, readSealed, writeSealed } from './sealed-file';

const KEYS = 'keys';

/** Of a sandbox its secrets.json; of an installation the secret variables, by name. */
const Kept = z.object({
  of: z.enum(['sandbox', 'environment']),
  values: z.record(z.string(), z.string()),
  /** Subjects whose keys were destroyed (销毁清单); absent: the database did not answer. */
  erased: z.array(z.string()).optional(),
});
export type KeptKeys = z.infer<typeof Kept>;

/** @throws BackupFailure KeysMissing; CliFailure where there is no installation */
export function keysOf(env: NodeJS.ProcessEnv): KeptKeys {
  const named = Object.fromEntries(SECRETS.map((name) => [name, z.string().optional()]));
  let values: Record<string, string | undefined>;
  try {
    values = readEnv(z.object(named), env);
  } catch (error) {
    if (error instanceof ConfigError) throw new BackupFailure('KeysMissing', error.message, error.message, error);
    throw error;
  }
  if (values['VAULT_KEY'] !== undefined) {
    const known = Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
    return { of: 'environment', values: z.record(z.string(), z.string()).parse(Object.fromEntries(known)) };
  }
  const dataDir = dataDirOf(env);
  sandboxOf(dataDir);
  const stored: unknown = JSON.parse(readFileSync(join(dataDir, 'secrets.json'), 'utf8'));
  return Kept.parse({ of: 'sandbox', values: stored });
}

/** The list of destroyed keys as it stands now; undefined: the database does not answer. */
export async function erasedOf(env: NodeJS.ProcessEnv): Promise<string[] | undefined> {
  let db: Db | undefined;
  try {
    db = openDb(placeOf(env).databaseUrl, 1);
    return await erasedSubjects(db);
  } catch {
    // Whatever the reason, the keys are worth more than the list; whoever makes the backup is told.
    return undefined;
  } finally {
    await db?.$disconnect();
  }
}

/** Writes the keys’ file, sealed. */
export async function writeKeys(file: string, key: Buffer, kept: KeptKeys): Promise<void> {
  async function* parts(): AsyncGenerator<Part> {
    yield { name: 'values', bytes: Buffer.from(JSON.stringify(kept)) };
  }
  await writeSealed(file, key, KEYS, parts());
}

/** @throws BackupFailure as of readSealed */
export async function readKeys(file: string, key: Buffer): Promise<KeptKeys> {
  const bytes: Buffer[] = [];
  for await (const part of readSealed(file, key, KEYS)) bytes.push(part.bytes);
  return Kept.parse(JSON.parse(Buffer.concat(bytes).toString('utf8')));
}

/** As lines of a .env file. */
export const asEnvFile = ({ values }: KeptKeys): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}='${value.replaceAll("'", `'\\''`)}'\n`)
    .join('');
