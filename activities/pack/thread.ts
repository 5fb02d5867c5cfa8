/** Writes the files of one pack in a thread of its own: seconds of work that would hold up alarms on the event loop. */
import { parentPort, workerData } from 'node:worker_threads';
import { filesOf, zipOf } from './files';
import type { Writing } from './writing';

async function main(): Promise<void> {
  const { gathered, proofs, madeAt } = workerData as Writing;
  const zip = zipOf(await filesOf(gathered, proofs, madeAt));
  // Handed over, not copied.
  parentPort?.postMessage(zip, [zip.buffer as ArrayBuffer]);
}

void main();
