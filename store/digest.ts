/** What a day's digest (每日提要) is made of. */
import { RISKS, type Risk } from '../domain/model';
import type { DigestItem } from '../domain/digest';
import { DAY } from '../domain/zone';
import type { Tx } from './db';

/** A week and the hours of its last day. */
const AHEAD_MS = 8 * DAY;
const isRisk = (word: string): word is Risk => RISKS.some((risk) => risk === word);

/** Open steps that are late or due within a week, drills left out, by station. @param at milliseconds */
export async function openSteps(tx: Tx, at: number): Promise<Map<string, DigestItem[]>> {
  const rows = await tx.$queryRaw<
    { stationId: string; caseId: string; number: string; kind: string; risk: string; dueAt: Date; aheadMs: bigint }[]
  >`
    SELECT c.station_id AS "stationId", c.id AS "caseId", c.number, s.kind, c.risk, s.due_at AS "dueAt", c.clock_ahead_ms AS "aheadMs"
    FROM steps s JOIN cases c ON c.id = s.case_id
    WHERE s.state NOT IN ('done', 'cancelled') AND NOT c.drill
      AND s.due_at < ${new Date(at + AHEAD_MS)}::timestamptz
        + COALESCE((SELECT max(clock_ahead_ms) FROM cases WHERE clock_ahead_ms > 0), 0) * interval '1 millisecond'
      AND s.due_at < ${new Date(at + AHEAD_MS)}::timestamptz + c.clock_ahead_ms * interval '1 millisecond'
    ORDER BY s.due_at, c.number`;
  const byStation = new Map<string, DigestItem[]>();
  for (const { stationId, caseId, number, kind, risk, dueAt, aheadMs } of rows) {
    if (!isRisk(risk)) continue;
    const item = { caseId, number, kind, risk, dueAt: dueAt.getTime(), aheadMs: Number(aheadMs) };
    const own = byStation.get(stationId);
    if (own) own.push(item);
    else byStation.set(stationId, [item]);
  }
  return byStation;
}

/** Names of all stations by id. */
export async function stationNames(tx: Tx): Promise<Map<string, string>> {
  const rows = await tx.station.findMany({ select: { id: true, name: true }, orderBy: { id: 'asc' } });
  return new Map(rows.map(({ id, name }) => [id, name]));
}
