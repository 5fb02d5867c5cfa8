/** Has the files of a pack written beside the event loop, and goes on showing that it is alive. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Gathered } from './gather';
import type { Collected } from './proofs';

/** What goes to the thread: plain data alone. */
export interface Writing {
  gathered: Gathered;
  proofs: Collected;
  /** Milliseconds since the epoch. */
  madeAt: number;
}

/** Beside this file where it is compiled, or in dist/ where the sources themselves run. */
const THREAD = [join(__dirname, 'thread.js'), join(__dirname, '../../dist/activities/pack/thread.js')];
const TICK_MS = 1_000;
/** A pack that needs more fails by itself, and not the worker with it. */
const LIMITS = { maxOldGenerationSizeMb: 1_024 };

/**
 * @param tick is called each second; when it rejects, the work ends
 * @returns the ZIP
 */
export async function written(writing: Writing, tick: () => Promise<void>): Promise<Buffer> {
  const file = THREAD.find((one) => existsSync(one));
  if (file === undefined) throw new Error('the thread that writes packs was not built');
  const thread = new Worker(file, { workerData: writing, resourceLimits: LIMITS });
  const done = new Promise<Uint8Array>((resolve, reject) => {
    thread.once('message', resolve);
    thread.once('error', reject);
    thread.once('exit', () => reject(new Error('the thread ended without a pack')));
  });
  // Looked at below; until then it is nobody's unhandled failure.
  done.catch(() => undefined);
  try {
    for (;;) {
      const zip = await Promise.race([done, sleep(TICK_MS)]);
      if (zip) return Buffer.from(zip);
      await tick();
    }
  } finally {
    await thread.terminate();
  }
}
