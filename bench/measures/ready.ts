/** A warm `npm start`: the second and later ones on a data folder, until the API says that all parts are ready. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PROJECT } from '../../sandbox/config';
import { freePorts, LOOPBACK } from '../../sandbox/ports';
import { timed } from '../harness/rounds';
import { alone, type Row } from '../harness/row';
import type { Measure, Setup } from '../measure';

const PATIENCE_MS = 120_000;
const LOOK_EVERY_MS = 25;

async function isReady(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://${LOOPBACK}:${port}/readyz`)).ok;
  } catch (error) {
    // Nobody listens yet.
    if (error instanceof TypeError) return false;
    throw error;
  }
}

async function untilReady(child: ChildProcess, port: number): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  while (!(await isReady(port))) {
    if (child.exitCode !== null || Date.now() > until) throw new Error('npm start did not become ready');
    await sleep(LOOK_EVERY_MS);
  }
}

/** Starts it, waits and stops it again. @returns milliseconds until ready */
async function start(dataDir: string, port: number): Promise<number> {
  const child = spawn(process.execPath, [join(PROJECT, 'scripts/start.mjs')], {
    cwd: PROJECT,
    env: { ...process.env, DATA_DIR: dataDir, PORT: String(port), TEMPORAL_ADDRESS: '', DATABASE_URL: '' },
    stdio: 'ignore',
  });
  try {
    return await timed(() => untilReady(child, port));
  } finally {
    const ended = child.exitCode === null ? once(child, 'exit') : Promise.resolve();
    child.kill('SIGTERM');
    await ended;
  }
}

async function run({ effort, say }: Setup): Promise<Row[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'shouwang-bench-start-'));
  const [port = 0] = await freePorts(1);
  try {
    say('the first start, which is not counted');
    await start(dataDir, port);
    const seconds: number[] = [];
    for (let round = 0; round < effort.rounds; round += 1) {
      seconds.push((await start(dataDir, port)) / 1000);
      say(`${round + 1}/${effort.rounds}`);
    }
    const must = { of: 'ours', most: 10 } as const;
    return [alone({ id: 'ready', what: 'a warm npm start until everything is ready', unit: 's', must }, seconds)];
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

export const ready: Measure = { id: 'start', title: '启动 · a warm start', run };
