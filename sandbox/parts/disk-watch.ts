/** Says so when the disk of the data folder fills while everything runs, and again when there is room: nobody reads logs then. */
import { statfsSync } from 'node:fs';
import { diskFilling, diskHasRoom, diskUnknown } from '../failures';

const EVERY_MS = 2_000;
const MB = 1_048_576;
/** PostgreSQL takes its log in pieces of 16 MB: with less than four of them writes begin to fail. */
const LOW_MB = 64;
const ENOUGH_MB = 2 * LOW_MB;

/** Megabytes that are left; undefined where the folder cannot be looked at. */
function freeOn(dataDir: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(dataDir);
    return Math.floor((bavail * bsize) / MB);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return undefined;
  }
}

/** @param say one line for whoever started it @param everyMs how often it looks, milliseconds */
export function watchDisk(dataDir: string, say: (line: string) => void, everyMs = EVERY_MS): { stop(): void } {
  let low = false;
  let blind = false;
  const look = (): void => {
    const freeMb = freeOn(dataDir);
    // Whoever watches must not fall over what it sees: the parts say themselves that their folder is gone.
    if (freeMb === undefined) {
      if (!blind) say(`✗ ${diskUnknown(dataDir)}`);
      blind = true;
      return;
    }
    blind = false;
    if (!low && freeMb < LOW_MB) say(`✗ ${diskFilling(dataDir, freeMb)}`);
    if (low && freeMb >= ENOUGH_MB) say(diskHasRoom(dataDir, freeMb));
    low = low ? freeMb < ENOUGH_MB : freeMb < LOW_MB;
  };
  const timer = setInterval(look, everyMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

/** Whether something could not be written for want of room. */
export const isDiskFull = (error: unknown): boolean =>
  ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '');
