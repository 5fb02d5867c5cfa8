/** What the system says about a process of ours. */
import { readdirSync, readFileSync } from 'node:fs';

/** Resident memory of a process in bytes. @throws Error where there is no such process */
export function memoryOf(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  if (line?.[1] === undefined) throw new Error(`no memory figure for process ${pid}`);
  return Number(line[1]) * 1024;
}

/** Files, sockets and timers that a process holds open. */
export const handlesOf = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

/** The process whose command has both texts; undefined: none runs. */
export function processWith(one: string, other: string): number | undefined {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const found = pids.find((pid) => {
    const command = commandOf(pid);
    return command.includes(one) && command.includes(other);
  });
  return found === undefined ? undefined : Number(found);
}

/** Empty when it has ended since it was listed. */
function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return '';
    throw error;
  }
}
