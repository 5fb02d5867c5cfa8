import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../config';
import { partFailed } from '../failures';
import { connected } from './connect';
import { accountsFile, DIST, environment, logFileOf, type Setting } from './node-parts';
import { APPLICATION } from './postgres';
import { lastLine, run } from './run';

const MIGRATIONS = join(PROJECT, 'prisma/migrations');

async function runToEnd(name: string, args: string[], setting: Setting): Promise<void> {
  const logFile = logFileOf(setting.dataDir, name);
  const { code, output } = await run(process.execPath, args, { cwd: PROJECT, env: environment(setting), logFile });
  if (code !== 0) throw partFailed(name, lastLine(output) || `exit ${code}`, logFile);
}

/** Brings the application's database to the schema of this version, and the application's role to its rights. Throws PartFailed. */
export function migrate(setting: Setting): Promise<void> {
  const { ownerUrl, env } = setting;
  const asOwner = ownerUrl === undefined ? {} : { DATABASE_URL: ownerUrl, APP_ROLE: APPLICATION };
  const args = ['--experimental-wasm-modules', join(PROJECT, 'scripts/migrate.mjs')];
  return runToEnd('migrate', args, { ...setting, env: { ...env, ...asOwner } });
}

/** Loads made-up stations, staff and partners where they are not there yet, and writes the sign-ins. Throws PartFailed. */
export function loadData(setting: Setting): Promise<void> {
  return runToEnd('data', ['--enable-source-maps', join(DIST, 'sandbox/data/main.js')], setting);
}

/** Does the application's role have what it needs? A migration that was cut short may not have come so far. */
const RIGHTS = `SELECT has_table_privilege('${APPLICATION}', 'events', 'INSERT') AS granted`;

/** Whether a migration of this version, or what the application's role may do, is not in the database yet. */
async function isMigrationPending({ ownerUrl, databaseUrl }: Setting): Promise<boolean> {
  const wanted = readdirSync(MIGRATIONS, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return connected(ownerUrl ?? databaseUrl, async (client) => {
    const { rows: tables } = await client.query<{ found: string | null }>(
      `SELECT to_regclass('_prisma_migrations') AS found`,
    );
    if (tables[0]?.found == null) return true;
    const { rows } = await client.query<{ name: string }>(
      'SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
    );
    const applied = new Set(rows.map(({ name }) => name));
    if (wanted.some(({ name }) => !applied.has(name))) return true;
    if (ownerUrl === undefined) return false;
    return !(await client.query<{ granted: boolean }>(RIGHTS)).rows[0]?.granted;
  });
}

/** What the data were loaded for: this database, this build. */
function loadMark({ databaseUrl }: Setting): string {
  const build = join(DIST, '.stamp');
  return createHash('sha256')
    .update(databaseUrl)
    .update(existsSync(build) ? readFileSync(build) : '')
    .digest('hex');
}

/** Migrates and loads the made-up data; when both were done before, two processes are spared and the start is quick. */
export async function prepareData(setting: Setting): Promise<void> {
  const markFile = join(setting.dataDir, 'data-loaded');
  const mark = loadMark(setting);
  const pending = await isMigrationPending(setting);
  if (pending) await migrate(setting);
  const loaded = existsSync(markFile) && existsSync(accountsFile(setting.dataDir));
  if (!pending && loaded && readFileSync(markFile, 'utf8') === mark) return;
  await loadData(setting);
  writeFileSync(markFile, mark);
}
