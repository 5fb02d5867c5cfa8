/**
 * What an open case costs: memory of the worker and bytes in the three databases, before and after many are reported. The
 * worker keeps the cases it saw last in memory and forgets the others until they wake: its cache is filled first, and from
 * then on its memory is flat, however many are open.
 */
import { getHeapStatistics } from 'node:v8';
import type { Bed } from '../bed';
import { memoryOf } from '../harness/process';
import { atOnce } from '../harness/rounds';
import { alone, type Row } from '../harness/row';
import type { Measure, Setup } from '../measure';
import { reportCase, WIDTH } from './report';

const MOST = { of: 'ours', most: 60 } as const;
/** Twenty times the cases, and the worker keeps as many of them as before: its cache is bounded. */
const FLAT = { of: 'ours', most: 1.5 } as const;
const MB = 1_048_576;
/** More than the worker keeps: what Temporal reckons by the heap's limit (WORKER_CACHED_CASES), and some more. */
const FILLS_CACHE = 100 + Math.floor((getHeapStatistics().heap_size_limit / 2 ** 30 - 0.2) * 600);

/** All databases that this run's server has for the product and for Temporal. */
async function databaseBytes({ pool }: Bed): Promise<number> {
  const { rows } = await pool.query<{ bytes: string }>(
    `SELECT sum(pg_database_size(datname)) AS bytes FROM pg_database
     WHERE datname IN ('shouwang', 'temporal', 'temporal_visibility')`,
  );
  return Number(rows[0]?.bytes ?? 0);
}

interface Cost {
  rows: Row[];
  /** Resident memory of the worker with all of them open, bytes. */
  memory: number;
}

async function reportMany(bed: Bed, count: number, say: (remark: string) => void): Promise<void> {
  let done = 0;
  await atOnce(count, WIDTH, async () => {
    await reportCase(bed);
    done += 1;
    if (done % 200 === 0) say(`${done} of ${count}`);
  });
}

async function costOf(bed: Bed, count: number, say: (remark: string) => void): Promise<Cost> {
  const worker = bed.stack.part('worker').pid;
  const before = { memory: memoryOf(worker), bytes: await databaseBytes(bed) };
  await reportMany(bed, count, say);
  const kb = (after: number, earlier: number): number => Math.max(0, after - earlier) / 1000 / count;
  const at = count.toLocaleString('en-GB');
  const memory = memoryOf(worker);
  const rows = [
    // What it must be is flat: the last row judges that. Of a few cases the heap's own moods are most.
    alone({ id: `memory-${count}`, what: `worker memory a case, ${at} more open`, unit: 'kB' }, [
      kb(memory, before.memory),
    ]),
    alone({ id: `worker-${count}`, what: `worker memory, ${at} more open`, unit: 'MB' }, [memory / MB]),
    alone({ id: `bytes-${count}`, what: `database bytes a case, ${at} more open`, unit: 'kB', must: MOST }, [
      kb(await databaseBytes(bed), before.bytes),
    ]),
  ];
  return { rows, memory };
}

async function run({ effort, bed, say }: Setup): Promise<Row[]> {
  const on = await bed();
  const counts = effort.quick ? [20] : effort.long ? [1_000, 20_000] : [1_000];
  const costs: Cost[] = [];
  if (!effort.quick) await reportMany(on, FILLS_CACHE, (remark) => say(`cache: ${remark}`));
  for (const count of counts) costs.push(await costOf(on, count, say));
  const rows = costs.flatMap((cost) => cost.rows);
  const [first, last] = [costs[0]?.memory, costs.at(-1)?.memory];
  if (costs.length < 2 || !first || !last) return rows;
  const growth = { id: 'worker-growth', what: 'worker memory: growth from the fewest to the most', unit: '×' };
  return [...rows, alone({ ...growth, must: FLAT }, [last / first])];
}

export const footprint: Measure = { id: 'footprint', title: '每案占用 · what an open case costs', run };
