/** What the watch over a report writes: its entries in the report's journal, and how late and how far told the report is. */
import type { RecordInput } from '../../domain/messages';
import type { CaseEvent } from '../../domain/model';
import type { Report } from '../../prisma/generated/client';
import type { Tx } from '../db';

/** The report's row, for this transaction alone; undefined: there is none. */
export async function lockReport(tx: Tx, id: string): Promise<Report | undefined> {
  await tx.$queryRaw`SELECT 1 FROM reports WHERE id = ${id} FOR UPDATE`;
  return (await tx.report.findUnique({ where: { id } })) ?? undefined;
}

export const entryOf = (reportId: string, { seq, at, actor, kind, data }: CaseEvent) => ({
  ...{ reportId, seq, kind, data },
  ...{ at: new Date(at), actorKind: actor.kind, actorId: actor.id },
});

/** Entries that are there already stay as they are; an older write does not undo a newer one. */
export async function writeWatch(tx: Tx, id: string, { events, projection }: RecordInput): Promise<void> {
  await tx.reportEvent.createMany({ data: events.map((event) => entryOf(id, event)), skipDuplicates: true });
  const alert = projection.alerts.at(-1);
  await tx.report.updateMany({
    where: { id, rev: { lt: projection.rev } },
    data: {
      rev: projection.rev,
      overdue: projection.overdue,
      ...(alert && { alertId: alert.id, alertState: alert.state, alertRung: alert.rung }),
    },
  });
}
