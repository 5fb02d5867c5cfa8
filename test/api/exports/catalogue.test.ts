/** What an export of a station holds: every table is either in it or left behind for a reason, and every field is described. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../../../sandbox/config';
import { type Db, openDb } from '../../../store/db';
import { KINDS, LEFT_BEHIND } from '../../../store/exchange/catalogue';
import { aboutStation, columnsOf, fieldsOf, readKind } from '../../../store/exchange/rows';
import { infra, type TestDatabase } from '../../support/infra';

let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await (await infra()).createDatabase();
  db = openDb(database.url, 2);
}, 600_000);
afterAll(async () => {
  await db?.$disconnect();
  await database?.drop();
});

test('every table leaves or stays behind for a reason, and none does both', async () => {
  const rows = await db.$queryRaw<{ name: string }[]>`
    SELECT table_name AS name FROM information_schema.tables
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> '_prisma_migrations'`;
  const tables = rows.map(({ name }) => name).sort();
  const known = [...KINDS.map(({ table }) => table), ...Object.keys(LEFT_BEHIND)].sort();
  expect(known).toEqual(tables);
});

test('each kind names columns that there are, and can be read', async () => {
  await db.$transaction(async (tx) => {
    await aboutStation(tx, 'nowhere');
    for (const kind of KINDS) {
      const all = await columnsOf(tx, { table: kind.table });
      for (const name of [...(kind.without ?? []), ...(kind.sealed ?? [])])
        expect([kind.name, all]).toEqual([kind.name, expect.arrayContaining([name])]);
      const lines: unknown[] = [];
      for await (const page of readKind(tx, kind)) lines.push(...page);
      if (kind.name !== 'counters') expect([kind.name, lines]).toEqual([kind.name, []]);
    }
  });
  await expect(db.$transaction((tx) => aboutStation(tx, "x' OR true --"))).rejects.toThrow(RangeError);
});

test('docs/export.md describes each file with each of its fields, and no other', async () => {
  const text = readFileSync(join(PROJECT, 'docs/export.md'), 'utf8');
  const described = new Map(
    text
      .split(/^### /m)
      .slice(1)
      .map((part): [string, string[]] => [
        part.split('\n', 1)[0] ?? '',
        [...part.matchAll(/^\| `(\w+)`/gm)].map(([, field = '']) => field),
      ]),
  );
  for (const kind of KINDS) {
    const fields = await fieldsOf(db, kind);
    expect([kind.name, described.get(`${kind.name}.jsonl`)?.sort()]).toEqual([kind.name, fields.sort()]);
  }
});
