/** The rows that screens read, written by the workflow's record activity. An older write never overwrites a newer one. */
import { Prisma } from '../prisma/generated/client';
import type { Projection } from '../domain/messages';
import type { Alert, Referral, Step } from '../domain/model';
import type { Tx } from './db';

const date = (ms: number | undefined): Date | null => (ms === undefined ? null : new Date(ms));

const stepRow = (caseId: string, step: Step) => ({
  caseId,
  id: step.id,
  kind: step.kind,
  state: step.state,
  binds: step.binds,
  ord: step.ord,
  startAt: new Date(step.startAt),
  dueAt: new Date(step.dueAt),
  remindAt: date(step.remindAt),
  basis: step.basis as unknown as Prisma.InputJsonValue,
  extendable: step.extendable,
  occurrence: step.occurrence ?? null,
  referralId: step.referralId ?? null,
  doneAt: date(step.doneAt),
  doneBy: step.doneBy ?? null,
  outcome: step.outcome ?? null,
  noteId: step.noteId ?? null,
  extension: step.extension ? (step.extension as unknown as Prisma.InputJsonValue) : Prisma.DbNull,
});

const alertRow = (caseId: string, alert: Alert) => ({
  id: alert.id,
  caseId,
  stepId: alert.stepId,
  state: alert.state,
  round: alert.round,
  rung: alert.rung,
  openedAt: new Date(alert.openedAt),
  nextAt: new Date(alert.nextAt),
  acknowledgedBy: alert.acknowledgedBy ?? null,
  acknowledgedAt: date(alert.acknowledgedAt),
  resolvedAt: date(alert.resolvedAt),
});

const referralRow = (caseId: string, referral: Referral) => ({
  id: referral.id,
  caseId,
  partnerId: referral.partnerId,
  state: referral.state,
  purpose: referral.purpose,
  noteId: referral.noteId ?? null,
  sentAt: new Date(referral.sentAt),
  confirmBy: new Date(referral.confirmBy),
  receivedAt: date(referral.receivedAt),
  feedbackBy: date(referral.feedbackBy),
});

/** The first rows of a new case's steps, in one statement. */
export async function insertSteps(tx: Tx, caseId: string, steps: Step[]): Promise<void> {
  await tx.stepRow.createMany({ data: steps.map((step) => stepRow(caseId, step)) });
}

/**
 * Brings the rows of a case up to `projection.rev`.
 * @returns false where a newer write is there already (a late retry); nothing is changed then.
 */
export async function writeProjection(tx: Tx, caseId: string, projection: Projection): Promise<boolean> {
  const { rev, policyVersion, status, risk, assigneeId, closedAt, triggers, nextDueAt, overdue } = projection;
  const { count } = await tx.caseRow.updateMany({
    where: { id: caseId, rev: { lt: rev } },
    data: {
      rev,
      policyVersion,
      status,
      risk,
      triggers,
      overdue,
      assigneeId: assigneeId ?? null,
      closedAt: date(closedAt),
      nextDueAt: date(nextDueAt),
    },
  });
  if (count === 0) return false;
  for (const step of projection.steps) {
    const row = stepRow(caseId, step);
    await tx.stepRow.upsert({ where: { caseId_id: { caseId, id: step.id } }, create: row, update: row });
  }
  for (const alert of projection.alerts) {
    const row = alertRow(caseId, alert);
    await tx.alertRow.upsert({ where: { id: alert.id }, create: row, update: row });
  }
  for (const referral of projection.referrals) {
    const row = referralRow(caseId, referral);
    await tx.referral.upsert({ where: { id: referral.id }, create: row, update: row });
  }
  return true;
}
