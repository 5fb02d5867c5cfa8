/**
 * The page of the indicators and the records behind one, with 100,000 records of the station in the contract's term and as many
 * of another station. Beside each look a bare sum over the same records through the same driver.
 */
import type { Bed } from '../bed';
import { timed } from '../harness/rounds';
import { compared, type Row } from '../harness/row';
import { type Pair, quantile } from '../harness/stats';
import type { Measure, Setup } from '../measure';

/** The example that ships; its term is over, so that nobody's clock moves the figures. */
const [CONTRACT, AT] = ['xinhua-2025', '2025-11-15T12:00:00%2B08:00'];
const READS = [
  { id: 'indicators', what: 'indicators of a contract', path: `/api/v1/indicators?contract=${CONTRACT}&at=${AT}` },
  {
    id: 'indicator-records',
    what: 'records behind one indicator',
    path: `/api/v1/indicators/${CONTRACT}.beneficiaries/records?at=${AT}&limit=50`,
  },
] as const;
const P95_MS = 300;

const SERVICES = `
INSERT INTO services (id, station_id, kind, at, minutes, place, title, group_id, staff_ids, child_ids, head_count, answers,
  satisfied, entered_by, entered_at, withdrawn_at)
SELECT md5($1 || n)::uuid::text, $1,
  (ARRAY['visit','home_visit','counselling','homework_help','daily_care','casework','group_session','community_event',
    'publicity_training','satisfaction'])[1 + n % 10],
  timestamptz '2025-03-01 00:00+08' + (n % 388800) * interval '1 minute', 30, 'station', 'seeded',
  CASE WHEN n % 10 = 6 THEN 'group-' || n % 50 END, ARRAY['xinhua_worker1'], ARRAY['child-' || n % 700, 'child-' || n % 900],
  n % 5, CASE WHEN n % 10 = 9 THEN 20 END, CASE WHEN n % 10 = 9 THEN 18 END, 'xinhua_worker1', now(),
  CASE WHEN n % 100 = 0 THEN now() END
FROM generate_series(1, $2::int) n`;

/** One answer for every tenth record. */
const ANSWERS = `
INSERT INTO survey_answers (id, survey_id, station_id, service_id, at, face, satisfied, concern)
SELECT md5('answer' || n)::uuid::text, md5('survey' || n % 300)::uuid::text, 'xinhua', md5('xinhua' || n)::uuid::text,
  timestamptz '2025-03-01 00:00+08' + (n % 388800) * interval '1 minute', 'good', n % 9 <> 0, 'none'
FROM generate_series(1, $1::int) n`;

const BARE = `SELECT count(*), sum(people) FROM services WHERE station_id = 'xinhua' AND withdrawn_at IS NULL`;

async function seed({ pool }: Bed, size: number): Promise<void> {
  for (const station of ['xinhua', 'donghu']) await pool.query(SERVICES, [station, size]);
  await pool.query(ANSWERS, [Math.ceil(size / 10)]);
  await pool.query('VACUUM ANALYZE services, survey_answers');
}

async function rounds(on: Bed, path: string, count: number, each: number): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (let round = 0; round <= count; round += 1) {
    const ours: number[] = [];
    const bare: number[] = [];
    for (let i = 0; i < each; i += 1) {
      ours.push(await timed(() => on.http.ask('GET', path, undefined, { as: 'xinhua_supervisor' })));
      bare.push(await timed(() => on.pool.query({ name: 'bare-sum', text: BARE })));
    }
    // The first round warms both.
    if (round > 0) pairs.push({ ours: quantile(ours, 0.95), yardstick: quantile(bare, 0.95) });
  }
  return pairs;
}

async function run({ effort, bed, say }: Setup): Promise<Row[]> {
  const on = await bed();
  const [each, size] = effort.quick ? [5, 200] : [40, 100_000];
  say(`seeding ${size} records`);
  await seed(on, size);
  const rows: Row[] = [];
  for (const { id, what, path } of READS) {
    say(what);
    const pairs = await rounds(on, path, effort.rounds, each);
    const of = `${what}, ${size.toLocaleString('en-GB')} records, p95`;
    rows.push(compared({ id, what: of, unit: 'ms', must: { of: 'ours', most: P95_MS } }, pairs));
  }
  return rows;
}

export const indicators: Measure = { id: 'indicators', title: '指标 · indicators of a contract', run };
