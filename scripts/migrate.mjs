// node --experimental-wasm-modules scripts/migrate.mjs, with DATABASE_URL set: brings the database to prisma/migrations.
// --until NAME stops after that migration, as an older version would have.
// With APP_ROLE set, DATABASE_URL is the owner of the tables, and this role gets the rights that API and worker need.
// It is `prisma migrate deploy` without the engine that Prisma would download: the same engine, as WebAssembly from npm.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import { SchemaEngine } from '@prisma/schema-engine-wasm';
import pg from 'pg';
import { applyGently } from './gentle.mjs';
import { grantTo } from './grants.mjs';

const folder = fileURLToPath(new URL('../prisma/', import.meta.url));
const migrations = join(folder, 'migrations');
const read = (...path) => readFileSync(join(...path), 'utf8');

/**
 * Sends a migration to PostgreSQL by our own way (gentle.mjs). The adapter's cuts it at every semicolon, also at those inside
 * a function's body, and waits for locks for as long as it takes.
 */
class WholeScripts extends PrismaPg {
  async connect() {
    const adapter = await super.connect();
    adapter.executeScript = async (script) => {
      try {
        await applyGently(adapter.underlyingDriver(), script);
      } catch (error) {
        adapter.onError(error);
      }
    };
    return adapter;
  }
}

/** Applies what is missing, up to one by name, and answers with the names of the migrations applied now. */
async function deploy(connectionString, until) {
  const migrationDirectories = readdirSync(migrations, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
    .filter((name) => until === undefined || name <= until)
    .map((path) => ({
      path,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: read(migrations, path, 'migration.sql') } },
    }));
  const lockfile = { path: 'migration_lock.toml', content: read(migrations, 'migration_lock.toml') };
  const factory = bindMigrationAwareSqlAdapterFactory(new WholeScripts({ connectionString }));
  const datamodels = [['schema.prisma', read(folder, 'schema.prisma')]];
  const engine = await SchemaEngine.new({ datamodels }, () => undefined, factory);
  const { appliedMigrationNames } = await engine.applyMigrations({
    migrationsList: { baseDir: migrations, lockfile, shadowDbInitScript: '', migrationDirectories },
    filters: { externalTables: [], externalEnums: [] },
  });
  return appliedMigrationNames;
}

async function grant(connectionString, role) {
  const client = new pg.Client(connectionString);
  await client.connect();
  try {
    await grantTo(client, role);
  } finally {
    await client.end();
  }
}

if (!process.env.DATABASE_URL) {
  console.error('migrate: DATABASE_URL is not set');
  process.exit(1);
}
try {
  const { values } = parseArgs({ options: { until: { type: 'string' } } });
  const applied = await deploy(process.env.DATABASE_URL, values.until);
  if (process.env.APP_ROLE) await grant(process.env.DATABASE_URL, process.env.APP_ROLE);
  console.log(`migrate: ${applied.length === 0 ? 'nothing to do' : `applied ${applied.join(', ')}`}`);
  // The engine keeps its connections open.
  process.exit(0);
} catch (error) {
  // One line, so that whoever started us can repeat it. The engine's own errors carry their text in `message`.
  console.error(`migrate: ${String(error.message ?? error).replaceAll(/\s+/g, ' ')}`);
  process.exit(1);
}
