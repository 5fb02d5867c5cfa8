/** The command itself, for a few seconds: its own servers, its load, a look at everything that it judges in a long run. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Soaked } from '../../bench/soak/main';
import { PROJECT } from '../../sandbox/config';

const run = promisify(execFile);

test('npm run soak looks at memory, handles, connections, tables and histories under load', async () => {
  const args = [join(PROJECT, 'scripts/soak.mjs'), '--minutes', '0.15', '--every', '1', '--json'];
  const env = { ...process.env, NODE_ENV: undefined, TEMPORAL_ADDRESS: undefined, DATABASE_URL: undefined };
  const { stdout } = await run(process.execPath, args, { cwd: PROJECT, env });
  const { done, failed, figures } = JSON.parse(stdout) as Soaked;
  expect(failed).toBe(0);
  expect(done).toBeGreaterThan(10);
  const seen = figures.filter(({ most }) => most > 0).map(({ name }) => name);
  for (const part of ['api', 'worker', 'carrier', 'temporal'])
    expect(seen).toEqual(expect.arrayContaining([`memory, ${part}`, `handles, ${part}`]));
  expect(seen).toEqual(expect.arrayContaining(['connections, shouwang', 'connections, temporal']));
  expect(seen).toContain('events in the longest run');
  expect(figures.every(({ leaks }) => leaks !== true)).toBe(true);
}, 180_000);
