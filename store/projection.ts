/** The rows that screens read, written by the workflow's record activity. An older write never overwrites a newer one. */
import { Prisma } from '../prisma/generated/client';
import type { Projection } from '../domain/messages';
import type { Alert } from '../domain/alert';
import type { Referral, Step } from '../domain/model';
import type { Tx } from './db';
import { type Fields, insert, type Insert, isFilled } from './rows';

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
  basis: step.basis,
  extendable: step.extendable,
  occurrence: step.occurrence ?? null,
  referralId: step.referralId ?? null,
  doneAt: date(step.doneAt),
  doneBy: step.doneBy ?? null,
  outcome: step.outcome ?? null,
  noteId: step.noteId ?? null,
  extension: step.extension ?? null,
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

/** The first rows of a new case's steps. */
export const newSteps = (caseId: string, steps: readonly Step[]): Fields[] =>
  steps.map((step) => stepRow(caseId, step));

const upsert = (table: string, rows: Fields[], replaceBy: string[]): Insert[] =>
  isFilled(rows) ? [{ table, rows, replaceBy, where: Prisma.sql`SELECT 1 FROM written` }] : [];

/**
 * Brings the rows of a case up to `projection.rev` and appends `entries` to its journal, in one statement: both or
 * neither. Rows that a newer write has brought further (this is a late retry then) stay as they are.
 */
export async function writeCase(
  tx: Tx,
  caseId: string,
  projection: Projection,
  entries: readonly Fields[],
): Promise<void> {
  const { rev, policyVersion, status, risk, assigneeId, closedAt, triggers, nextDueAt, overdue } = projection;
  const { joinedInto = null } = projection;
  const parts: Insert[] = [
    ...upsert(
      'steps',
      projection.steps.map((step) => stepRow(caseId, step)),
      ['caseId', 'id'],
    ),
    ...upsert(
      'alerts',
      projection.alerts.map((alert) => alertRow(caseId, alert)),
      ['id'],
    ),
    ...upsert(
      'referrals',
      projection.referrals.map((referral) => referralRow(caseId, referral)),
      ['id'],
    ),
    ...(isFilled(entries) ? [{ table: 'events', rows: entries }] : []),
  ];
  const more = parts.map((part) => Prisma.sql`, ${Prisma.raw(part.table)}_part AS (${insert(part)})`);
  await tx.$executeRaw`
    WITH written AS (
      UPDATE cases SET rev = ${rev}, policy_version = ${policyVersion}, status = ${status}, risk = ${risk},
        joined_into = ${joinedInto}, triggers = ${triggers}, overdue = ${overdue}, assignee_id = ${assigneeId ?? null},
        closed_at = ${date(closedAt)}::timestamptz, next_due_at = ${date(nextDueAt)}::timestamptz
      WHERE id = ${caseId} AND rev < ${rev}
      RETURNING id
    )${Prisma.join(more.length > 0 ? more : [Prisma.empty], '')}
    SELECT count(*) FROM written`;
}
