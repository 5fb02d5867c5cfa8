/** The rows that screens read, written by the workflow's record activity. An older write never overwrites a newer one. */
import { Prisma } from '../prisma/generated/client';
import type { Projection } from '../domain/messages';
import type { Alert } from '../domain/alert';
import type { Referral, Step } from '../domain/model';
import type { Tx } from './db';
import { insertDeliveries } from './deliveries';
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
  acceptedAt: date(referral.acceptedAt),
});

/** The first rows of a new case's steps. */
export const newSteps = (caseId: string, steps: readonly Step[]): Fields[] =>
  steps.map((step) => stepRow(caseId, step));

const upsert = (table: string, rows: Fields[], replaceBy: string[]): Insert[] =>
  isFilled(rows) ? [{ table, rows, replaceBy, where: Prisma.sql`SELECT 1 FROM written` }] : [];

/** Where the case is from now on, and which stations it left with this write (移交). */
export interface Place {
  stationId: string;
  left: { stationId: string; lastSeq: number; at: number }[];
}

/** Keeps the rows as the statement finds them: what the station that had the case did, and nothing that follows. */
const leave =
  (caseId: string) =>
  (
    { stationId, lastSeq, at }: Place['left'][number],
    index: number,
  ): Prisma.Sql => Prisma.sql`, ${Prisma.raw(`left_${index}`)} AS (
      INSERT INTO former_stations (case_id, station_id, until_seq, at, snapshot)
      SELECT c.id, ${stationId}, ${lastSeq}, ${new Date(at)}::timestamptz, jsonb_build_object(
        'one', to_jsonb(c) - 'input',
        'steps', (SELECT coalesce(jsonb_agg(s ORDER BY s.due_at, s.ord), '[]') FROM steps s WHERE s.case_id = c.id),
        'referrals', (SELECT coalesce(jsonb_agg(r ORDER BY r.sent_at), '[]') FROM referrals r WHERE r.case_id = c.id),
        'alerts', (SELECT coalesce(jsonb_agg(a ORDER BY a.opened_at), '[]') FROM alerts a WHERE a.case_id = c.id))
      FROM cases c WHERE c.id = ${caseId} AND EXISTS (SELECT 1 FROM written)
      ON CONFLICT DO NOTHING)`;

/** What follows from the write, beside the case's rows. */
export interface Following {
  /** Of the journal. */
  entries: readonly Fields[];
  /** Rows of `deliveries`; those that are there already stay as they are. */
  messages: readonly Fields[];
}

/**
 * Brings the rows of a case up to `projection.rev`, appends to its journal and makes the messages, in one statement: all or
 * nothing. Rows that a newer write has brought further (this is a late retry then) stay as they are.
 */
export async function writeCase(
  tx: Tx,
  caseId: string,
  projection: Projection,
  { entries, messages }: Following,
  place: Place,
): Promise<void> {
  const { rev, policyVersion, status, risk, assigneeId, closedAt, triggers, nextDueAt, overdue, people } = projection;
  const { stationId, left } = place;
  // By what the same child is found (同一儿童线索): among the cases of the station that has this one.
  const cluesFollow =
    left.length === 0
      ? Prisma.empty
      : Prisma.sql`, clues AS (
      UPDATE child_clues SET station_id = ${stationId}
      WHERE ref = 'case' AND ref_id = ${caseId} AND EXISTS (SELECT 1 FROM written))`;
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
  if (isFilled(messages)) more.push(Prisma.sql`, messages AS (${insertDeliveries(messages)})`);
  await tx.$executeRaw`
    WITH written AS (
      UPDATE cases SET rev = ${rev}, policy_version = ${policyVersion}, status = ${status}, risk = ${risk},
        joined_into = ${joinedInto}, triggers = ${triggers}, overdue = ${overdue}, assignee_id = ${assigneeId ?? null},
        station_id = ${stationId}, people = ${people ? JSON.stringify(people) : null}::jsonb,
        closed_at = ${date(closedAt)}::timestamptz, next_due_at = ${date(nextDueAt)}::timestamptz
      WHERE id = ${caseId} AND rev < ${rev}
      RETURNING id
    )${Prisma.join([...left.map(leave(caseId)), cluesFollow, ...more, Prisma.empty], '')}
    SELECT count(*) FROM written`;
}
