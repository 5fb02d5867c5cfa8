/** One measurement with tiny counts, through the command itself: its own servers, its own worker for the yardstick. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PROJECT } from '../../sandbox/config';

const run = promisify(execFile);
const env = { ...process.env, NODE_ENV: undefined, TEMPORAL_ADDRESS: undefined, DATABASE_URL: undefined };

test('npm run bench -- --quick --json measures a deadline beside its yardstick', async () => {
  const args = [join(PROJECT, 'scripts/bench.mjs'), '--quick', '--json', '--only', 'deadline'];
  const { stdout } = await run(process.execPath, args, { cwd: PROJECT, env });
  const { machine, measures } = JSON.parse(stdout) as {
    machine: { cores: number };
    measures: { id: string; ours: number; yardstick: number | null; must: string | null; holds: boolean | null }[];
  };
  expect(machine.cores).toBeGreaterThan(0);
  expect(measures.map(({ id }) => id)).toEqual(['deadline-p50', 'deadline-p99']);
  expect(measures[0]?.ours).toBeGreaterThan(0);
  expect(measures[0]?.yardstick).toBeGreaterThan(0);
  expect(measures.every(({ must, holds }) => must !== null && holds !== null)).toBe(true);
}, 180_000);

/** Command lines of the processes that work in a folder. */
const workingIn = (folder: string): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')];
      } catch (error) {
        // It ended between the list and the look.
        if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
        throw error;
      }
    })
    .filter((line) => line.includes(folder));

test('told to stop in the middle of a measurement, it ends everything that it has started', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'shouwang-bench-stop-'));
  const args = [join(PROJECT, 'scripts/bench.mjs'), '--quick', '--only', 'report', '--only', 'start'];
  // The second one has a system of its own, in the temporary folder.
  const bench = spawn(process.execPath, args, { cwd: PROJECT, env: { ...env, BENCH_DIR: folder, TMPDIR: folder } });
  try {
    let said = '';
    await new Promise<void>((resolve, reject) => {
      bench.once('close', () => reject(new Error(`ended before it measured: ${said}`)));
      bench.stderr.on('data', (text: Buffer) => {
        said += text.toString();
        if (said.includes('接报')) resolve();
      });
    });
    expect(workingIn(folder)).not.toEqual([]);
    const closed = once(bench, 'close');
    bench.kill('SIGTERM');
    expect(await closed).toEqual([130, null]);
    expect(said).not.toContain('a warm start');
    expect(workingIn(folder)).toEqual([]);
    // What is handed out of the machine's ports is remembered there for everybody.
    expect(readdirSync(folder).filter((name) => !name.startsWith('shouwang-ports'))).toEqual([]);
  } finally {
    bench.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}, 180_000);
