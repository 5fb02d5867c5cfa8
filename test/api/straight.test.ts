/** Statements that go past Prisma come back as they would through it. */
import { Prisma } from '../../prisma/generated/client';
import type { Db, Tx } from '../../store/db';
import { startTestApi, type TestApi } from '../support/api';

let t: TestApi;
let db: Db;
beforeAll(async () => {
  t = await startTestApi();
  ({ db } = t.api.deps);
}, 600_000);
afterAll(() => t?.close());

const AT = new Date('2026-03-01T23:59:59.123+08:00');

/** The same statement outside a transaction (past Prisma) and inside one (through it). */
async function bothWays<T>(ask: (tx: Tx) => Promise<T>): Promise<[T, T]> {
  return [await ask(db), await db.$transaction((tx) => ask(tx))];
}

test('every type that our statements answer with is the same both ways', async () => {
  const [past, through] = await bothWays(
    (tx) => tx.$queryRaw<Record<string, unknown>[]>`
      SELECT 7::int AS i, 7::bigint AS big, 7.25::double precision AS d, 12.50::numeric AS n, true AS yes, NULL::text AS nothing,
        '守望' AS words, ${AT}::timestamptz AS at, ${AT}::timestamptz AT TIME ZONE 'UTC' AS bare, '2026-03-01'::date AS day,
        '{"a":[1,{"b":null}]}'::jsonb AS doc, '[1,2]'::json AS list, ARRAY['一','二'] AS texts, ARRAY[1,2] AS ints,
        '\xDEADBEEF'::bytea AS bytes, '6f1b2c3d-0000-4000-8000-000000000000'::uuid AS id, 'x'::name AS name`,
  );
  expect(past.map((row) => ({ ...row, bytes: [...(row['bytes'] as Uint8Array)] }))).toEqual(
    through.map((row) => ({ ...row, bytes: [...(row['bytes'] as Uint8Array)] })),
  );
  expect(past[0]).toMatchObject({ i: 7, big: 7n, at: AT, words: '守望', doc: { a: [1, { b: null }] } });
});

test('every parameter that we give arrives as the same both ways', async () => {
  const given = [
    1,
    2.5,
    true,
    null,
    '一',
    AT,
    9_007_199_254_740_993n,
    ['一', '二"'],
    ['a', null],
    new Uint8Array([0, 255]),
  ];
  const [past, through] = await bothWays(
    (tx) => tx.$queryRaw`
      SELECT ${given[0]}::int AS a, ${given[1]}::float8 AS b, ${given[2]}::boolean AS c, ${given[3]}::text AS d, ${given[4]}::text AS e,
        ${given[5]}::timestamptz AS f, ${given[6]}::bigint AS g, ${given[7]}::text[] AS h, ${given[8]}::text[] AS i,
        encode(${given[9]}::bytea, 'hex') AS j`,
  );
  expect(past).toEqual(through);
  expect(past).toMatchObject([{ g: 9_007_199_254_740_993n, h: ['一', '二"'], i: ['a', null], j: '00ff' }]);
});

test('a composed statement, the number of rows, and a failure with its code', async () => {
  const of = Prisma.sql`id = ANY(${['xinhua', 'donghu']})`;
  const [past, through] = await bothWays((tx) =>
    tx.$queryRaw(Prisma.sql`SELECT id FROM stations WHERE ${of} ORDER BY id`),
  );
  expect(past).toEqual(through);
  expect(past).toEqual([{ id: 'donghu' }, { id: 'xinhua' }]);
  expect(await db.$executeRaw`UPDATE stations SET name = name WHERE id = ${'xinhua'}`).toBe(1);
  expect(await db.$executeRaw`UPDATE stations SET name = name WHERE id = ${'nobody'}`).toBe(0);
  await expect(db.$queryRaw`SELECT 1 / ${0}::int`).rejects.toMatchObject({ code: '22012' });
});

test('what is asked for in a transaction is part of it', async () => {
  const undone = db.$transaction(async (tx) => {
    await tx.$executeRaw`UPDATE stations SET name = 'undone' WHERE id = 'xinhua'`;
    throw new Error('back');
  });
  await expect(undone).rejects.toThrow('back');
  expect(await db.$queryRaw`SELECT name FROM stations WHERE name = 'undone'`).toEqual([]);
});
