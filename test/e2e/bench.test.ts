/** One measurement with tiny counts, through the command itself: its own servers, its own worker for the yardstick. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PROJECT } from '../../sandbox/config';

const run = promisify(execFile);

test('npm run bench -- --quick --json measures a deadline beside its yardstick', async () => {
  const args = [join(PROJECT, 'scripts/bench.mjs'), '--quick', '--json', '--only', 'deadline'];
  const env = { ...process.env, NODE_ENV: undefined, TEMPORAL_ADDRESS: undefined, DATABASE_URL: undefined };
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
