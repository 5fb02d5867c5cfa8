/** The queue of reports (接报队列): taken with everything personal in the vault from the first write, listed, read. */
import type { CaseInput } from '../../domain/messages';
import type { CaseType, Risk, Trigger } from '../../domain/model';
import { type Doubt, type Looks, reportNumber } from '../../domain/reports/model';
import { newWatch, type ScreeningPolicy, watchIdOf } from '../../domain/reports/watch';
import type { Knowable } from '../../domain/same-child';
import type { Prisma, Report, ReportEvent, ReportSource } from '../../prisma/generated/client';
import type { Scope } from '../cases';
import type { ChildIndex } from '../child-index';
import type { Db, Tx } from '../db';
import type { Vault } from '../vault';
import { entryOf } from './watch';

export interface NewReport {
  id: string;
  stationId: string;
  via: 'page' | 'key';
  sourceId?: string;
  looks: Looks;
  type?: CaseType;
  risk?: Risk;
  /** Milliseconds since the epoch. */
  occurredAt?: number;
  triggers: readonly Trigger[];
  doubts: readonly Doubt[];
  /** Milliseconds since the epoch, on the database's clock. */
  receivedAt: number;
  policy: ScreeningPolicy;
  /** For the vault alone. */
  child: Knowable;
  reporter?: object;
  narrative: string;
}

interface Deps {
  db: Db;
  vault: Vault;
  index: ChildIndex;
}

/** Report and what came of it: the same report again, under the same id, is left as it is. */
export async function queueReport({ db, vault, index }: Deps, report: NewReport): Promise<Report> {
  const { id, stationId, via, sourceId, looks, type, receivedAt, policy } = report;
  return db.$transaction(async (tx) => {
    // Two taps on one button come in the same moment: the second waits here and finds what the first one wrote.
    await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${id}, 0))::text`;
    const there = await tx.report.findUnique({ where: { id } });
    if (there) return there;
    const number = await nextNumber(tx);
    const { state, events } = newWatch({ reportId: id, number, stationId, looks, receivedAt, policy }, receivedAt);
    const sealed = await vault.sealNew(watchIdOf(id), [
      { kind: 'child', value: report.child },
      ...(report.reporter ? [{ kind: 'reporter' as const, value: report.reporter }] : []),
      { kind: 'narrative', value: report.narrative },
    ]);
    const [{ dueAt } = { dueAt: receivedAt }] = state.steps;
    const input: CaseInput = { state };
    const row = await tx.report.create({
      data: {
        ...{ id, number, stationId, via, looks, rev: state.seq },
        sourceId: sourceId ?? null,
        type: type ?? null,
        risk: report.risk ?? null,
        occurredAt: report.occurredAt === undefined ? null : new Date(report.occurredAt),
        triggers: [...new Set(report.triggers)],
        doubts: [...report.doubts],
        subjectId: sealed.key.subjectId,
        receivedAt: new Date(receivedAt),
        dueAt: new Date(dueAt),
        input: input as unknown as Prisma.InputJsonObject,
      },
    });
    await tx.vaultKey.create({ data: { ...sealed.key, wrapped: bytes(sealed.key.wrapped) } });
    await tx.vaultItem.createMany({ data: sealed.items.map((item) => ({ ...item, sealed: bytes(item.sealed) })) });
    await tx.reportEvent.createMany({ data: events.map((event) => entryOf(id, event)) });
    await index.write(tx, { ref: 'report', id, stationId }, report.child);
    return row;
  });
}

const bytes = (of: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(of);

/** Its row stays locked until the transaction ends, so that numbers have no gaps. */
async function nextNumber(tx: Tx): Promise<string> {
  const { value } = await tx.counter.upsert({
    where: { name: 'report' },
    create: { name: 'report', value: 1 },
    update: { value: { increment: 1 } },
  });
  return reportNumber(value);
}

const WITH_SOURCE = { source: true } as const;
/** A report with the system that it came from. */
export type QueuedReport = Report & { source: ReportSource | null };

/** Where a page of the queue ends. */
export interface QueuePlace {
  /** Milliseconds since the epoch. */
  dueAt: number;
  id: string;
}

/** One page of the queue, soonest deadline first. @param hidden cases whose reports are left out */
export function listReports(
  tx: Tx,
  scope: Scope,
  states: readonly string[],
  { after, take, hidden }: { after?: QueuePlace; take: number; hidden: readonly string[] },
): Promise<QueuedReport[]> {
  const dueAt = after && new Date(after.dueAt);
  return tx.report.findMany({
    where: {
      ...(scope !== 'all' && { stationId: { in: scope.stationIds } }),
      state: { in: [...states] },
      ...(hidden.length > 0 && { AND: { OR: [{ caseId: null }, { caseId: { notIn: [...hidden] } }] } }),
      ...(after && { OR: [{ dueAt: { gt: dueAt } }, { dueAt, id: { gt: after.id } }] }),
    },
    include: WITH_SOURCE,
    orderBy: [{ dueAt: 'asc' }, { id: 'asc' }],
    take,
  });
}

/** Undefined: there is no such report. */
export async function readReport(tx: Tx, id: string): Promise<QueuedReport | undefined> {
  return (await tx.report.findUnique({ where: { id }, include: WITH_SOURCE })) ?? undefined;
}

/** What happened to a report, in order. */
export const reportEvents = (tx: Tx, reportId: string): Promise<ReportEvent[]> =>
  tx.reportEvent.findMany({ where: { reportId }, orderBy: { id: 'asc' } });
