/** The figures (数据) as tables: what screens draw, and what is taken home as a file. Pure. */
import { CASE_TYPES, RISKS } from '../model';
import { MINUTE } from '../zone';
import { AGES, ageOf, groupBy, rateOf, shownRows, spread } from './figures';

export const TABLES = ['on_time', 'first_contact', 'open_cases', 'alert_response', 'referral_answers'] as const;
export type TableId = (typeof TABLES)[number];
export const DIMENSIONS = ['step', 'type', 'risk', 'age', 'partner'] as const;
export type Dimension = (typeof DIMENSIONS)[number];
export const COLUMNS = [
  ...(['due', 'in_time', 'late', 'rate', 'count', 'waiting', 'median', 'p90', 'answered'] as const),
  ...RISKS,
  ...(['sent', 'declined', 'unanswered'] as const),
] as const;
export type Column = (typeof COLUMNS)[number];

/** The row of everything. */
export const ALL = 'all';

export interface FigureRow {
  /** A kind of step, type, risk, age or partner's id; ALL for the whole. */
  key: string;
  /** What the key is called, where only the data knows. */
  name?: string;
  /** Minutes where the column is median or p90, percent where it is rate; null: there is none, or it is hidden. */
  values: (number | null)[];
  /** How many cases it stands for. */
  cases: number;
}
export interface FigureTable {
  id: TableId;
  by: Dimension;
  columns: readonly Column[];
  rows: FigureRow[];
}

export interface Figures {
  steps: readonly { kind: string; type: string; risk: string; inTime: number; late: number; cases: number }[];
  contacts: readonly { type: string; risk: string; after: number | null }[];
  open: readonly { risk: string; age: number }[];
  alerts: readonly { risk: string; caseId: string; after: number | null; over: boolean }[];
  referrals: readonly {
    partnerId: string;
    name: string;
    caseId: string;
    after: number | null;
    verdict: string;
  }[];
}

const minutes = (ms: number | null): number | null => (ms === null ? null : Math.round(ms / MINUTE));
const known = (all: readonly { after: number | null }[]): number[] =>
  all.flatMap(({ after }) => (after === null ? [] : [after]));
const casesOf = (rows: readonly { caseId: string }[]): number => new Set(rows.map(({ caseId }) => caseId)).size;

const ORDER: readonly string[] = [...CASE_TYPES, ...RISKS];
const inOrder = (a: string, b: string): number => ORDER.indexOf(a) - ORDER.indexOf(b);

/** One row for each key, in the order of the house, and one for the whole. */
function table<R>(
  shape: Omit<FigureTable, 'rows'>,
  rows: readonly R[],
  key: (row: R) => string,
  cells: (rows: readonly R[]) => { values: (number | null)[]; cases: number },
): FigureTable {
  const groups = [...groupBy(rows, key)];
  const sorted = groups.toSorted(([a], [b]) => inOrder(a, b));
  const whole = rows.length > 0 ? [{ key: ALL, ...cells(rows) }] : [];
  return { ...shape, rows: [...whole, ...sorted.map(([name, group]) => ({ key: name, ...cells(group) }))] };
}

type Steps = Figures['steps'];
const ON_TIME: readonly Column[] = ['due', 'in_time', 'late', 'rate'];
function onTimeCells(rows: Steps) {
  const inTime = rows.reduce((sum, row) => sum + row.inTime, 0);
  const late = rows.reduce((sum, row) => sum + row.late, 0);
  // A case has one type and one risk, and steps of several kinds: at least as many cases as its commonest kind has.
  const cases = [...groupBy(rows, ({ type, risk }) => `${type}/${risk}`).values()];
  const least = cases.reduce((sum, group) => sum + Math.max(...group.map((row) => row.cases)), 0);
  return { values: [inTime + late, inTime, late, rateOf(inTime, inTime + late)], cases: least };
}

const CONTACT: readonly Column[] = ['count', 'waiting', 'median', 'p90'];
function contactCells(rows: Figures['contacts']) {
  const times = known(rows);
  const { median, p90 } = spread(times);
  return {
    values: [times.length, rows.length - times.length, minutes(median), minutes(p90)],
    cases: rows.length,
  };
}

