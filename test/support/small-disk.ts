/** A disk of a size of the test's own, which can be filled: a mount in memory, which takes rights that not everybody has. */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MB = 1_048_576;

export interface SmallDisk {
  folder: string;
  /** Leaves not a byte. */
  fill(): void;
  /** Takes away what filled it. */
  free(): void;
  remove(): void;
}

/** @returns undefined where this user may not mount anything */
export function smallDisk(sizeMb: number): SmallDisk | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'shouwang-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m`, 'shouwang-test', folder], { stdio: 'ignore' });
  } catch (error) {
    rmdirSync(folder);
    if (error instanceof Error) return undefined;
    throw error;
  }
  const filler = join(folder, 'full');
  return {
    folder,
    fill() {
      const fd = openSync(filler, 'w');
      try {
        // The last bytes too: halves of a piece at a time.
        for (let size = MB; size >= 1; size = Math.floor(size / 2)) fillWith(fd, Buffer.alloc(size));
      } finally {
        closeSync(fd);
      }
    },
    free: () => rmSync(filler, { force: true }),
    remove() {
      execFileSync('umount', ['-l', folder]);
      rmdirSync(folder);
    },
  };
}

function fillWith(fd: number, piece: Buffer): void {
  try {
    while (writeSync(fd, piece) === piece.length);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}
