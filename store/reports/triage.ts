/** What people do with a report (甄别). Its row decides, under a lock: of two at the same time one is too late. */
import type { FailureType } from '../../domain/failures';
import { SYSTEM } from '../../domain/model';
import { refuseTriage, type ReportState, type Triage } from '../../domain/reports/model';
import type { Prisma, Report } from '../../prisma/generated/client';
import type { Db, Tx } from '../db';
import { lockReport } from './watch';

/** The rules of the queue do not allow it. */
export class ReportRefused extends Error {
  override readonly name = 'ReportRefused';
  constructor(
    readonly type: FailureType,
    message: string,
    readonly possible: string[],
  ) {
    super(message);
  }
}

export interface Doing {
  id: string;
  triage: Triage;
  /** A member of staff. */
  by: string;
  /** The same for a repeated request, which changes nothing. */
  operationId: string;
}

/** What changes, and what the report's journal says of it: ids, codes and figures only. */
export interface Change {
  data: Prisma.ReportUncheckedUpdateInput;
  event: { kind: string; data: Record<string, string | number | boolean | null> };
}

/** @throws ReportRefused; whatever `work` throws, and then nothing has changed */
export async function triageReport(
  db: Db,
  { id, triage, by, operationId }: Doing,
  work: (tx: Tx, row: Report, now: Date) => Promise<Change>,
): Promise<void> {
  await db.$transaction(async (tx) => {
    const row = await lockReport(tx, id);
    if (!row || row.operationId === operationId) return;
    const refusal = refuseTriage({ state: row.state as ReportState, askedBy: row.askedBy }, triage, by);
    if (refusal) throw new ReportRefused(refusal.type, refusal.message, refusal.possible ?? []);
    const [{ now } = { now: new Date() }] = await tx.$queryRaw<{ now: Date }[]>`SELECT now() AS now`;
    const { data, event } = await work(tx, row, now);
    await tx.report.update({ where: { id }, data: { ...data, operationId } });
    const actor = { actorKind: 'staff', actorId: by };
    await tx.reportEvent.create({ data: { reportId: id, at: now, ...actor, ...event } });
  });
}

/**
 * Puts a report back among those that wait: the case that it was joined to was closed, or joined itself, before it heard of it, and
 * nobody would look at what was reported. Its journal says why. Nothing changes where the report was settled meanwhile, or the case
 * goes on again.
 * @param why how the case refused
 * @returns whether it waits again
 */
export async function putBack(db: Db, { id, operationId }: Report, why: FailureType): Promise<boolean> {
  return db.$transaction(async (tx) => {
    const row = await lockReport(tx, id);
    if (row?.state !== 'joined' || row.operationId !== operationId || row.watch === 'ended') return false;
    const { caseId, screenedBy } = row;
    const open = { id: caseId ?? '', joinedInto: null, status: { not: 'closed' } };
    if ((await tx.caseRow.count({ where: open })) > 0) return false;
    const nobody = { caseId: null, noteId: null, screenedBy: null, screenedAt: null };
    await tx.report.update({ where: { id }, data: { state: 'waiting', ...nobody } });
    const [{ now } = { now: new Date() }] = await tx.$queryRaw<{ now: Date }[]>`SELECT now() AS now`;
    const event = { kind: 'report_join_refused', data: { caseId, by: screenedBy, why } };
    await tx.reportEvent.create({
      data: { reportId: id, at: now, actorKind: SYSTEM.kind, actorId: SYSTEM.id, ...event },
    });
    return true;
  });
}

/** How many of each kind are settled at a time. */
const AT_A_TIME = 100;

/**
 * Reports whose watch has not begun, and those whose watch or case has not heard yet that somebody screened them; oldest first. So many
 * of each: however many of one kind cannot be settled, the others have their turn.
 */
export async function unsettledReports(db: Db, olderThanMs: number): Promise<Report[]> {
  const before = new Date(Date.now() - olderThanMs);
  const screened = { in: ['screened_in', 'joined', 'screened_out'] };
  const [begin, end] = await Promise.all([
    db.report.findMany({
      where: { watch: 'pending', receivedAt: { lt: before } },
      orderBy: { receivedAt: 'asc' },
      take: AT_A_TIME,
    }),
    db.report.findMany({
      where: { watch: 'running', state: screened, screenedAt: { lt: before } },
      orderBy: { screenedAt: 'asc' },
      take: AT_A_TIME,
    }),
  ]);
  return [...begin, ...end];
}

/** What became of the watch; an end is final. */
export async function markWatch(db: Db, id: string, watch: 'running' | 'ended'): Promise<Report | undefined> {
  await db.report.updateMany({ where: { id, watch: { not: 'ended' } }, data: { watch } });
  return (await db.report.findUnique({ where: { id } })) ?? undefined;
}

/** Reports that wait and ought to be watched over, the most urgent first. */
export const watchedReports = (db: Db): Promise<Report[]> =>
  db.report.findMany({
    where: { watch: 'running', state: { in: ['waiting', 'out_asked'] } },
    orderBy: [{ dueAt: 'asc' }, { id: 'asc' }],
    take: 500,
  });
