/** npm run bench: the measurements, one after the other, on a system of this run's own. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../sandbox/config';
import type { Progress } from '../sandbox/progress';
import { type Bed, startBed } from './bed';
import { machineFacts } from './harness/machine';
import { keep, type Result, table } from './harness/report';
import type { Row } from './harness/row';
import { MEASURES } from './measures';
import { readOptions, USAGE } from './options';

const FILES = { json: join(PROJECT, 'docs/benchmarks.json'), markdown: join(PROJECT, 'docs/benchmarks.md') };

/** Leaves nothing running when somebody has seen enough. */
async function endEarly(bed: Promise<Bed> | undefined): Promise<void> {
  await (await bed)?.stop();
}

/**
 * Runs what the arguments ask for. Figures of a whole run are kept in docs/; those of --quick are only printed, since they
 * show that the measurements work and nothing else.
 * @returns the process's exit code: 1 when the arguments are wrong or a measurement failed, else 0
 */
export async function run(args: string[], progress: Progress): Promise<number> {
  const options = readOptions(args);
  if ('wrong' in options) {
    process.stderr.write(`${options.wrong}\n\n${USAGE}\n`);
    return 1;
  }
  const machine = machineFacts();
  const wanted = MEASURES.filter(({ id }) => options.only === undefined || options.only.includes(id));
  const rows: Row[] = [];
  let bed: Promise<Bed> | undefined;
  const start = (): Promise<Bed> => (bed ??= progress('启动被测系统 · starting the system', () => startBed(progress)));
  let seenEnough = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      seenEnough = true;
      void endEarly(bed).finally(() => process.exit(130));
    });
  }
  let failed = 0;
  await start();
  try {
    for (const measure of wanted) {
      // One with a system of its own would start it now, and leave it behind.
      if (seenEnough) break;
      try {
        rows.push(...(await progress(measure.title, (say) => measure.run({ effort: options, bed: start, say }))));
      } catch (error) {
        // What was measured before stands, and what comes after may well succeed.
        failed += 1;
        process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      }
    }
  } finally {
    await (await bed)?.stop();
  }
  const result: Result = { machine, measures: rows };
  if (!options.quick) keep(result, FILES);
  if (options.out !== undefined) writeFileSync(options.out, `${JSON.stringify(result, null, 2)}\n`);
  process.stdout.write(`${options.json ? JSON.stringify(result) : table(rows)}\n`);
  return failed === 0 ? 0 : 1;
}
