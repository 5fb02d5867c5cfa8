/** The rows that an indicator counts, as SQL: one definition for the figure and for the records behind it. */
import { Prisma } from '../../prisma/generated/client';
import type { CaseRule, Contract, CountRule } from '../../domain/services/contract';
import { momentsOf } from '../../domain/services/term';

/** What is looked at: a station's records of a contract's term up to a moment. */
export interface Window {
  stationId: string;
  from: Date;
  until: Date;
}

/** The term up to a moment (milliseconds since the epoch); what is dated later does not count yet. */
export function windowOf({ stationId, term }: Contract, at: number): Window {
  const { from, until } = momentsOf(term);
  return { stationId, from: new Date(from), until: new Date(Math.max(from, Math.min(until, at + 1))) };
}

/** Records of these kinds that have not been withdrawn; `s` is services. */
export const countedRecords = ({ stationId, from, until }: Window, kinds: readonly string[]): Prisma.Sql => Prisma.sql`
  s.station_id = ${stationId} AND s.kind = ANY(${[...kinds]}) AND s.at >= ${from} AND s.at < ${until}
  AND s.withdrawn_at IS NULL`;

/** Answers of children by when they were given, unless the service itself was withdrawn; `a` is survey_answers. */
export const countedAnswers = ({ stationId, from, until }: Window): Prisma.Sql => Prisma.sql`
  a.station_id = ${stationId} AND a.at >= ${from} AND a.at < ${until}
  AND NOT EXISTS (SELECT FROM services w WHERE w.id = a.service_id AND w.withdrawn_at IS NOT NULL)`;

/** Cases by the moment of their receipt, without drills; `c` is cases. */
export const countedCases = ({ stationId, from, until }: Window, { types, risks }: CaseRule): Prisma.Sql => Prisma.sql`
  c.station_id = ${stationId} AND NOT c.drill AND c.received_at >= ${from} AND c.received_at < ${until}
  ${types ? Prisma.sql`AND c.type = ANY(${[...types]})` : Prisma.empty}
  ${risks ? Prisma.sql`AND c.risk = ANY(${[...risks]})` : Prisma.empty}`;

/**
 * People who hold a post of the station at the window's last moment, in roles and of the kind that the rule names; `f`
 * is staff. Somebody with two posts is there once.
 */
export const employed = (
  { stationId, until }: Window,
  { roles, post }: Extract<CountRule, { from: 'staff' }>,
): Prisma.Sql => Prisma.sql`
  f.role = ANY(${[...roles]}) AND EXISTS (
    SELECT FROM posts o WHERE o.staff_id = f.id AND o.station_id = ${stationId} AND o.withdrawn_at IS NULL
      AND o.starts_at < ${until} AND (o.ends_at IS NULL OR o.ends_at >= ${until})
      ${post === 'full_time' ? Prisma.sql`AND o.full_time` : Prisma.empty}
      ${post === 'child_welfare' ? Prisma.sql`AND o.child_welfare` : Prisma.empty})`;

/** How many were served, as the database works it out (people in the migration of services). */
export const PEOPLE = Prisma.sql`s.people`;

/** The one child of a case: the registered one that it is linked to, else the case's own. */
export const CASE_CHILD = Prisma.sql`coalesce(l.child_id, 'case:' || c.subject_id)`;

/**
 * Was a case answered in time? `late` as soon as one of the steps was done after its deadline, is past it, or could not
 * be done; `pending` while one is still to do; else `in_time`. On the case's own clock, which only tests move.
 */
export const verdicts = (
  window: Window,
  rule: Extract<CountRule, { from: 'intake' }>,
  at: number,
): Prisma.Sql => Prisma.sql`
  SELECT c.id, c.number, c.type, c.received_at AS at,
    CASE
      WHEN bool_or(p.done_at > p.due_at OR p.outcome = 'not_possible'
        OR (p.done_at IS NULL AND (p.state = 'overdue'
          OR p.due_at <= ${new Date(at)}::timestamptz + c.clock_ahead_ms * interval '1 millisecond'))) THEN 'late'
      WHEN bool_or(p.done_at IS NULL) THEN 'pending'
      ELSE 'in_time'
    END AS verdict
  FROM cases c JOIN steps p ON p.case_id = c.id AND p.kind = ANY(${[...rule.steps]}) AND p.state <> 'cancelled'
  WHERE ${countedCases(window, {})}
  GROUP BY c.id`;
