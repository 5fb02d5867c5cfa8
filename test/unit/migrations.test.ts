/** No migration goes out that would hold a full table for long, or take away what the version before still reads. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../../sandbox/config';
import { concurrentStatements } from '../../scripts/gentle.mjs';
import { faultsOf } from '../../scripts/migration-rule.mjs';

const FOLDER = join(PROJECT, 'prisma/migrations');
const names = readdirSync(FOLDER, { withFileTypes: true }).flatMap((one) => (one.isDirectory() ? [one.name] : []));
const sqlOf = (name: string): string => readFileSync(join(FOLDER, name, 'migration.sql'), 'utf8');

test.each(names)('%s keeps the rule', (name) => {
  expect(faultsOf(sqlOf(name))).toEqual([]);
});

test.each([
  ['ALTER TABLE "cases" ALTER COLUMN "rev" TYPE BIGINT;', 'changes a type'],
  ['ALTER TABLE "cases" ADD COLUMN "x" INTEGER GENERATED ALWAYS AS (rev + 1) STORED;', 'stored computed'],
  ['ALTER TABLE "cases" ADD COLUMN "x" TEXT NOT NULL DEFAULT gen_random_uuid();', 'for each row'],
  ['ALTER TABLE "cases" ADD COLUMN "x" TEXT NOT NULL;', 'without a default'],
  ['ALTER TABLE "cases" ALTER COLUMN "x" SET NOT NULL;', 'looks through'],
  ['ALTER TABLE "cases" ADD CONSTRAINT "c" FOREIGN KEY ("x") REFERENCES "staff"("id");', 'NOT VALID'],
  ['ALTER TABLE "cases" ADD CONSTRAINT "c" CHECK (rev > 0);', 'NOT VALID'],
  ['ALTER TABLE "cases" ADD CONSTRAINT "c" UNIQUE ("number");', 'under the lock'],
  ['ALTER TABLE "cases" DROP COLUMN "rev";', 'takes away'],
  ['-- first\nUPDATE "cases"\n SET "rev" = 1;', 'in portions'],
  ['LOCK TABLE cases;', 'holds the table'],
  ['CREATE INDEX ON cases (rev);', 'built ahead'],
  ['CREATE INDEX CONCURRENTLY IF NOT EXISTS "i" ON "cases"("rev");\nCREATE TABLE "t" ("id" TEXT);', 'of its own'],
])('%s is refused', (sql, why) => {
  expect(faultsOf(sql)).toEqual([expect.stringContaining(why)]);
});

test.each([
  'ALTER TABLE "cases" ADD COLUMN "x" BOOLEAN NOT NULL DEFAULT false; CREATE INDEX "i" ON "cases"("x") WHERE "x";',
  'ALTER TABLE "cases" ADD CONSTRAINT "c" CHECK (rev > 0) NOT VALID;',
  'ALTER TABLE "cases" VALIDATE CONSTRAINT "c";',
  'CREATE INDEX CONCURRENTLY IF NOT EXISTS "i" ON "cases"("rev");',
  'CREATE TABLE "t" ("id" TEXT); ALTER TABLE "t" ADD CONSTRAINT "f" FOREIGN KEY ("id") REFERENCES "cases"("id"); UPDATE t SET id = 1;',
  'CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE cases SET rev = 1; LOCK cases; RETURN NEW; END $$;',
])('%s may go out', (sql) => {
  expect(faultsOf(sql)).toEqual([]);
});

test('indexes that are built beside the running work stand alone and may be tried again', () => {
  const one = 'CREATE INDEX CONCURRENTLY IF NOT EXISTS "a" ON "cases"("rev")';
  expect(concurrentStatements(`-- why\n${one};\n${one.replace('"a"', '"b"')};`)).toHaveLength(2);
  expect(concurrentStatements(`${one}; SELECT 1;`)).toBeUndefined();
  expect(concurrentStatements('CREATE INDEX CONCURRENTLY "a" ON "cases"("rev");')).toBeUndefined();
});
