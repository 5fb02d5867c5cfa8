/** Sets one case file in a thread of its own: a long journal takes seconds that nobody else's request has to wait for. */
import { parentPort, workerData } from 'node:worker_threads';
import { caseFilePdf } from './layout';
import type { CaseFileText } from './text';

async function main(): Promise<void> {
  const { pages, bytes } = await caseFilePdf(workerData as CaseFileText);
  // A buffer of its own, handed over and not copied.
  const own = new Uint8Array(bytes);
  parentPort?.postMessage({ pages, bytes: own }, [own.buffer]);
}

void main();
