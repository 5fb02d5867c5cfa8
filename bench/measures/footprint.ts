/**
 * What an open case costs: memory of the worker and bytes in the three databases, before and after many are reported. The
 * worker keeps the cases it saw last in memory and forgets the others until they wake, so its share shrinks with their number.
 */
import type { Bed } from '../bed';
import { memoryOf } from '../harness/process';
import { atOnce } from '../harness/rounds';
import { alone, type Row } from '../harness/row';
import type { Measure, Setup } from '../measure';
import { reportCase, WIDTH } from './report';

const MOST = { of: 'ours', most: 60 } as const;

/** All databases that this run's server has for the product and for Temporal. */
async function databaseBytes({ pool }: Bed): Promise<number> {
  const { rows } = await pool.query<{ bytes: string }>(
    `SELECT sum(pg_database_size(datname)) AS bytes FROM pg_database
     WHERE datname IN ('shouwang', 'temporal', 'temporal_visibility')`,
  );
  return Number(rows[0]?.bytes ?? 0);
}

async function costOf(bed: Bed, count: number, say: (remark: string) => void): Promise<Row[]> {
  const worker = bed.stack.part('worker').pid;
  const before = { memory: memoryOf(worker), bytes: await databaseBytes(bed) };
  let done = 0;
  await atOnce(count, WIDTH, async () => {
    await reportCase(bed);
    done += 1;
    if (done % 200 === 0) say(`${done} of ${count}`);
  });
  const kb = (after: number, earlier: number): number => Math.max(0, after - earlier) / 1000 / count;
  const at = count.toLocaleString('en-GB');
  return [
    alone({ id: `memory-${count}`, what: `worker memory a case, ${at} open`, unit: 'kB', must: MOST }, [
      kb(memoryOf(worker), before.memory),
    ]),
    alone({ id: `bytes-${count}`, what: `database bytes a case, ${at} open`, unit: 'kB', must: MOST }, [
      kb(await databaseBytes(bed), before.bytes),
    ]),
  ];
}

async function run({ effort, bed, say }: Setup): Promise<Row[]> {
  const on = await bed();
  const counts = effort.quick ? [20] : effort.long ? [1_000, 20_000] : [1_000];
  const rows: Row[] = [];
  for (const count of counts) rows.push(...(await costOf(on, count, say)));
  return rows;
}

export const footprint: Measure = { id: 'footprint', title: '每案占用 · what an open case costs', run };
