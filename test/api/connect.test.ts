/** A connection of one's own for one piece of work, and a server that goes away under it. */
import { connected } from '../../sandbox/parts/connect';
import { infra, type TestDatabase } from '../support/infra';

let database: TestDatabase;
beforeAll(async () => {
  database = await (await infra()).createDatabase();
}, 900_000);
afterAll(() => database?.drop());

const open = (url: string) =>
  connected(url, async (client) => {
    const { rows } = await client.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    return rows[0]?.n;
  });

test('answers with what the work answers, and closes the connection', async () => {
  expect(await connected(database.url, async (client) => (await client.query('SELECT 7 AS n')).rows)).toEqual([
    { n: 7 },
  ]);
  expect(await open(database.url)).toBe(0);
});

// Jest fails a test in which anything is thrown that nobody catches.
test('a server that ends the connection fails the question, and not the process', async () => {
  const cut = connected(database.url, (client) => client.query('SELECT pg_terminate_backend(pg_backend_pid())'));
  await expect(cut).rejects.toThrow(/terminat/);
});
