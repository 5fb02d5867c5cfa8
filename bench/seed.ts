/** Many cases straight into PostgreSQL, for the pages that read them: realistic in number and size, nobody's in content. */
import pg, { type Pool } from 'pg';
import type { Bed } from './bed';

/** The station that owns one case in this many; as many again belong to others, as in a district. */
const STATIONS = 10;

/**
 * m counts a station's own cases. Half of them are closed, one in fourteen is late, one in 2,000 has nobody yet, and each of
 * 1,000 workers has one in 1,000.
 */
const CASES = `
INSERT INTO cases (id, number, station_id, type, risk, status, workflow, policy_version, subject_id, reported_by,
  assignee_id, received_at, reported_at, triggers, next_due_at, overdue, input, rev, clued)
SELECT uuid_of(n), 'S' || lpad(n::text, 6, '0'), CASE WHEN n % ${STATIONS} = 0 THEN 'xinhua' ELSE 'bench-' || (n % ${STATIONS}) END,
  (ARRAY['neglect','physical_abuse','bullying','missing'])[1 + m / 2 % 4],
  (ARRAY['critical','high','medium','low'])[1 + m / 8 % 4],
  CASE WHEN m % 2 = 0 THEN 'closed' ELSE 'open' END, 'running', '2026.1', 'seed-' || n, 'xinhua_worker1',
  CASE WHEN m % 2000 <> 3 THEN 'xinhua_worker' || (m % 1000) END, now() - n * interval '1 minute',
  now() - n * interval '1 minute', '{}',
  CASE WHEN m % 2 = 1 THEN now() + n * interval '7 seconds' END, m % 14 = 1, '{}', 20, true
FROM (SELECT n, n / ${STATIONS} AS m FROM generate_series($1::int, $2::int) n) n`;

const STEPS = `
INSERT INTO steps (case_id, id, kind, state, binds, ord, start_at, due_at, basis, extendable)
SELECT uuid_of(n), 'step-' || k, (ARRAY['acknowledge','first_contact','safety_plan','visit','case_plan'])[1 + k % 5],
  CASE WHEN m % 2 = 0 OR k < 4 THEN 'done' WHEN m % 14 = 1 AND k = 4 THEN 'overdue' ELSE 'pending' END, 'station', k, now(),
  now() + n * interval '7 seconds' + k * interval '1 day', '{"kind":"judgement","figure":"7 天"}', true
FROM (SELECT n, n / ${STATIONS} AS m FROM generate_series($1::int, $2::int) n) n, generate_series(1, 10) k
ORDER BY n, k`;

const ALERTS = `
INSERT INTO alerts (id, case_id, step_id, state, round, rung, opened_at, next_at)
SELECT uuid_of(n) || '.step-' || k || '.9', uuid_of(n), 'step-' || k, CASE WHEN m % 14 = 1 AND k = 4 THEN 'open' ELSE 'resolved' END,
  1, 0, now() - n * interval '1 minute', now() + interval '30 days'
FROM (SELECT n, n / ${STATIONS} AS m FROM generate_series($1::int, $2::int) n) n, generate_series(3, 4) k
ORDER BY n, k`;

const EVENTS = `
INSERT INTO events (case_id, seq, at, actor_kind, actor_id, kind, data, prev_hash, hash)
SELECT uuid_of(n), k, now(), 'staff', 'xinhua_worker1', 'step_done', '{"stepId":"first_contact","outcome":"done"}',
  decode(md5(n || '/' || k - 1), 'hex'), decode(md5(n || '/' || k), 'hex')
FROM generate_series($1::int, $2::int) n, generate_series(1, 20) k
ORDER BY n, k`;

/** Three clues a case, as a child with a name and a telephone has; nobody's. */
const CLUES = `
INSERT INTO child_clues (ref_id, ref, station_id, kind, hash)
SELECT uuid_of(n), 'case', CASE WHEN n % ${STATIONS} = 0 THEN 'xinhua' ELSE 'bench-' || (n % ${STATIONS}) END, kind,
  sha256(convert_to(kind || n, 'UTF8'))
FROM generate_series($1::int, $2::int) n, unnest(ARRAY['phone', 'name', 'name_sound']) kind`;

/** Ids that look like the product's own, from a number. */
const FUNCTION = `
CREATE OR REPLACE FUNCTION pg_temp.uuid_of(n int) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT overlay(overlay(md5('seed' || n)::uuid::text PLACING '8' FROM 15) PLACING '8' FROM 20) $$`;

/** The number of a seeded case: as long as all others, as the product's own are. */
export const seededNumber = (n: number): string => `S${String(n).padStart(6, '0')}`;

/** The id of a seeded case. */
export async function seededId(pool: Pool, n: number): Promise<string> {
  const { rows } = await pool.query<{ id: string }>('SELECT id FROM cases WHERE number = $1', [seededNumber(n)]);
  if (rows[0] === undefined) throw new Error(`case ${seededNumber(n)} was not seeded`);
  return rows[0].id;
}

/** Seeds cases number `from` to `to` with ten steps, two alerts, twenty journal entries and three clues each. */
export async function seed(
  { pool, ownerUrl }: Pick<Bed, 'pool' | 'ownerUrl'>,
  from: number,
  to: number,
): Promise<void> {
  await pool.query(
    `INSERT INTO stations (id, name) SELECT 'bench-' || n, '测试站' || n FROM generate_series(0, $1 - 1) n
     ON CONFLICT DO NOTHING`,
    [STATIONS],
  );
  const client = await pool.connect();
  try {
    await client.query(FUNCTION);
    for (const rows of [CASES, STEPS, ALERTS, EVENTS, CLUES]) {
      await client.query(rows.replaceAll('uuid_of(', 'pg_temp.uuid_of('), [from, to]);
    }
  } finally {
    client.release();
  }
  // Only their owner may; a server at rest does it by itself.
  const owner = new pg.Client(ownerUrl);
  await owner.connect();
  await owner.query('ANALYZE cases, steps, alerts, events, child_clues');
  await owner.end();
}
