// node --experimental-wasm-modules scripts/migration-sql.mjs [OLD_SCHEMA] > prisma/migrations/<name>/migration.sql
// The SQL that leads from an older schema file (or from nothing) to prisma/schema.prisma, to start a migration from.
import { readFileSync } from 'node:fs';
import { SchemaEngine } from '@prisma/schema-engine-wasm';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
const factory = bindMigrationAwareSqlAdapterFactory(new PrismaPg({ connectionString: process.env.DATABASE_URL }));
const file = (p) => ({ files: [{ path: 'schema.prisma', content: p ? readFileSync(p, 'utf8') : '' }], configDir: '.' });
const engine = await SchemaEngine.new(
  { datamodels: [['schema.prisma', readFileSync('prisma/schema.prisma', 'utf8')]] },
  () => {},
  factory,
);
const r = await engine.diff({
  from: process.argv[2] ? { tag: 'schemaDatamodel', ...file(process.argv[2]) } : { tag: 'empty' },
  to: { tag: 'schemaDatamodel', ...file('prisma/schema.prisma') },
  script: true,
  shadowDatabaseUrl: null,
  exitCode: null,
  filters: { externalTables: [], externalEnums: [] },
});
process.stdout.write(r.stdout ?? JSON.stringify(r));
process.exit(0);
