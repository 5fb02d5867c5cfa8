import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../../sandbox/config';

/** One run of scripts/start.mjs, as npm start calls it. */
export interface SupervisedRun {
  process: ChildProcess;
  /** Both streams so far. */
  output(): string;
  /** Resolves when the text is printed; rejects when the run ends before. */
  until(text: string | RegExp): Promise<void>;
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** Starts the product with these variables on top of ours; the servers of the test run are not handed on. */
export function startProduct(env: NodeJS.ProcessEnv): SupervisedRun {
  const cleared = { NODE_ENV: undefined, TEMPORAL_ADDRESS: undefined, DATABASE_URL: undefined };
  const child = spawn(process.execPath, [join(PROJECT, 'scripts/start.mjs')], {
    cwd: PROJECT,
    env: { ...process.env, ...cleared, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const listeners = new Set<() => void>();
  const changed = (): void => listeners.forEach((listener) => listener());
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
      changed();
    });
  }
  let ended = false;
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('close', (code, signal) => {
      ended = true;
      resolve({ code, signal });
      changed();
    });
  });
  const until = (text: string | RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        const found = typeof text === 'string' ? output.includes(text) : text.test(output);
        if (!found && !ended) return;
        listeners.delete(check);
        if (found) resolve();
        else reject(new Error(`ended before ${String(text)}:\n${output}`));
      };
      listeners.add(check);
      check();
    });
  return { process: child, output: () => output, until, exited };
}

/** Sends a signal to those of a folder's processes whose command matches. @returns how many there were */
export function killAll(folder: string, command = /./, signal: NodeJS.Signals = 'SIGKILL'): number {
  const found = processesOf(folder).filter((one) => command.test(one.command));
  for (const { pid } of found) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      // It ended since it was looked for.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
  return found.length;
}

/** The processes that have the folder in their command or environment: all that a run on it started. */
export function processesOf(folder: string): { pid: number; command: string }[] {
  const read = (pid: string, file: string): string => {
    try {
      return readFileSync(`/proc/${pid}/${file}`, 'utf8');
    } catch (error) {
      // Ended since the folder was listed.
      if (['ENOENT', 'ESRCH', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return '';
      throw error;
    }
  };
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => read(pid, 'cmdline').includes(folder) || read(pid, 'environ').includes(folder))
    .map((pid) => ({ pid: Number(pid), command: read(pid, 'cmdline').replaceAll('\0', ' ').trim() }));
}
