// Running one command of the preparation, and the failures that the preparation knows.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A reason for which the project cannot be prepared, in Chinese and English on one line. */
export class PrepareFailure extends Error {
  constructor(name, zh, en) {
    super(`${zh} / ${en}`);
    this.name = name;
  }
}

const FULL_DISK = /ENOSPC|no space left on device/i;
const running = new Map();

/** Ends every command under way, with all that it started; resolves when they are gone. */
export async function endCommands() {
  const ends = [...running.values()];
  for (const pid of running.keys()) {
    try {
      process.kill(-pid, 'SIGTERM');
    } catch (error) {
      // Ended in this very moment.
      if (error.code !== 'ESRCH') throw error;
    }
  }
  await Promise.all(ends);
}

const diskFull = (folder) =>
  new PrepareFailure(
    'DiskFull',
    `磁盘已满(${folder}),请清理后重试`,
    `the disk is full (${folder}); free some space and try again`,
  );

/**
 * Runs a command quietly; resolves to its exit code when that is 0 or the output matches `accept`. Otherwise the
 * output is printed and the failure is DiskFull or the named one.
 */
export function command(program, args, { cwd, env, failure, accept }) {
  return new Promise((resolve, reject) => {
    let output = '';
    const child = spawn(program, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    if (child.pid !== undefined) running.set(child.pid, once(child, 'close'));
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.once('error', ({ message }) => {
      reject(
        new PrepareFailure(
          'CommandMissing',
          `无法运行 ${program}(${message})`,
          `${program} cannot be run (${message})`,
        ),
      );
    });
    child.once('close', (code) => {
      running.delete(child.pid);
      if (code === 0 || accept?.test(output)) return resolve({ code });
      process.stderr.write(`\n${output}\n`);
      reject(FULL_DISK.test(output) ? diskFull(cwd) : failure);
    });
  });
}
