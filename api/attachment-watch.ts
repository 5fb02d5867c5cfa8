/** Beside the requests: takes away what uploads left behind, and files whose child was erased. */
import { repeat, type Repeated } from '../runtime/repeat';
import { sweepAttachments } from '../store/attachments/sweep';
import type { ApiDeps } from './deps';

const EVERY_MS = 10 * 60_000;

export const watchAttachments = ({ db, blobs, log }: Pick<ApiDeps, 'db' | 'blobs' | 'log'>): Repeated =>
  repeat(
    EVERY_MS,
    async () => {
      const swept = await sweepAttachments({ db, blobs }, Date.now());
      if (swept.lost + swept.erased > 0) log.info(swept, 'attachments swept');
    },
    (error) => log.warn({ failure: error instanceof Error ? error.name : 'unknown' }, 'attachments are not swept'),
  );
