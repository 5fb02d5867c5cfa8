/** The figures of indicators (指标), counted from records by SQL each time they are asked for. */
import { Prisma } from '../../prisma/generated/client';
import type { CaseRule, Contract, CountRule, Indicator } from '../../domain/services/contract';
import type { ServiceKind } from '../../domain/services/kinds';
import { type Figure, standingOf } from '../../domain/services/standing';
import type { Judged } from '../../domain/services/pace';
import type { Tx } from '../db';
import { CASE_CHILD, countedCases, countedRecords, employed, verdicts, type Window, windowOf } from './counted';
import { answersOf, type KindSum, sumOf, sumsByKind } from './sums';

type RecordsRule = Extract<CountRule, { from: 'records' }>;

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

/** Each series that has met often enough. */
const series = (window: Window, { kinds, leastSessions }: RecordsRule): Prisma.Sql => Prisma.sql`
  SELECT count(*) AS count, NULL::bigint AS whole FROM (
    SELECT s.group_id FROM services s WHERE ${countedRecords(window, kinds)} GROUP BY s.group_id
    HAVING count(*) >= ${leastSessions}) AS series`;

/** What the figures of one contract and moment have in common, each asked for once. */
interface Shared {
  sums(): Promise<KindSum[]>;
  answers(): Promise<{ answers: number; satisfied: number }>;
  cases(rule: CaseRule): Promise<number>;
}

/** The kinds that a rule adds up record by record. */
function summedKinds(rule: CountRule): readonly ServiceKind[] {
  if (rule.from === 'satisfaction') return ['satisfaction'];
  return rule.from === 'records' && (rule.each === 'person_time' || rule.each === 'session') ? rule.kinds : [];
}

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined;
  return () => (asked ??= ask());
}

function shareOf(tx: Tx, window: Window, rules: readonly CountRule[]): Shared {
  const counts = new Map<string, Promise<number>>();
  return {
    sums: once(() => sumsByKind(tx, window, [...new Set(rules.flatMap(summedKinds))])),
    answers: once(() => answersOf(tx, window)),
    cases(rule) {
      const key = JSON.stringify(rule);
      const known = counts.get(key) ?? countCases(tx, window, rule);
      counts.set(key, known);
      return known;
    },
  };
}

async function countCases(tx: Tx, window: Window, rule: CaseRule): Promise<number> {
  const [row] = await tx.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM cases c WHERE ${countedCases(window, rule)}`;
  return row?.count ?? 0;
}

interface FigureRow {
  count: bigint;
  whole: bigint | null;
}

async function asked(tx: Tx, query: Prisma.Sql): Promise<Figure> {
  const [row] = await tx.$queryRaw<FigureRow[]>(query);
  const whole = row?.whole ?? undefined;
  return { count: Number(row?.count ?? 0), ...(whole === undefined ? {} : { whole: Number(whole) }) };
}

async function counted(tx: Tx, window: Window, rule: RecordsRule, shared: Shared): Promise<Figure> {
  if (rule.each === 'person') return asked(tx, persons(window, rule));
  if (rule.each === 'group') return asked(tx, series(window, rule));
  const of = sumOf(await shared.sums(), rule.kinds, rule.each === 'session' ? 'records' : 'people');
  return { count: of + (rule.cases ? await shared.cases(rule.cases) : 0) };
}

/** Satisfied answers of all, on paper and by the children's survey. */
async function satisfaction({ sums, answers }: Shared): Promise<Figure> {
  const [paper, survey] = [await sums(), await answers()];
  const of = (what: 'satisfied' | 'answers'): number => sumOf(paper, ['satisfaction'], what) + survey[what];
  return { count: of('satisfied'), whole: of('answers') };
}

function countOf(tx: Tx, window: Window, rule: CountRule, at: number, shared: Shared): Promise<Figure> {
  switch (rule.from) {
    case 'staff':
      return asked(
        tx,
        Prisma.sql`SELECT count(*) AS count, NULL::bigint AS whole FROM staff f WHERE ${employed(window, rule)}`,
      );
    case 'intake':
      return asked(
        tx,
        Prisma.sql`SELECT count(*) FILTER (WHERE verdict = 'in_time') AS count, count(*) AS whole
        FROM (${verdicts(window, rule, at)}) AS judged WHERE verdict <> 'pending'`,
      );
    case 'satisfaction':
      return satisfaction(shared);
    default:
      return counted(tx, window, rule, shared);
  }
}

/** What an indicator counts up to a moment, in milliseconds since the epoch. */
export function figureOf(tx: Tx, contract: Contract, { count }: Indicator, at: number): Promise<Figure> {
  const window = windowOf(contract, at);
  return countOf(tx, window, count, at, shareOf(tx, window, [count]));
}

export interface Counted extends Judged {
  figure: Figure;
}

/** Every indicator of a contract as it stands at a moment. Rules that count the same are counted once. */
export function standingsOf(tx: Tx, contract: Contract, at: number): Promise<Counted[]> {
  const window = windowOf(contract, at);
  const shared = shareOf(
    tx,
    window,
    contract.indicators.map(({ count }) => count),
  );
  const figures = new Map<string, Promise<Figure>>();
  return Promise.all(
    contract.indicators.map(async (indicator) => {
      const rule = JSON.stringify(indicator.count);
      const known = figures.get(rule) ?? countOf(tx, window, indicator.count, at, shared);
      figures.set(rule, known);
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
