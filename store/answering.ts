/** Whose answer it is when somebody replies from a phone: their own, or the duty's. */
import { z } from 'zod';
import { RUNG_ROLES } from '../domain/model';
import { reportOf } from '../domain/reports/watch';
import type { Tx } from './db';
import { idsOnDuty } from './roster';

/**
 * Who acknowledges when a message to `personId` is answered. A shared duty phone (值班手机) answers for whoever is on duty
 * on the case's clock; while nobody is, the phone itself has answered: somebody knows.
 * @returns undefined for somebody who left, or a phone that was taken away
 */
export async function answersFor(
  tx: Tx,
  { personId, caseId }: { personId: string; caseId: string },
): Promise<string | undefined> {
  const person = await tx.staff.findFirst({ where: { id: personId, active: true }, select: { id: true } });
  if (person) return person.id;
  const phone = await tx.contact.findFirst({ where: { id: personId, removedAt: null, dutyRole: { not: null } } });
  const role = z.enum(RUNG_ROLES).safeParse(phone?.dutyRole);
  if (!phone || !role.success) return undefined;
  const select = { stationId: true, clockAheadMs: true } as const;
  const reportId = reportOf(caseId);
  const row =
    reportId === undefined
      ? await tx.caseRow.findUnique({ where: { id: caseId }, select })
      : await tx.report.findUnique({ where: { id: reportId }, select });
  if (!row) return undefined;
  const at = Date.now() + Number(row.clockAheadMs);
  const [first] = await idsOnDuty(tx, { role: role.data, stationId: row.stationId }, at);
  return first ?? phone.id;
}
