/**
 * The same job by polling, which is how such systems are usually built: a table of what is due, looked through every five
 * seconds with FOR UPDATE SKIP LOCKED, one text sent for each row through the same channel to the same carrier. For
 * comparison with `deadline` and `drain`; it stores no key before it sends, climbs no ladder and writes no journal.
 */
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bed } from '../bed';
import { atOnce } from '../harness/rounds';
import { alone, type Row } from '../harness/row';
import { median } from '../harness/stats';
import type { Measure, Setup } from '../measure';
import { sender } from '../sms';

const EVERY_MS = 5_000;
const BATCH = 100;

interface Job {
  id: number;
  due_at: Date;
}

const TAKE = `DELETE FROM bench_jobs WHERE id IN (
  SELECT id FROM bench_jobs WHERE due_at <= now() ORDER BY due_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED
) RETURNING id, due_at`;

/** One look: all that is due is taken in batches and sent. @returns how late each was, milliseconds */
async function sweep({ pool }: Bed, send: (index: number) => Promise<void>): Promise<number[]> {
  const waits: number[] = [];
  for (;;) {
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      const { rows } = await client.query<Job>(TAKE);
      const late = await atOnce(rows.length, 20, async (index) => {
        const job = rows[index];
        await send(job?.id ?? 0);
        return Date.now() - (job?.due_at.getTime() ?? 0);
      });
      await client.query('COMMIT');
      waits.push(...late);
      if (rows.length < BATCH) return waits;
    } finally {
      client.release();
    }
  }
}

/** Polls until `count` jobs that fall due at these moments are sent. */
async function poll(bed: Bed, dueAt: number[]): Promise<number[]> {
  const sms = sender(bed);
  await bed.pool.query('INSERT INTO bench_jobs (due_at) SELECT unnest($1::timestamptz[])', [
    dueAt.map((at) => new Date(at)),
  ]);
  const waits: number[] = [];
  while (waits.length < dueAt.length) {
    const next = Date.now() + EVERY_MS;
    waits.push(...(await sweep(bed, sms)));
    if (waits.length < dueAt.length) await sleep(Math.max(0, next - Date.now()));
  }
  return waits;
}

async function run({ effort, bed, say }: Setup): Promise<Row[]> {
  const on = await bed();
  const { rounds, quick } = effort;
  const [few, many] = quick ? [3, 20] : [10, 500];
  await on.pool.query('CREATE TABLE IF NOT EXISTS bench_jobs (id serial PRIMARY KEY, due_at timestamptz NOT NULL)');
  await on.pool.query('CREATE INDEX IF NOT EXISTS bench_jobs_due ON bench_jobs (due_at)');
  const idle: number[] = [];
  const worst: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const now = Date.now();
    idle.push(
      median(
        await poll(
          on,
          Array.from({ length: few }, () => now + randomInt(EVERY_MS * (quick ? 1 : 2))),
        ),
      ),
    );
    const together = Date.now() + randomInt(EVERY_MS);
    worst.push(
      Math.max(
        ...(await poll(
          on,
          Array.from({ length: many }, () => together),
        )),
      ) / 1000,
    );
    say(`${round + 1}/${rounds}`);
  }
  await on.pool.query('DROP TABLE bench_jobs');
  return [
    alone({ id: 'polling-p50', what: 'by polling every 5 s: deadline to the carrier’s yes, p50', unit: 'ms' }, idle),
    alone({ id: 'polling-worst', what: `by polling every 5 s: ${many} at once, longest wait`, unit: 's' }, worst),
  ];
}

export const polling: Measure = { id: 'polling', title: '轮询对照 · the same by polling', run };
