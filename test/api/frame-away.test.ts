import pg from 'pg';
import { freePorts } from '../../sandbox/ports';
import { cookiesOf, startTestApi, type TestApi } from '../support/api';
import { infra } from '../support/infra';

let t: TestApi;
beforeAll(async () => {
  const [port] = await freePorts(1);
  t = await startTestApi({
    config: { temporal: { address: `127.0.0.1:${port}`, namespace: 'none', taskQueue: 'none' } },
  });
}, 600_000);
afterAll(async () => {
  // Temporal's client goes on trying for a while; a connection closed under it would throw into the void.
  await t?.api.deps.cases.ready();
  await t?.close();
});

/** Does something while nobody can connect to the database and every connection was cut. */
async function withoutDatabase(work: () => Promise<void>): Promise<void> {
  const name = new URL(t.config.databaseUrl).pathname.slice(1);
  const other = new pg.Client((await infra()).adminUrl);
  await other.connect();
  await other.query(`ALTER DATABASE ${name} CONNECTION LIMIT 0`);
  await other.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
  try {
    await work();
  } finally {
    await other.query(`ALTER DATABASE ${name} CONNECTION LIMIT -1`);
    await other.end();
  }
}

test('without Temporal we are alive, not ready, and say what is away', async () => {
  expect((await t.ask('GET', '/healthz')).status).toBe(200);
  const reply = await t.ask('GET', '/readyz');
  expect(reply.status).toBe(503);
  expect(reply.body).toMatchObject({ ok: false, checks: { database: true, temporal: false, worker: false } });
});

test('without the database every answer is 503 with Retry-After, and afterwards everything is as before', async () => {
  const signIn = () => {
    const { username, password } = t.account('duty1');
    return t.ask('POST', '/api/auth/sign-in/username', { body: { username, password } });
  };
  const cookie = cookiesOf(await signIn());
  await withoutDatabase(async () => {
    const replies = [
      await t.ask('GET', '/api/v1/me', { as: 'duty1' }),
      await t.ask('GET', '/api/v1/me', { headers: { cookie } }),
      await t.ask('POST', '/api/v1/cases', { as: 'xinhua_worker1', body: {}, headers: { 'idempotency-key': 'away' } }),
      await signIn(),
    ];
    expect(replies.map((one) => one.status)).toEqual([503, 503, 503, 503]);
    expect(replies.every((one) => one.headers.get('retry-after') === '5')).toBe(true);
    expect((await t.ask('GET', '/readyz')).body).toMatchObject({ checks: { database: false } });
  });
  expect((await t.ask('GET', '/api/v1/me', { as: 'duty1' })).status).toBe(200);
  expect((await t.ask('GET', '/api/v1/me', { headers: { cookie } })).status).toBe(200);
});
