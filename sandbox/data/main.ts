import { z } from 'zod';
import { createAuth } from '../../api/auth/auth';
import { readEnv, sharedEnv } from '../../runtime/env';
import { createLogger } from '../../runtime/log';
import { couldNotStart } from '../../runtime/process';
import { openDb } from '../../store/db';
import { keyRing } from '../../store/keys';
import { createRobots } from '../../store/robots';
import { readAccounts, writeAccounts } from './accounts';
import { loadMadeUpData } from './load';
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

/** Loads the made-up data and writes the sign-ins; a second run changes nothing. @throws ConfigError */
async function main(env: NodeJS.ProcessEnv): Promise<void> {
  const e = readEnv(Env, env);
  const accountsFile = e.SANDBOX_ACCOUNTS_FILE;
  const db = openDb(e.DATABASE_URL);
  try {
    const auth = createAuth({ db, secret: e.AUTH_SECRET, publicUrl: e.PUBLIC_URL, signInsPerMinute: 1 });
    writeAccounts(accountsFile, await loadMadeUpData({ db, auth, kept: readAccounts(accountsFile) }));
    await loadRobots(db, createRobots(keyRing(e.VAULT_KEY)));
  } finally {
    await db.$disconnect();
  }
}

if (require.main === module) {
  const log = createLogger(process.env['LOG_LEVEL'] ?? 'info', 'data');
  main(process.env).catch((error: unknown) => couldNotStart(log, error));
}
