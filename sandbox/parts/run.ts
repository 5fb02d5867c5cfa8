import { spawn, type SpawnOptions } from 'node:child_process';
import { LogFile } from './log-file';

const running = new Map<number, Promise<Outcome>>();

/** How a command ended that runs to its end (a build, a schema update). */
export interface Outcome {
  /** Exit code; -1 when the command could not be started or was killed. */
  code: number;
  /** All it printed, both streams. */
  output: string;
  /** Set when it could not even be started (ENOENT: there is no such program). */
  error?: NodeJS.ErrnoException;
}

/** Runs a command to its end and gives its output, which goes to the log file too where one is named. Never rejects. */
export function run(
  command: string,
  args: string[],
  options: SpawnOptions & { logFile?: string } = {},
): Promise<Outcome> {
  const { logFile, ...spawnOptions } = options;
  const log = logFile === undefined ? undefined : new LogFile(logFile);
  const child = spawn(command, args, { ...spawnOptions, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const { pid } = child;
  const outcome = new Promise<Outcome>((resolve) => {
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        output += chunk.toString('utf8');
        log?.write(chunk);
      });
    }
    child.once('error', (error: NodeJS.ErrnoException) => resolve({ code: -1, output, error }));
    child.once('close', (code) => {
      if (pid !== undefined) running.delete(pid);
      resolve({ code: code ?? -1, output });
    });
  });
  if (pid !== undefined) running.set(pid, outcome);
  return outcome;
}

/** Ends every command that is under way, with all that it started; resolves when they are gone. */
export async function endCommands(): Promise<void> {
  const outcomes = [...running.values()];
  for (const pid of running.keys()) {
    try {
      process.kill(-pid, 'SIGTERM');
    } catch (error) {
      // Ended in this very moment.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
  await Promise.all(outcomes);
}

/** The last line of an output that says something, at most 300 characters. */
export function lastLine(output: string): string {
  return (output.trimEnd().split('\n').at(-1) ?? '').trim().slice(0, 300);
}