const RESPONSE: readonly Column[] = ['count', 'answered', 'median', 'p90'];
function responseCells(rows: Figures['alerts']) {
  const times = known(rows);
  const { median, p90 } = spread(times);
  return { values: [rows.length, times.length, minutes(median), minutes(p90)], cases: casesOf(rows) };
}

const ANSWERS: readonly Column[] = ['sent', 'in_time', 'late', 'declined', 'unanswered', 'waiting', 'median'];
function answerCells(rows: Figures['referrals']) {
  const of = (verdict: string): number => rows.filter((row) => row.verdict === verdict).length;
  return {
    values: [
      rows.length,
      ...['in_time', 'late', 'declined', 'unanswered', 'waiting'].map(of),
      minutes(spread(known(rows)).median),
    ],
    cases: casesOf(rows),
  };
}

function openCells(rows: Figures['open']) {
  const of = (risk: string): number => rows.filter((row) => row.risk === risk).length;
  return { values: [rows.length, ...RISKS.map(of)], cases: rows.length };
}

/** Every table. A referral that was taken back (revoked) was never the partner's to answer. */
export function tablesOf({ steps, contacts, open, alerts, referrals }: Figures): FigureTable[] {
  const judged = steps.filter(({ inTime, late }) => inTime + late > 0);
  const asked = referrals.filter(({ verdict }) => verdict !== 'revoked');
  const partners = new Map(asked.map(({ partnerId, name }) => [partnerId, name]));
  const byAge = table(
    { id: 'open_cases', by: 'age', columns: ['count', ...RISKS] },
    open,
    (row) => ageOf(row.age),
    openCells,
  );
  const byPartner = table(
    { id: 'referral_answers', by: 'partner', columns: ANSWERS },
    asked,
    (row) => row.partnerId,
    answerCells,
  );
  return [
    table({ id: 'on_time', by: 'step', columns: ON_TIME }, judged, (row) => row.kind, onTimeCells),
    table({ id: 'on_time', by: 'type', columns: ON_TIME }, judged, (row) => row.type, onTimeCells),
    table({ id: 'on_time', by: 'risk', columns: ON_TIME }, judged, (row) => row.risk, onTimeCells),
    table({ id: 'first_contact', by: 'type', columns: CONTACT }, contacts, (row) => row.type, contactCells),
    table({ id: 'first_contact', by: 'risk', columns: CONTACT }, contacts, (row) => row.risk, contactCells),
    { ...byAge, rows: byAge.rows.toSorted((a, b) => ageOrder(a.key) - ageOrder(b.key)) },
    table({ id: 'alert_response', by: 'risk', columns: RESPONSE }, alerts, (row) => row.risk, responseCells),
    {
      ...byPartner,
      rows: byPartner.rows.map((row) => ({
        ...row,
        ...(partners.has(row.key) && { name: partners.get(row.key) ?? '' }),
      })),
    },
  ];
}
const ageOrder = (key: string): number => AGES.findIndex((one) => one === key);

/** The table for somebody who sees no child: small rows without their values, and of open cases no split by risk. */
export function withoutSmall(one: FigureTable): FigureTable {
  const parts = one.rows.filter(({ key }) => key !== ALL);
  const shown = shownRows(parts.map(({ cases }) => cases));
  const [whole] = one.rows.filter(({ key }) => key === ALL);
  const blank = (row: FigureRow): FigureRow => ({ ...row, values: row.values.map(() => null), cases: 0 });
  const kept = [
    ...(whole ? [shownRows([whole.cases])[0] === true ? whole : blank(whole)] : []),
    ...parts.map((row, index) => (shown[index] === true ? row : blank(row))),
  ];
  if (one.id !== 'open_cases') return { ...one, rows: kept };
  return {
    ...one,
    rows: kept.map((row) => ({ ...row, values: row.values.map((value, n) => (n === 0 ? value : null)) })),
  };
}
