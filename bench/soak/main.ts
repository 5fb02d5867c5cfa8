/** npm run soak: load for so many minutes, and whether anything grew for as long as it lasted. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { PROJECT } from '../../sandbox/config';
import type { Progress } from '../../sandbox/progress';
import { startBed } from '../bed';
import { machineFacts, type Machine } from '../harness/machine';
import { beginLoad, type Load, MOST_FAILED } from './load';
import { type Allowance, judge, type Sample, type Verdict } from './leak';
import { look } from './sample';
import { soakPage, soakTable } from './table';

const USAGE = `npm run soak -- [--minutes N] [--every S] [--out FILE] [--json] [--keep]
  --minutes N   minutes of load (30)
  --every S     seconds between two looks (5)
  --out FILE    everything that was seen, as JSON
  --json        one line of JSON on stdout instead of the table
  --keep        the result into docs/soak.json and docs/soak.md`;
const MINUTE_MS = 60_000;
/** With as much room as this machine has, V8 would grow for an hour before it collects; a leak ends a process that has less. */
const HEAP = { NODE_OPTIONS: '--max-old-space-size=320' };
/** The same for Go, and so for the Temporal server: it collects before it takes more than this from the system. */
const GO_MEMORY = '192MiB';

interface Options {
  minutes: number;
  everyMs: number;
  out?: string;
  json: boolean;
  keep: boolean;
}

export interface Judged extends Verdict {
  name: string;
  unit: string;
}

export interface Soaked {
  machine: Machine;
  /** When it ended, RFC 3339 in UTC. */
  at: string;
  minutes: number;
  done: number;
  failed: number;
  figures: Judged[];
}

function readOptions(args: string[]): Options | undefined {
  try {
    const { values } = parseArgs({
      args,
      options: {
        minutes: { type: 'string', default: '30' },
        every: { type: 'string', default: '5' },
        out: { type: 'string' },
        json: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
      },
    });
    const [minutes, seconds] = [Number(values.minutes), Number(values.every)];
    if (!(minutes > 0) || !(seconds >= 0.1)) return undefined;
    return { minutes, everyMs: seconds * 1_000, out: values.out, json: values.json, keep: values.keep };
  } catch (error) {
    if (((error as NodeJS.ErrnoException).code ?? '').startsWith('ERR_PARSE_ARGS')) return undefined;
    throw error;
  }
}

interface Series {
  unit: string;
  may: Allowance;
  samples: Sample[];
}

/** Looks every so often until the time is over. */
async function watch(
  { minutes, everyMs }: Options,
  seeing: () => ReturnType<typeof look>,
  say: (remark: string) => void,
): Promise<Map<string, Series>> {
  const series = new Map<string, Series>();
  const begin = Date.now();
  const end = begin + minutes * MINUTE_MS;
  while (Date.now() < end) {
    const at = (Date.now() - begin) / 1_000;
    for (const { name, unit, value, may } of await seeing()) {
      const one = series.get(name) ?? { unit, may, samples: [] };
      one.samples.push({ at, value });
      series.set(name, one);
    }
    say(`${Math.round(at)} s of ${Math.round(minutes * 60)}`);
    await sleep(Math.min(everyMs, Math.max(0, end - Date.now())));
  }
  return series;
}

const judged = (series: Map<string, Series>): Judged[] =>
  [...series].map(([name, { unit, may, samples }]) => ({ name, unit, ...judge(samples, may) }));

const tooMany = ({ done, failed }: Pick<Load, 'done' | 'failed'>): boolean => failed > MOST_FAILED * (done + failed);

/** @returns the process's exit code: 1 for wrong arguments, a leak, or work that failed; else 0 */
export async function run(args: string[], progress: Progress): Promise<number> {
  const options = readOptions(args);
  if (options === undefined) {
    process.stderr.write(`${USAGE}\n`);
    return 1;
  }
  const machine = machineFacts();
  process.env['GOMEMLIMIT'] = GO_MEMORY;
  const starting = progress('启动被测系统 · starting the system', () => startBed(progress, HEAP));
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void starting.then((bed) => bed.stop()).finally(() => process.exit(130)));
  const bed = await starting;
  try {
    const load = await beginLoad(bed);
    const series = await progress('持续负载 · steady load', (say) =>
      watch(options, () => look(bed, load.busiest), say),
    );
    await load.stop();
    const figures = judged(series);
    const at = new Date().toISOString();
    const result: Soaked = { machine, at, minutes: options.minutes, done: load.done, failed: load.failed, figures };
    const samples = Object.fromEntries([...series].map(([name, one]) => [name, one.samples]));
    if (options.out !== undefined) writeFileSync(options.out, `${JSON.stringify({ ...result, samples }, null, 2)}\n`);
    if (options.keep) {
      writeFileSync(join(PROJECT, 'docs/soak.json'), `${JSON.stringify({ ...result, samples })}\n`);
      writeFileSync(join(PROJECT, 'docs/soak.md'), soakPage(result));
    }
    process.stdout.write(`${options.json ? JSON.stringify(result) : soakTable(figures)}\n`);
    for (const reason of load.reasons) process.stderr.write(`failed: ${reason}\n`);
    return figures.some(({ leaks }) => leaks) || tooMany(load) ? 1 : 0;
  } finally {
    await bed.stop();
  }
}
