/**
 * The same job by polling, which is how such systems are usually built: a table of what is due, looked through every five
 * seconds with FOR UPDATE SKIP LOCKED, one text sent for each row through the same channel to the same carrier. For
 * comparison with `deadline` and `drain`; it stores no key before it sends, climbs no ladder and writes no journal.
 */
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
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

/** A table of its own, which the application's role may use like any other. */
const MADE = `
  CREATE TABLE IF NOT EXISTS bench_jobs (id serial PRIMARY KEY, due_at timestamptz NOT NULL);
  CREATE INDEX IF NOT EXISTS bench_jobs_due ON bench_jobs (due_at);
  GRANT ALL ON bench_jobs, bench_jobs_id_seq TO shouwang`;

async function asOwner({ ownerUrl }: Bed, statements: string): Promise<void> {
  const client = new pg.Client(ownerUrl);
  await client.connect();
  try {
    await client.query(statements);
  } finally {
    await client.end();
  }
}

async function run({ effort, bed, say }: Setup): Promise<Row[]> {
  const on = await bed();
  const { rounds, quick } = effort;
  const few = quick ? 3 : 10;
  // As many at once as in drain and drain-many.
  const crowds = quick ? [20] : [500, 2_000];
  await asOwner(on, MADE);
  const idle: number[] = [];
  const worst = new Map(crowds.map((many): [number, number[]] => [many, []]));
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
    for (const [many, seconds] of worst) {
      const together = Date.now() + randomInt(EVERY_MS);
      const waits = await poll(
        on,
        Array.from({ length: many }, () => together),
      );
      seconds.push(Math.max(...waits) / 1000);
    }
    say(`${round + 1}/${rounds}`);
  }
  await asOwner(on, 'DROP TABLE bench_jobs');
  return [
    alone({ id: 'polling-p50', what: 'by polling every 5 s: deadline to the carrier’s yes, p50', unit: 'ms' }, idle),
    ...[...worst].map(([many, seconds]) => {
      const id = many === 500 ? 'polling-worst' : `polling-worst-${many}`;
      return alone({ id, what: `by polling every 5 s: ${many} at once, longest wait`, unit: 's' }, seconds);
    }),
  ];
}

export const polling: Measure = { id: 'polling', title: '轮询对照 · the same by polling', run };
