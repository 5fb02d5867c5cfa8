/**
 * Schema migrations go forward on a full database under people who work: a hundred thousand cases at the first release's
 * schema, brought to today's, while sessions read and write that give up after waiting one second for a lock.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { PROJECT } from '../../sandbox/config';
import { applyGently } from '../../scripts/gentle.mjs';
import { infra } from '../support/infra';
import { eventually } from '../support/system';

const run = promisify(execFile);
const FIRST = '20261123000000_house';
const CASES = 100_000;
const PATIENCE = '1s';
/** lock_not_available */
const GAVE_UP = '55P03';

const FILL = `
INSERT INTO stations (id, name) SELECT 'st-' || n, '测试站' || n FROM generate_series(0, 19) n;
INSERT INTO staff (id, station_id, name, role, phone) SELECT 'who-' || n, 'st-' || n % 20, '测试', 'social_worker', '139' || lpad(n::text, 8, '0')
  FROM generate_series(0, 199) n;
INSERT INTO cases (id, number, station_id, type, risk, status, policy_version, subject_id, reported_by, received_at, reported_at, triggers,
  next_due_at, input, rev) SELECT 'case-' || n, 'N' || n, 'st-' || n % 20, 'neglect', 'high', 'open', '2026.1', 's-' || n, 'who-1', now(), now(), '{}',
  now(), '{}', 2 FROM generate_series(1, ${CASES}) n;
INSERT INTO steps (case_id, id, kind, state, binds, ord, start_at, due_at, basis, extendable) SELECT 'case-' || n, 'step-' || k, 'visit',
  CASE WHEN k = 1 THEN 'done' ELSE 'pending' END, 'station', k, now(), now(), '{}', true FROM generate_series(1, ${CASES}) n, generate_series(1, 3) k;
INSERT INTO alerts (id, case_id, step_id, state, round, rung, opened_at, next_at) SELECT 'a-' || n, 'case-' || n, 'step-2', 'open', 1, 0, now(), now()
  FROM generate_series(1, ${CASES}) n;
INSERT INTO events (case_id, seq, at, actor_kind, actor_id, kind, data, prev_hash, hash) SELECT 'case-' || n, k, now(), 'staff', 'who-1', 'step_done', '{}',
  decode(md5(n || '/' || k), 'hex'), decode(md5(n || '/' || k), 'hex') FROM generate_series(1, ${CASES}) n, generate_series(1, 3) k;
INSERT INTO deliveries (key, case_id, kind, channel, person_kind, person_id, vars, state, at) SELECT 'd-' || n, 'case-' || n, 'overdue', 'sms', 'staff',
  'who-' || n % 200, '{}', 'sent', now() FROM generate_series(1, ${CASES}) n;
INSERT INTO access_log (user_id, action, case_id, allowed) SELECT 'u', 'case.read', 'case-' || n, true FROM generate_series(1, ${CASES}) n;
INSERT INTO vault_keys (subject_id, wrapped, kek_id) SELECT 's-' || n, '', 'k' FROM generate_series(1, ${CASES}) n;
INSERT INTO vault_items (id, subject_id, case_id, kind, sealed) SELECT 'v-' || n || '-' || k, 's-' || n, 'case-' || n, 'note',
  decode(repeat(md5(n || '/' || k), 8), 'hex') FROM generate_series(1, ${CASES}) n, generate_series(1, 3) k;
ANALYZE;`;

/** What people do all the time, each on the tables that everybody uses. */
const WORK = [
  `UPDATE cases SET rev = rev + 1 WHERE id = 'case-' || (1 + random() * 1000)::int`,
  `UPDATE steps SET note_id = 'n' WHERE case_id = 'case-' || (1 + random() * 1000)::int AND id = 'step-1'`,
  `UPDATE alerts SET rung = rung + 1 WHERE id = 'a-' || (1 + random() * 1000)::int`,
  `INSERT INTO events (case_id, seq, at, actor_kind, actor_id, kind, data, prev_hash, hash)
   SELECT 'case-1', max(seq) + 1, now(), 'staff', 'who-1', 'step_done', '{}', '', '' FROM events WHERE case_id = 'case-1'`,
  `UPDATE deliveries SET attempts = attempts + 1 WHERE key = 'd-' || (1 + random() * 1000)::int`,
  `INSERT INTO access_log (user_id, action, allowed) VALUES ('u', 'case.read', true)`,
  `UPDATE vault_items SET sealed = sealed WHERE id = 'v-' || (1 + random() * 1000)::int || '-1'`,
  `SELECT count(*) FROM cases c JOIN steps s ON s.case_id = c.id WHERE c.id = 'case-7'`,
];

let url: string;
let drop: () => Promise<void>;

beforeAll(async () => {
  const { adminUrl } = await infra();
  const name = `migrations_${process.pid}`;
  const asAdmin = async (statement: string): Promise<void> => {
    const client = new pg.Client(adminUrl);
    await client.connect();
    await client.query(statement);
    await client.end();
  };
  await asAdmin(`CREATE DATABASE ${name}`);
  url = Object.assign(new URL(adminUrl), { pathname: `/${name}` }).href;
  drop = () => asAdmin(`DROP DATABASE ${name} WITH (FORCE)`);
  await migrate('--until', FIRST);
  await asking(url, (client) => client.query(FILL));
}, 900_000);
afterAll(() => drop?.());

