/** Says so when the disk of the data folder fills while everything runs, and again when there is room: nobody reads logs then. */
import { statfsSync } from 'node:fs';
import { diskFilling, diskHasRoom } from '../failures';

const EVERY_MS = 2_000;
const MB = 1_048_576;
/** PostgreSQL takes its log in pieces of 16 MB: with less than four of them writes begin to fail. */
const LOW_MB = 64;
const ENOUGH_MB = 2 * LOW_MB;

/** @param say one line for whoever started it */
export function watchDisk(dataDir: string, say: (line: string) => void): { stop(): void } {
  let low = false;
  const look = (): void => {
    const { bavail, bsize } = statfsSync(dataDir);
    const freeMb = Math.floor((bavail * bsize) / MB);
    if (!low && freeMb < LOW_MB) say(`✗ ${diskFilling(dataDir, freeMb)}`);
    if (low && freeMb >= ENOUGH_MB) say(diskHasRoom(dataDir, freeMb));
    low = low ? freeMb < ENOUGH_MB : freeMb < LOW_MB;
  };
  const timer = setInterval(look, EVERY_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

/** Whether something could not be written for want of room. */
export const isDiskFull = (error: unknown): boolean =>
  ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '');
