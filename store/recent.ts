/** What has just been written into the journals, for screens that are kept up to date. */
import { NO_SHIELD, type Shield } from '../domain/sight';
import type { Db } from './db';
import { shieldsOf } from './sight';

/** One entry of a journal, without what it says. */
export interface RecentEvent {
  caseId: string;
  seq: number;
  kind: string;
  number: string;
  stationId: string;
  risk: string;
  drill: boolean;
  /** Who may hear of it beyond their station. */
  shield: Shield;
}

const MOST = 2_000;

/**
 * Entries that were recorded in the last `seconds`, by the database's clock, oldest first. A transaction that took long shows
 * up late under an early time: ask for more than the time since the last look, and know what you have seen.
 */
export async function recentEvents(db: Db, seconds: number): Promise<RecentEvent[]> {
  const [clock] = await db.$queryRaw<{ now: Date }[]>`SELECT now() AS now`;
  if (!clock) return [];
  const events = await db.event.findMany({
    where: { recordedAt: { gt: new Date(clock.now.getTime() - seconds * 1_000) } },
    select: {
      caseId: true,
      seq: true,
      kind: true,
      case: { select: { number: true, stationId: true, risk: true, drill: true } },
    },
    orderBy: { recordedAt: 'asc' },
    take: MOST,
  });
  const shields =
    events.length === 0
      ? new Map()
      : await shieldsOf(
          db,
          events.map(({ caseId }) => caseId),
          clock.now,
        );
  return events.map(({ case: { number, stationId, risk, drill }, ...event }) => ({
    ...event,
    ...{ number, stationId, risk, drill, shield: shields.get(event.caseId) ?? NO_SHIELD },
  }));
}