async function asking<T>(at: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(at);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function migrate(...more: string[]): Promise<string> {
  const args = ['--experimental-wasm-modules', join(PROJECT, 'scripts/migrate.mjs'), ...more];
  return (await run(process.execPath, args, { cwd: PROJECT, env: { ...process.env, DATABASE_URL: url } })).stdout;
}

/** Does a change of the table stand in the queue for its lock at this moment? */
const waitsFor = (table: string): Promise<boolean> =>
  asking(url, async (client) => {
    const { rowCount } = await client.query(
      `SELECT 1 FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock' AND relation = to_regclass($1)`,
      [table],
    );
    return rowCount !== 0;
  });

interface Worked {
  times: number;
  longestMs: number;
  gaveUp: string[];
}

/** Works in sessions of its own until told to stop; whoever waits for a lock longer than a second gives up. */
async function workOn(): Promise<{ seen: Worked; stop(): Promise<Worked> }> {
  const ending = new AbortController();
  const seen: Worked = { times: 0, longestMs: 0, gaveUp: [] };
  let sessions = 0;
  const one = (statement: string): Promise<void> =>
    asking(url, async (client) => {
      await client.query(`SET lock_timeout = '${PATIENCE}'`);
      sessions += 1;
      while (!ending.signal.aborted) {
        const since = performance.now();
        try {
          await client.query(statement);
        } catch (error) {
          if ((error as pg.DatabaseError).code !== GAVE_UP) throw error;
          seen.gaveUp.push(statement);
        }
        seen.times += 1;
        seen.longestMs = Math.max(seen.longestMs, performance.now() - since);
        await sleep(5);
      }
    });
  const all = Promise.all(WORK.map(one));
  // Nothing is changed before everybody is at work.
  while (sessions < WORK.length) await Promise.race([sleep(20), all]);
  return {
    seen,
    async stop() {
      ending.abort();
      await all;
      return seen;
    },
  };
}

test('from the first schema to today’s, over a reader who keeps a table: nobody waits a second for a lock', async () => {
  const work = await workOn();
  const reader = new pg.Client(url);
  await reader.connect();
  // Somebody reads the cases and does not end: a change of that table has to wait for them, and nobody for the change.
  await reader.query('BEGIN; SELECT 1 FROM cases LIMIT 1');
  const migrating = migrate();
  let stoodInLine = 0;
  await eventually(
    async () => (stoodInLine += (await waitsFor('cases')) ? 1 : 0),
    (times) => times >= 3,
    60_000,
  );
  await reader.query('COMMIT');
  await reader.end();
  const applied = await migrating;
  const worked = await work.stop();
  process.stdout.write(`worked ${worked.times} times meanwhile, waited ${Math.round(worked.longestMs)} ms at most\n`);
  expect(applied).toMatch(/applied \d{14}_\w+(, \d{14}_\w+)+/);
  expect(worked.gaveUp).toEqual([]);
  expect(worked.times).toBeGreaterThan(100);
  const { rows } = await asking(url, (client) =>
    client.query<{ cases: string; columns: string }>(
      `SELECT (SELECT count(*) FROM cases) AS cases, (SELECT count(*) FROM information_schema.columns
       WHERE table_name = 'cases' AND column_name IN ('drill', 'restricted')) AS columns`,
    ),
  );
  expect(rows[0]).toEqual({ cases: String(CASES), columns: '2' });
}, 300_000);

test('an index that an earlier try left unfinished is built anew, beside the running work', async () => {
  const state = () =>
    asking(url, async (client) => {
      const { rows } = await client.query<{ valid: boolean }>(
        `SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = to_regclass('cases_type_idx')`,
      );
      return rows.map(({ valid }) => valid);
    });
  // All are of one type: it cannot be unique, and stays behind.
  const broken = asking(url, (client) =>
    client.query('CREATE UNIQUE INDEX CONCURRENTLY "cases_type_idx" ON "cases"("type")'),
  );
  await expect(broken).rejects.toThrow(/could not create unique index/);
  expect(await state()).toEqual([false]);
  const pool = new pg.Pool({ connectionString: url });
  await applyGently(pool, 'CREATE INDEX CONCURRENTLY IF NOT EXISTS "cases_type_idx" ON "cases"("type");');
  await pool.end();
  expect(await state()).toEqual([true]);
}, 60_000);

test('the workers of this test notice a change that holds a table, and one that waits for it in the queue', async () => {
  const work = await workOn();
  const gaveUpOn = (table: string) =>
    eventually(
      () => Promise.resolve(work.seen.gaveUp),
      (all) => all.some((one) => one.includes(table)),
    );
  await asking(url, async (client) => {
    await client.query('BEGIN; LOCK TABLE alerts');
    await gaveUpOn('alerts');
    await client.query('COMMIT');
  });
  const reader = new pg.Client(url);
  await reader.connect();
  await reader.query('BEGIN; SELECT 1 FROM deliveries LIMIT 1');
  const waiting = asking(url, (client) => client.query('ALTER TABLE deliveries ADD COLUMN tried_twice boolean'));
  await gaveUpOn('deliveries');
  await reader.query('COMMIT');
  await reader.end();
  await waiting;
  const { gaveUp } = await work.stop();
  expect(gaveUp.some((one) => one.includes('alerts'))).toBe(true);
  expect(gaveUp.some((one) => one.includes('deliveries'))).toBe(true);
}, 60_000);
