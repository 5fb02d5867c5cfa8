/** The figures of indicators (指标), counted from records by SQL each time they are asked for. */
import { Prisma } from '../../prisma/generated/client';
import type { Contract, CountRule, Indicator } from '../../domain/services/contract';
import { type Figure, standingOf } from '../../domain/services/standing';
import type { Judged } from '../../domain/services/pace';
import type { Tx } from '../db';
import {
  CASE_CHILD,
  countedAnswers,
  countedCases,
  countedRecords,
  employed,
  PEOPLE,
  verdicts,
  type Window,
  windowOf,
} from './counted';

type RecordsRule = Extract<CountRule, { from: 'records' }>;

const NOTHING = Prisma.sql`SELECT 0::bigint AS count, NULL::bigint AS whole`;

const casesOf = (window: Window, { cases }: RecordsRule): Prisma.Sql =>
  cases ? Prisma.sql`(SELECT count(*) FROM cases c WHERE ${countedCases(window, cases)})` : Prisma.sql`0`;

/** Each child once: registered children of the records, and the child of each case that counts. */
function persons(window: Window, rule: RecordsRule): Prisma.Sql {
  const records = countedRecords(window, rule.kinds);
  const ofCases = rule.cases
    ? Prisma.sql`UNION ALL
      SELECT ${CASE_CHILD} FROM cases c LEFT JOIN registered_child_cases l ON l.case_id = c.id
      WHERE ${countedCases(window, rule.cases)}`
    : Prisma.empty;
  return Prisma.sql`
    SELECT count(DISTINCT who) AS count, NULL::bigint AS whole FROM (
      SELECT unnest(s.child_ids) AS who FROM services s WHERE ${records}
      UNION ALL
      SELECT ${CASE_CHILD} FROM services s JOIN cases c ON c.id = s.case_id
        LEFT JOIN registered_child_cases l ON l.case_id = c.id
      WHERE ${records} AND cardinality(s.child_ids) = 0
      ${ofCases}
    ) AS children`;
}

function records(window: Window, rule: RecordsRule): Prisma.Sql {
  const counted = countedRecords(window, rule.kinds);
  switch (rule.each) {
    case 'person':
      return persons(window, rule);
    case 'person_time':
      return Prisma.sql`SELECT coalesce(sum(${PEOPLE}), 0) + ${casesOf(window, rule)} AS count, NULL::bigint AS whole
        FROM services s WHERE ${counted}`;
    case 'session':
      return Prisma.sql`SELECT count(*) + ${casesOf(window, rule)} AS count, NULL::bigint AS whole
        FROM services s WHERE ${counted}`;
    case 'group':
      return Prisma.sql`SELECT count(*) AS count, NULL::bigint AS whole FROM (
        SELECT s.group_id FROM services s WHERE ${counted} GROUP BY s.group_id
        HAVING count(*) >= ${rule.leastSessions}) AS series`;
    default:
      return NOTHING;
  }
}

function queryOf(contract: Contract, rule: CountRule, at: number): Prisma.Sql {
  const window = windowOf(contract, at);
  switch (rule.from) {
    case 'records':
      return records(window, rule);
    case 'staff':
      return Prisma.sql`SELECT count(*) AS count, NULL::bigint AS whole FROM staff f WHERE ${employed(window, rule)}`;
    case 'intake':
      return Prisma.sql`SELECT count(*) FILTER (WHERE verdict = 'in_time') AS count, count(*) AS whole
        FROM (${verdicts(window, rule, at)}) AS judged WHERE verdict <> 'pending'`;
    case 'satisfaction':
      return Prisma.sql`SELECT coalesce(sum(satisfied), 0)::bigint AS count, coalesce(sum(answers), 0)::bigint AS whole
        FROM (
        SELECT s.satisfied, s.answers FROM services s WHERE ${countedRecords(window, ['satisfaction'])}
        UNION ALL
        SELECT count(*) FILTER (WHERE a.satisfied), count(*) FROM survey_answers a WHERE ${countedAnswers(window)}
      ) AS given`;
    default:
      return NOTHING;
  }
}

interface FigureRow {
  count: bigint;
  whole: bigint | null;
}

/** What an indicator counts up to a moment, in milliseconds since the epoch. */
export async function figureOf(tx: Tx, contract: Contract, { count }: Indicator, at: number): Promise<Figure> {
  const query = queryOf(contract, count, at);
  const [row] = await tx.$queryRaw<FigureRow[]>(query);
  const whole = row?.whole ?? undefined;
  return { count: Number(row?.count ?? 0), ...(whole === undefined ? {} : { whole: Number(whole) }) };
}

export interface Counted extends Judged {
  figure: Figure;
}

/** Every indicator of a contract as it stands at a moment. Rules that count the same are counted once. */
export function standingsOf(tx: Tx, contract: Contract, at: number): Promise<Counted[]> {
  const asked = new Map<string, Promise<Figure>>();
  return Promise.all(
    contract.indicators.map(async (indicator) => {
      const rule = JSON.stringify(indicator.count);
      const known = asked.get(rule) ?? figureOf(tx, contract, indicator, at);
      asked.set(rule, known);
      const figure = await known;
      return { indicator, figure, standing: standingOf(indicator, contract, figure, at) };
    }),
  );
}

export interface ProgressPoint {
  /** Milliseconds since the epoch. */
  at: number;
  actual: number | null;
}

/** An indicator at each of some moments, one after the other: the curve towards its target. */
export async function progressOf(
  tx: Tx,
  contract: Contract,
  indicator: Indicator,
  moments: readonly number[],
): Promise<ProgressPoint[]> {
  const points: ProgressPoint[] = [];
  for (const at of moments) {
    const figure = await figureOf(tx, contract, indicator, at);
    points.push({ at, actual: standingOf(indicator, contract, figure, at).actual });
  }
  return points;
}
