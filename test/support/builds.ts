/** Workers of other builds than today's, on a system that runs: what an upgrade and its taking back are made of. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../../sandbox/config';
import { Child, pinoReady } from '../../sandbox/parts/child';
import { DIST } from '../../sandbox/parts/node-parts';
import type { System } from './system';

/** Below node_modules, so that its programs find their packages as those of dist/ do. */
const CACHE = join(PROJECT, 'node_modules/.cache');

/** One compiled product. */
export interface Build {
  folder: string;
  remove(): void;
}

/** The build that is there. */
export const TODAY: Build = { folder: DIST, remove: () => undefined };

/**
 * A copy of today's build of which the workflows do something else.
 * @param change the bundle's code, changed
 */
export function buildWith(change: (code: string) => string): Build {
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, 'shouwang-build-'));
  cpSync(DIST, folder, { recursive: true, filter: (from) => !from.startsWith(join(DIST, 'web')) });
  const bundle = join(folder, 'worker/workflow-bundle.js');
  const code = readFileSync(bundle, 'utf8');
  const changed = change(code);
  if (changed === code) throw new Error('the change has changed nothing: the workflows look different now');
  writeFileSync(bundle, changed);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The variables of the system's own worker, which has to run while this is called. */
export function environOf(system: System): NodeJS.ProcessEnv {
  const lines = readFileSync(`/proc/${system.stack.part('worker').pid}/environ`, 'utf8')
    .split('\0')
    .filter(Boolean);
  const own = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2))) as NodeJS.ProcessEnv;
  return { ...own, NODE_CHANNEL_FD: undefined, NODE_CHANNEL_SERIALIZATION_MODE: undefined };
}

/** Starts a worker of a build and resolves when it polls. @throws PartFailed */
export async function startWorkerOf(build: Build, env: NodeJS.ProcessEnv, logFile: string): Promise<Child> {
  const worker = new Child({
    name: 'worker',
    command: process.execPath,
    args: ['--enable-source-maps', join(build.folder, 'worker/main.js')],
    cwd: PROJECT,
    env,
    ipc: true,
    isReady: pinoReady,
    logFile,
  });
  await worker.ready;
  return worker;
}
