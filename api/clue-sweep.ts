/** Gives clues (同一儿童的线索) to cases that came without: from before there were any, or from another system. */
import { repeat, type Repeated } from '../runtime/repeat';
import { giveClues } from '../store/child-index';
import type { ApiDeps } from './deps';

const EVERY_MS = 2_000;

/** A few at a time beside the requests; several copies of the API may do the same case, to the same end. */
export const sweepClues = ({ db, vault, index, log }: Pick<ApiDeps, 'db' | 'vault' | 'index' | 'log'>): Repeated =>
  repeat(
    EVERY_MS,
    async () => {
      const count = await giveClues(db, vault, index);
      if (count > 0) log.info({ count }, 'cases can be found by their clues');
    },
    (error) => log.warn({ failure: error instanceof Error ? error.name : 'unknown' }, 'cases without clues wait'),
  );
