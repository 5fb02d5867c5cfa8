import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process told apart from a later one that was given the same pid. */
export interface ProcessMark {
  pid: number;
  /** When it was started, in whatever unit the system counts: only compared, never read. Empty where it cannot be known. */
  born: string;
}

function birthOf(pid: number): string | undefined {
  if (existsSync('/proc/self/stat')) {
    try {
      // The command's name may hold spaces and brackets: the fields are counted from its last bracket. Field 22 is the start time.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      return fields[0] === 'Z' ? undefined : fields[19];
    } catch (error) {
      if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
      throw error;
    }
  }
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    // ps ends with 1 when there is no such process.
    return undefined;
  }
}

/** The mark of a living process; undefined when there is none (a zombie does not count). */
export function markOf(pid: number): ProcessMark | undefined {
  const born = birthOf(pid);
  return born === undefined ? undefined : { pid, born };
}

/** Whether the marked process, and not another one under its pid, is alive. */
export function isAlive(mark: ProcessMark): boolean {
  return birthOf(mark.pid) === mark.born;
}

/** A pid file taken by this process. */
export interface Lock {
  release(): void;
}

/** The process that holds a lock, unless it is gone. */
function holderOf(file: string): ProcessMark | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const mark = JSON.parse(text) as ProcessMark;
    return isAlive(mark) ? mark : undefined;
  } catch (error) {
    // Lock files appear whole (they are linked into place), so an unreadable one was left by a crash of the machine.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Puts the lock file in place, whole or not at all; false when there is one already. */
function place(file: string, mark: ProcessMark): boolean {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, JSON.stringify(mark));
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

/** Moves a dead process's lock aside. If a living one took its place in that moment, it is put back. */
function clearStale(file: string): void {
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (holderOf(aside) !== undefined && !existsSync(file)) renameSync(aside, file);
  else rmSync(aside, { force: true });
}

/** Takes the lock, or answers with the living process that has it. A dead holder's lock is taken over. */
export function tryLock(file: string): Lock | ProcessMark {
  const mine = markOf(process.pid);
  if (mine === undefined) throw new Error('this process cannot find itself');
  for (;;) {
    if (place(file, mine)) return { release: () => rmSync(file, { force: true }) };
    const holder = holderOf(file);
    if (holder !== undefined) return holder;
    clearStale(file);
  }
}

/** Runs `work` while holding the lock, waiting for other processes first; `onWait` hears once whose turn it is. */
export async function withLock<T>(
  file: string,
  work: () => Promise<T>,
  onWait: (holder: ProcessMark) => void,
): Promise<T> {
  let told = false;
  for (;;) {
    const lock = tryLock(file);
    if ('release' in lock) {
      try {
        return await work();
      } finally {
        lock.release();
      }
    }
    if (!told) onWait(lock);
    told = true;
    await sleep(500);
  }
}
