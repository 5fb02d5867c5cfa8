/** What people do with a report (甄别). Its row decides, under a lock: of two at the same time one is too late. */
import type { FailureType } from '../../domain/failures';
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

/** Reports whose watch has not begun, or has not heard yet that somebody screened them; oldest first. */
export function unsettledReports(db: Db, olderThanMs: number): Promise<Report[]> {
  const before = new Date(Date.now() - olderThanMs);
  return db.report.findMany({
    where: {
      OR: [
        { watch: 'pending', receivedAt: { lt: before } },
        { watch: 'running', state: { in: ['screened_in', 'joined', 'screened_out'] }, screenedAt: { lt: before } },
      ],
    },
    orderBy: { receivedAt: 'asc' },
    take: 100,
  });
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
