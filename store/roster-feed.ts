/** Subscriptions to the roster as a calendar: one a person, under a token that can be renewed or ended. */

import type { Db, Tx } from './db';
import type { Links } from './links';
import { sha256 } from './sha256';

type Deriving = Pick<Links, 'derive'>;

const tokenOf = (links: Deriving, staffId: string, round: number): string =>
  links.derive('roster-feed', staffId, round).toString('base64url');
/** The token of a person's subscription; undefined: they have none. */
export async function feedToken(links: Deriving, tx: Tx, staffId: string): Promise<string | undefined> {
  const row = await tx.rosterFeed.findUnique({ where: { staffId } });
  return row && !row.endedAt ? tokenOf(links, staffId, row.round) : undefined;
}

/** Begins a subscription, or renews it: an earlier token opens nothing any more. */
export async function renewFeed(links: Deriving, db: Db, staffId: string): Promise<string> {
  return db.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 AS held FROM pg_advisory_xact_lock(hashtextextended(${`roster-feed/${staffId}`}, 0))`;
    const before = await tx.rosterFeed.findUnique({ where: { staffId } });
    const round = (before?.round ?? 0) + 1;
    const token = tokenOf(links, staffId, round);
    const row = { round, tokenHash: sha256(token), createdAt: new Date(), endedAt: null };
    await tx.rosterFeed.upsert({ where: { staffId }, create: { staffId, ...row }, update: row });
    return token;
  });
}

/** Ends a subscription of the calendar: its address opens nothing any more. */
export async function endFeed(tx: Tx, staffId: string): Promise<void> {
  await tx.rosterFeed.updateMany({ where: { staffId, endedAt: null }, data: { endedAt: new Date() } });
}

/** Whose subscription a token is; undefined for an unknown or ended one, and for somebody who left. */
export async function subscriberOf(tx: Tx, token: string): Promise<{ id: string; stationId: string } | undefined> {
  const row = await tx.rosterFeed.findUnique({ where: { tokenHash: sha256(token), endedAt: null } });
  if (!row) return undefined;
  const person = await tx.staff.findUnique({
    where: { id: row.staffId, active: true },
    select: { id: true, stationId: true },
  });
  return person ?? undefined;
}
