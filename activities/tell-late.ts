/**
 * Who is told of what was decided some while ago: the database, or every worker, was away meanwhile, and somebody else may be on
 * duty by now.
 */
import { asyncLocalStorage } from '@temporalio/activity';
import type { Tell } from '../domain/alert';
import type { Told } from '../domain/messages';
import { MINUTE } from '../domain/zone';
import { databaseNow } from '../store/clock';
import type { Tx } from '../store/db';

/** Waiting for so long in line is usual in a rush, and the clocks of our machines agree so far. */
const USUAL_MS = MINUTE;

/**
 * The case's time at which its roster counts: the moment that was meant, unless its activity waited long. How long it did is taken
 * from the server's own stamps and the database's clock, and none of it where the case's clock was moved ahead of both.
 * @param at the case's time when the workflow asked, milliseconds
 */
export async function rosterMoment(tx: Tx, at: number): Promise<number> {
  const info = asyncLocalStorage.getStore()?.info;
  if (!info) return at;
  const { scheduledTimestampMs: asked, currentAttemptScheduledTimestampMs: again } = info;
  if (Math.max(again, Date.now()) - asked < USUAL_MS) return at;
  return at + Math.max(0, again - asked, (await databaseNow(tx)) - asked);
}

/** Messages of a tell to people that an attempt before this one has made: whoever had to get them then, they are seen out. */
export const madeBefore = (tx: Tx, caseId: string, { id, channels }: Tell): Promise<Told['deliveries']> =>
  tx.delivery.findMany({
    where: { caseId, key: { startsWith: `${id}/` }, channel: { in: [...channels] }, NOT: { personKind: 'robot' } },
    select: { key: true, channel: true },
    orderBy: { key: 'asc' },
  });
