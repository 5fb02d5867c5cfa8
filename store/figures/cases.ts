/**
 * What the figures (数据) are counted from: cases received in a period, by the case's own clock, without drills. Ids of people
 * and children are not read. Times in milliseconds.
 */
import { Prisma } from '../../prisma/generated/client';
import type { Scope } from '../cases';
import type { Tx } from '../db';
import { notHidden } from '../sight';

export interface Period {
  scope: Scope;
  /** Cases that whoever asks must not know of. */
  hidden: readonly string[];
  /** Milliseconds, `[from, until)`. */
  from: number;
  until: number;
  /** Now, by the wall. */
  at: number;
}

const inSight = ({ scope, hidden }: Pick<Period, 'scope' | 'hidden'>): Prisma.Sql => Prisma.sql`
  NOT c.drill ${notHidden(Prisma.sql`c.id`, hidden)}
  ${scope === 'all' ? Prisma.empty : Prisma.sql`AND c.station_id = ANY(${scope.stationIds})`}`;

/** `c` is cases. */
const received = ({ from, until, ...sight }: Period): Prisma.Sql => Prisma.sql`
  ${inSight(sight)} AND c.received_at >= ${new Date(from)} AND c.received_at < ${new Date(until)}`;

const caseNow = (at: number): Prisma.Sql =>
  Prisma.sql`(${new Date(at)}::timestamptz + c.clock_ahead_ms * interval '1 millisecond')`;
const ms = (span: Prisma.Sql): Prisma.Sql => Prisma.sql`(extract(epoch FROM ${span}) * 1000)::double precision`;

export interface JudgedSteps {
  kind: string;
  type: string;
  risk: string;
  /** Done in time; done late, not possible, or past the deadline. */
  inTime: number;
  late: number;
  /** Cases that the steps are of. */
  cases: number;
}

/**
 * Steps that bind the station, by kind, type and risk. Not yet due and not yet done: neither; not applicable: none of it.
 */
export async function judgedSteps(tx: Tx, period: Period): Promise<JudgedSteps[]> {
  const rows = await tx.$queryRaw<
    (Pick<JudgedSteps, 'kind' | 'type' | 'risk'> & Record<'inTime' | 'late' | 'cases', bigint>)[]
  >`
    SELECT kind, type, risk, count(*) FILTER (WHERE verdict = 'in_time') AS "inTime",
      count(*) FILTER (WHERE verdict = 'late') AS late, count(DISTINCT case_id) AS cases
    FROM (
      SELECT s.kind, c.type, c.risk, s.case_id, CASE
        WHEN s.done_at > s.due_at OR s.outcome = 'not_possible' THEN 'late'
        WHEN s.done_at IS NULL AND (s.state = 'overdue' OR s.due_at <= ${caseNow(period.at)}) THEN 'late'
        WHEN s.done_at IS NULL THEN 'pending'
        ELSE 'in_time' END AS verdict
      FROM cases c JOIN steps s ON s.case_id = c.id
      WHERE ${received(period)} AND s.binds = 'station' AND s.state <> 'cancelled'
        AND s.outcome IS DISTINCT FROM 'not_applicable'
    ) AS judged WHERE verdict <> 'pending'
    GROUP BY kind, type, risk ORDER BY kind, type, risk`;
  return rows.map(({ kind, type, risk, inTime, late, cases }) => ({
    ...{ kind, type, risk },
    ...{ inTime: Number(inTime), late: Number(late), cases: Number(cases) },
  }));
}

export interface Contact {
  type: string;
  risk: string;
  /** From the receipt to the first contact, milliseconds; null: not yet. */
  after: number | null;
}

/** The first contact (首次接触) of each case that is to have one. */
export const firstContacts = (tx: Tx, period: Period): Promise<Contact[]> =>
  tx.$queryRaw<Contact[]>`
    SELECT c.type, c.risk, ${ms(Prisma.sql`min(s.done_at) FILTER (WHERE s.outcome = 'done') - c.received_at`)} AS after
    FROM cases c JOIN steps s ON s.case_id = c.id AND s.kind = 'first_contact'
    WHERE ${received(period)} AND s.state <> 'cancelled' AND (s.outcome IS NULL OR s.outcome = 'done')
    GROUP BY c.id ORDER BY c.received_at, c.id`;

export interface OpenCase {
  risk: string;
  /** Since the receipt, milliseconds. */
  age: number;
}

/** Every case that is not closed, whenever it was received. */
export const openCases = (tx: Tx, { at, ...sight }: Period): Promise<OpenCase[]> =>
  tx.$queryRaw<OpenCase[]>`
    SELECT c.risk, ${ms(Prisma.sql`${caseNow(at)} - c.received_at`)} AS age
    FROM cases c WHERE ${inSight(sight)} AND c.status <> 'closed'`;

export interface Answered {
  risk: string;
  caseId: string;
  /** From the alert to its first acknowledgement, milliseconds; null: nobody. */
  after: number | null;
  over: boolean;
}

/** Alerts of the cases, with how long it took until somebody answered: for the first time, as the journal has it. */
export const alertAnswers = (tx: Tx, period: Period): Promise<Answered[]> =>
  tx.$queryRaw<Answered[]>`
    SELECT c.risk, c.id AS "caseId", a.state = 'resolved' AS over,
      ${ms(Prisma.sql`coalesce(first.at, a.acknowledged_at) - a.opened_at`)} AS after
    FROM cases c JOIN alerts a ON a.case_id = c.id
    LEFT JOIN LATERAL (
      SELECT min(e.at) AS at FROM events e
      WHERE e.case_id = c.id AND e.kind = 'alert_acknowledged' AND e.data->>'alertId' = a.id) AS first ON true
    WHERE ${received(period)}`;

export interface PartnerAnswer {
  partnerId: string;
  name: string;
  kind: string;
  caseId: string;
  verdict: 'in_time' | 'late' | 'declined' | 'waiting' | 'unanswered' | 'revoked';
  /** From sending to the confirmation, milliseconds. */
  after: number | null;
}

/** Referrals (转介) of the cases, by the partner they went to. */
export const partnerAnswers = (tx: Tx, period: Period): Promise<PartnerAnswer[]> =>
  tx.$queryRaw<PartnerAnswer[]>`
    SELECT r.partner_id AS "partnerId", p.name, p.kind, c.id AS "caseId",
      ${ms(Prisma.sql`r.received_at - r.sent_at`)} AS after, CASE
        WHEN r.state = 'declined' THEN 'declined'
        WHEN r.received_at <= r.confirm_by THEN 'in_time'
        WHEN r.received_at IS NOT NULL THEN 'late'
        WHEN r.state = 'revoked' THEN 'revoked'
        WHEN r.confirm_by <= ${caseNow(period.at)} THEN 'unanswered'
        ELSE 'waiting' END AS verdict
    FROM cases c JOIN referrals r ON r.case_id = c.id JOIN partners p ON p.id = r.partner_id
    WHERE ${received(period)} ORDER BY p.name, r.partner_id`;
