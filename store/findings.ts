/** What the audit found (巡检结果): one row of a kind and subject from when it was first seen until it is gone. */
import { randomUUID } from 'node:crypto';
import { API_SILENT_MS, type Finding, type FindingKind } from '../domain/audit';
import type { AuditFinding, AuditState, Prisma } from '../prisma/generated/client';
import type { Db, Tx } from './db';
import { hiddenFrom, type Sight } from './sight';

const STATE = 'audit';
/** Refs of clocks that each API reports of itself. */
export const API_CLOCK = 'api/';
const OPEN = { resolvedAt: null } as const;

async function put(tx: Tx, at: number, found: Finding[]): Promise<void> {
  const rows = found.map((one) => ({ ...one, id: randomUUID() }));
  await tx.$executeRaw`
    INSERT INTO audit_findings
      (id, kind, ref, case_id, station_id, step_id, alert_id, drill, repair, first_seen, last_seen)
    SELECT r.id, r.kind, r.ref, r."caseId", r."stationId", r."stepId", r."alertId", COALESCE(r.drill, false), r.repair,
      ${new Date(at)}, ${new Date(at)}
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(id text, kind text, ref text, "caseId" text,
      "stationId" text, "stepId" text, "alertId" text, drill boolean, repair text)
    ON CONFLICT (kind, ref) WHERE resolved_at IS NULL
    DO UPDATE SET last_seen = GREATEST(audit_findings.last_seen, excluded.last_seen), repair = excluded.repair`;
}

/**
 * Writes down one whole look at everything: what is new, what is still there, and what is gone.
 * @param complete false where not all was seen: nothing counts as gone then
 * @returns every finding that is open now
 */
export async function writeFindings(
  db: Db,
  { at, found, complete }: { at: number; found: Finding[]; complete: boolean },
): Promise<AuditFinding[]> {
  return db.$transaction(async (tx) => {
    await put(tx, at, found);
    const now = new Date(at);
    if (complete) {
      const gone = { ...OPEN, lastSeen: { lt: now }, NOT: { ref: { startsWith: API_CLOCK } } };
      await tx.auditFinding.updateMany({ where: gone, data: { resolvedAt: now } });
      // Each API speaks for its own clock; one that was taken away speaks no more.
      const silent = { ...OPEN, lastSeen: { lt: new Date(at - API_SILENT_MS) }, ref: { startsWith: API_CLOCK } };
      await tx.auditFinding.updateMany({ where: silent, data: { resolvedAt: now } });
    }
    const open = await tx.auditFinding.findMany({ where: OPEN, orderBy: [{ firstSeen: 'asc' }, { id: 'asc' }] });
    const state = { lastRunAt: now, ...(complete && open.length === 0 && { lastCleanAt: now }) };
    await tx.auditState.upsert({ where: { id: STATE }, create: { id: STATE, ...state }, update: state });
    return open;
  });
}

/** One more finding between two looks, such as a workflow that did not answer, or an API's own clock. */
export async function writeFinding(db: Db, at: number, finding: Finding): Promise<void> {
  await db.$transaction((tx) => put(tx, at, [finding]));
}

/** A finding that is gone, as far as whoever reported it can tell. */
export async function resolveFinding(db: Db, at: number, kind: FindingKind, ref: string): Promise<void> {
  await db.auditFinding.updateMany({ where: { ...OPEN, kind, ref }, data: { resolvedAt: new Date(at) } });
}

/** What is open now. */
export const openFindings = (tx: Tx): Promise<AuditFinding[]> => tx.auditFinding.findMany({ where: OPEN });

/** What came of a repair. @param at null: it did not work, and may be tried again at once */
export async function writeRepair(db: Db, at: number | null, ids: string[], outcome: string): Promise<void> {
  const data = { outcome, ...(at !== null && { repairedAt: new Date(at) }) };
  await db.auditFinding.updateMany({ where: { id: { in: ids } }, data });
}

/** The heartbeat went out, or did not. */
export async function writeHeartbeat(db: Db, at: number, ok: boolean): Promise<void> {
  const update = ok ? { lastHeartbeatAt: new Date(at) } : { heartbeatFailures: { increment: 1 } };
  const create = ok ? { lastHeartbeatAt: new Date(at) } : { heartbeatFailures: 1 };
  await db.auditState.upsert({ where: { id: STATE }, create: { id: STATE, ...create }, update });
}

/** When the audit last ran, was clean, and the heartbeat went out; undefined before the first audit. */
export const readAuditState = async (tx: Tx): Promise<AuditState | undefined> =>
  (await tx.auditState.findUnique({ where: { id: STATE } })) ?? undefined;

/** How many findings of each kind are open in the scope. What is about no station is for those who answer for all. */
export async function openCounts(tx: Tx, sight: Sight | 'all'): Promise<Map<string, number>> {
  const where = { AND: [sight === 'all' ? {} : await inSight(tx, sight), OPEN] };
  const rows = await tx.auditFinding.groupBy({ by: ['kind'], where, _count: true });
  return new Map(rows.map((row) => [row.kind, row._count]));
}

/** Clocks that are off now, by name. */
export async function skewedClocks(tx: Tx): Promise<string[]> {
  const rows = await tx.auditFinding.findMany({ where: { ...OPEN, kind: 'clock_skew' }, select: { ref: true } });
  return rows.map((row) => row.ref).sort();
}

/** Of the stations in scope, those about cases that the reader must not know of left out. */
async function inSight(tx: Tx, { scope, staffId }: Sight): Promise<Prisma.AuditFindingWhereInput> {
  const hidden = await hiddenFrom(tx, staffId);
  return {
    ...(scope !== 'all' && { stationId: { in: scope.stationIds } }),
    ...(hidden.length > 0 && { OR: [{ caseId: null }, { caseId: { notIn: hidden } }] }),
  };
}

export type ListedFinding = AuditFinding & { number: string | null };

/** One page of findings, newest first. */
export async function listFindings(
  tx: Tx,
  sight: Sight,
  state: 'open' | 'resolved' | undefined,
  { after, take }: { after?: { firstSeen: number; id: string }; take: number },
): Promise<ListedFinding[]> {
  const at = after && new Date(after.firstSeen);
  const rows = await tx.auditFinding.findMany({
    where: {
      AND: [
        await inSight(tx, sight),
        state === 'open' ? OPEN : state === 'resolved' ? { NOT: OPEN } : {},
        after ? { OR: [{ firstSeen: { lt: at } }, { firstSeen: at, id: { gt: after.id } }] } : {},
      ],
    },
    orderBy: [{ firstSeen: 'desc' }, { id: 'asc' }],
    take,
  });
  const numbers = await numbersOf(tx, rows);
  return rows.map((row) => ({ ...row, number: numbers.get(row.caseId ?? '') ?? null }));
}

/** Numbers of the cases that rows are about, by the case's id. */
export async function numbersOf(tx: Tx, rows: { caseId: string | null }[]): Promise<Map<string, string>> {
  const ids = [...new Set(rows.flatMap((row) => row.caseId ?? []))];
  const cases = await tx.caseRow.findMany({ where: { id: { in: ids } }, select: { id: true, number: true } });
  return new Map(cases.map(({ id, number }) => [id, number]));
}
