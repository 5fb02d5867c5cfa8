/** Who changed what of the roster and of contacts, and when. The database refuses to change or remove an entry. */
import type { RosterEvent } from '../prisma/generated/client';
import type { Scope } from './cases';
import type { Tx } from './db';

export interface RosterChange {
  /** Who did it. */
  staffId: string;
  /** e.g. rotation.add, leave.end, contact.verify */
  action: string;
  /** null: a partner that works with every station */
  stationId: string | null;
  /** What it was done to. */
  refId: string;
  /** Ids, codes and times; never a number, a mailbox or a name. */
  data?: Record<string, string | number | boolean | string[] | null>;
}

/** Stands in the journal for `deploy/people.mjs`; no id of staff has a slash. */
export const BY_INSTALLATION = 'deploy/people';

/** Writes a change down, in the transaction that makes it. */
export async function noteChange(tx: Tx, { data = {}, ...change }: RosterChange): Promise<void> {
  await tx.rosterEvent.create({ data: { ...change, data } });
}

/** The latest changes within the scope, newest first. */
export const listChanges = (tx: Tx, scope: Scope, limit: number, before?: bigint): Promise<RosterEvent[]> =>
  tx.rosterEvent.findMany({
    where: {
      ...(scope !== 'all' && { stationId: { in: scope.stationIds } }),
      ...(before !== undefined && { id: { lt: before } }),
    },
    orderBy: { id: 'desc' },
    take: limit,
  });
