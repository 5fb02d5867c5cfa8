/** Has case files set beside the event loop, two at a time; others wait their turn. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { SetFile } from './layout';
import type { CaseFileText } from './text';

/** Beside this file where it is compiled, or in dist/ where the sources themselves run. */
const THREAD = [join(__dirname, 'thread.js'), join(__dirname, '../../../dist/api/paper/case-file/thread.js')];
/** A file that needs more fails by itself, and not the API with it. */
const LIMITS = { maxOldGenerationSizeMb: 512 };
const AT_ONCE = 2;

let busy = 0;
const waiting: (() => void)[] = [];

async function turn(): Promise<void> {
  if (busy < AT_ONCE) {
    busy += 1;
    return;
  }
  // Whoever is done hands its place on.
  await new Promise<void>((resolve) => waiting.push(resolve));
}

function over(): void {
  const next = waiting.shift();
  if (next) next();
  else busy -= 1;
}

/** Sets a case file in a thread of its own, after those that came before it. */
export async function writeCaseFile(text: CaseFileText): Promise<SetFile> {
  const file = THREAD.find((one) => existsSync(one));
  if (file === undefined) throw new Error('the thread that sets case files was not built');
  await turn();
  const thread = new Worker(file, { workerData: text, resourceLimits: LIMITS });
  try {
    const { pages, bytes } = await new Promise<{ pages: number; bytes: Uint8Array }>((resolve, reject) => {
      thread.once('message', resolve);
      thread.once('error', reject);
      thread.once('exit', () => reject(new Error('the thread ended without a file')));
    });
    return { pages, bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
  } finally {
    over();
    await thread.terminate();
  }
}
