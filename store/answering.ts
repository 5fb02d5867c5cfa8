/** Whose answer it is when somebody replies from a phone: their own, or the duty's. */
import { z } from 'zod';
import { RUNG_ROLES } from '../domain/model';
import { reportOf } from '../domain/reports/watch';
import type { Hearer } from '../domain/sight';
import type { Tx } from './db';
import { mayStillHear } from './hearers';
import { idsOnDuty } from './roster';

interface Asked {
  personId: string;
  caseId: string;
}

/**
 * Who acknowledges when a message to `personId` is answered. A shared duty phone (值班手机) answers for whoever is on duty
 * on the case's clock; while nobody is, the phone itself has answered: somebody knows.
 * @returns undefined for somebody who left, a phone that was taken away, and whoever was shut out of the case (限定知悉、回避)
 * since, as while a call was ringing: their answer stops nobody from being told
 */
export async function answersFor(tx: Tx, asked: Asked): Promise<string | undefined> {
  const who = await holder(tx, asked);
  return who && (await mayStillHear(tx, asked.caseId, who)) ? who.id : undefined;
}

async function holder(tx: Tx, { personId, caseId }: Asked): Promise<Hearer | undefined> {
  const person = await tx.staff.findFirst({ where: { id: personId, active: true }, select: { id: true } });
  if (person) return { kind: 'staff', id: person.id };
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
  return first === undefined ? { kind: 'contact', id: phone.id } : { kind: 'staff', id: first };
}
