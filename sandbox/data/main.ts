import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { createAuth } from '../../api/auth/auth';
import { readEnv, sharedEnv } from '../../runtime/env';
import { createLogger } from '../../runtime/log';
import { couldNotStart } from '../../runtime/process';
import { type Db, openDb } from '../../store/db';
import { eraseAgain } from '../../store/erasures';
import { keyRing } from '../../store/keys';
import { createRobots } from '../../store/robots';
import { createVault } from '../../store/vault';
import { ERASED_FILE } from '../config';
import { readAccounts, writeAccounts } from './accounts';
import { loadMadeUpData } from './load';
import { PEOPLE } from './people';
import { loadRobots } from './robots';

/** The servers beside the database need not be there yet. */
const Env = z.object({
  DATABASE_URL: sharedEnv.DATABASE_URL,
  PUBLIC_URL: sharedEnv.PUBLIC_URL.unwrap(),
  AUTH_SECRET: z.string().min(32),
  VAULT_KEY: sharedEnv.VAULT_KEY,
  SANDBOX: z.literal('1', 'made-up data are for the sandbox alone'),
  SANDBOX_ACCOUNTS_FILE: z.string().min(1),
});

const PATIENCE_MS = 60_000;

/** A restored backup holds keys that were destroyed since it was made: destroyed again before anybody can look. */
async function eraseListed(db: Db, vaultKey: string, list: string): Promise<void> {
  if (!existsSync(list)) return;
  const ids = readFileSync(list, 'utf8')
    .split('\n')
    .flatMap((line) => line.trim() || []);
  await eraseAgain(db, createVault({ db, keys: keyRing(vaultKey) }), ids);
  rmSync(list);
}

/** Loads the made-up data and writes the sign-ins; a second run changes nothing. @throws ConfigError */
async function main(env: NodeJS.ProcessEnv): Promise<void> {
  const e = readEnv(Env, env);
  const accountsFile = e.SANDBOX_ACCOUNTS_FILE;
  // Passwords are slow on purpose, and ten of them at once keep a busy machine from everything else.
  const db = openDb(e.DATABASE_URL, PEOPLE.length, PATIENCE_MS);
  try {
    const auth = createAuth({ db, secret: e.AUTH_SECRET, publicUrl: e.PUBLIC_URL, signInsPerMinute: 1 });
    writeAccounts(accountsFile, await loadMadeUpData({ db, auth, kept: readAccounts(accountsFile) }));
    await loadRobots(db, createRobots(keyRing(e.VAULT_KEY)));
    await eraseListed(db, e.VAULT_KEY, join(dirname(accountsFile), ERASED_FILE));
  } finally {
    await db.$disconnect();
  }
}

if (require.main === module) {
  const log = createLogger(process.env['LOG_LEVEL'] ?? 'info', 'data');
  main(process.env).catch((error: unknown) => couldNotStart(log, error));
}
