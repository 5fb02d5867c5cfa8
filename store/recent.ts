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
  /** The other station, where a case is on its way between two. */
  otherStationId?: string;
}

/** Something that happened to a report in the queue. */
export interface RecentReport {
  id: string;
  stationId: string;
}

const MOST = 2_000;
/** Reports come one by one: the last few entries hold everything of the last seconds, and need no index to be found. */
const MOST_REPORTS = 500;
const ON_ITS_WAY = new Set(['transfer_asked', 'transfer_declined', 'transfer_withdrawn', 'transferred']);

/** The other station of each entry that speaks of one; most looks find none, and ask nothing. */
async function otherStations(db: Db, events: { caseId: string; seq: number; kind: string }[]) {
  const moving = events.filter(({ kind }) => ON_ITS_WAY.has(kind)).map(({ caseId, seq }) => ({ caseId, seq }));
  if (moving.length === 0) return new Map<string, string>();
  const rows = await db.event.findMany({
    where: { OR: moving },
    select: { caseId: true, seq: true, data: true },
  });
  return new Map(
    rows.flatMap(({ caseId, seq, data }) => {
      const { stationId, from } = data as { stationId?: string | null; from?: string };
      const other = stationId ?? from;
      return other ? [[`${caseId}/${seq}`, other] as const] : [];
    }),
  );
}

const ENTRY = {
  caseId: true,
  seq: true,
  kind: true,
  case: { select: { number: true, stationId: true, risk: true, drill: true } },
} as const;

interface Entry {
  caseId: string;
  seq: number;
  kind: string;
  case: { number: string; stationId: string; risk: string; drill: boolean };
}

/** With who may hear of each. */
async function withPlaces(db: Db, events: Entry[], now: Date): Promise<RecentEvent[]> {
  if (events.length === 0) return [];
  const ids = events.map(({ caseId }) => caseId);
  const [shields, others] = await Promise.all([shieldsOf(db, ids, now), otherStations(db, events)]);
  return events.map(({ case: { number, stationId, risk, drill }, ...event }) => ({
    ...event,
    otherStationId: others.get(`${event.caseId}/${event.seq}`),
    ...{ number, stationId, risk, drill, shield: shields.get(event.caseId) ?? NO_SHIELD },
  }));
}

/** The database's clock, which is that of the entries, now and so many seconds before. */
async function ago(db: Db, seconds: number): Promise<{ now: Date; since: Date }> {
  const [clock] = await db.$queryRaw<[{ now: Date }]>`SELECT now() AS now`;
  return { now: clock.now, since: new Date(clock.now.getTime() - seconds * 1_000) };
}

/**
 * Entries that were recorded in the last `seconds`, by the database's clock, oldest first. A transaction that took long shows
 * up late under an early time: ask for more than the time since the last look, and know what you have seen.
 */
export async function recentEvents(db: Db, seconds: number): Promise<RecentEvent[]> {
  const { now, since } = await ago(db, seconds);
  const events = await db.event.findMany({
    where: { recordedAt: { gt: since } },
    select: ENTRY,
    orderBy: { recordedAt: 'asc' },
    take: MOST,
  });
  return withPlaces(db, events, now);
}

const RINGS = ['reported', 'risk_set'];
const MOST_THAT_RING = 50;

/** What became a critical case in the last `seconds` and is still open, oldest first; the newest {@link MOST_THAT_RING} of it. */
export async function urgentEvents(db: Db, seconds: number): Promise<RecentEvent[]> {
  const { now, since } = await ago(db, seconds);
  const events = await db.event.findMany({
    where: { recordedAt: { gt: since }, kind: { in: RINGS }, case: { risk: 'critical', status: 'open' } },
    select: ENTRY,
    orderBy: { recordedAt: 'desc' },
    take: MOST_THAT_RING,
  });
  return withPlaces(db, events.reverse(), now);
}

/** What happened to reports in the last `seconds`, by the database's clock. */
export const recentReports = (db: Db, seconds: number): Promise<RecentReport[]> =>
  db.$queryRaw<RecentReport[]>`
    SELECT event.id::text AS id, report.station_id AS "stationId"
    FROM (SELECT id, report_id, recorded_at FROM report_events ORDER BY id DESC LIMIT ${MOST_REPORTS}) AS event
    JOIN reports AS report ON report.id = event.report_id
    WHERE event.recorded_at > now() - make_interval(secs => ${seconds})`;
