/** The figures (数据): on time, first contact, open cases, alerts, partners' answers. No name of a person passes here. */
import { type Request, type Response, Router } from 'express';
import { type FigureTable, tablesOf, withoutSmall } from '../../domain/figures/tables';
import { dateOf, dayOf } from '../../domain/services/term';
import { atBeijingMinute, beijing, beijingDay, DAY, fromWall, rfc3339 } from '../../domain/zone';
import { writeCsv } from '../../runtime/csv';
import { writeXlsx } from '../../runtime/xlsx';
import type { Scope } from '../../store/cases';
import {
  alertAnswers,
  firstContacts,
  judgedSteps,
  openCases,
  partnerAnswers,
  type Period,
} from '../../store/figures/cases';
import { readPlace } from '../../store/roster-names';
import type { ApiDeps } from '../deps';
import { XLSX_TYPE } from '../import/xlsx';
import { hiddenFrom } from '../../store/sight';
import { allow, inScope, requires, scopeOf } from '../permissions';
import { notFound, unprocessable } from '../problem';
import { type Caller, callerOf } from '../request';
import { figuresAnswer, type FiguresAnswer, figuresFileQuery, figuresQuery } from '../schemas/figures';
import { parse } from '../validate';
import { sheetsOf, tableName, titleOf } from './figures-words';

const USUAL_DAYS = 90;
const MOST_DAYS = 800;

/** @throws Problem 404 for an unknown station and for another's alike */
async function scopeFor(deps: ApiDeps, caller: Caller, station: string | undefined): Promise<Scope> {
  if (station === undefined) return scopeOf(caller);
  if (!inScope(caller, station) || !(await readPlace(deps.db, station))) throw notFound('there is no such station');
  return { stationIds: [station] };
}

/** First and last day of the months that two days lie in: a period cut to a day would tell one case from the next. */
function wholeMonths(fromDay: number, toDay: number): [number, number] {
  const [first, last] = [beijing(atBeijingMinute(fromDay, 0)), beijing(atBeijingMinute(toDay, 0))];
  return [
    beijingDay(fromWall(first.year, first.month, 1)),
    beijingDay(last.month === 12 ? fromWall(last.year + 1, 1, 1) : fromWall(last.year, last.month + 1, 1)) - 1,
  ];
}

interface Asked {
  from?: string | undefined;
  to?: string | undefined;
  station?: string | undefined;
}

/** Days as asked for, or the last 90. @throws Problem 422 */
function daysOf({ from, to }: Asked, at: number, whole: boolean): [number, number] {
  const last = (to === undefined ? undefined : dayOf(to)) ?? beijingDay(at);
  const first = (from === undefined ? undefined : dayOf(from)) ?? last - USUAL_DAYS + 1;
  if (last < first) throw unprocessable([{ path: 'to', message: 'must not lie before from' }]);
  if (last - first >= MOST_DAYS) throw unprocessable([{ path: 'to', message: `must lie within ${MOST_DAYS} days` }]);
  return whole ? wholeMonths(first, last) : [first, last];
}

/** The steps of the policy stand in its order. */
function inPolicyOrder(table: FigureTable, kinds: readonly string[]): FigureTable {
  if (table.by !== 'step') return table;
  const place = (key: string): number => (kinds.includes(key) ? kinds.indexOf(key) : key === 'all' ? -1 : kinds.length);
  return { ...table, rows: table.rows.toSorted((a, b) => place(a.key) - place(b.key)) };
}

async function figuresFor(deps: ApiDeps, caller: Caller, asked: Asked): Promise<FiguresAnswer> {
  const at = Date.now();
  const hides = !allow(caller, 'case:read-child');
  const [fromDay, toDay] = daysOf(asked, at, hides);
  // The bureau's figures count every case; whoever works with cases counts those that they may know of.
  const hidden = hides ? [] : await hiddenFrom(deps.db, caller.staffId);
  const period: Period = {
    hidden,
    ...{ scope: await scopeFor(deps, caller, asked.station), at },
    ...{ from: atBeijingMinute(fromDay, 0), until: atBeijingMinute(toDay, 0) + DAY },
  };
  const { db } = deps;
  const [steps, contacts, open, alerts, referrals] = await Promise.all([
    ...([judgedSteps(db, period), firstContacts(db, period), openCases(db, period)] as const),
    ...([alertAnswers(db, period), partnerAnswers(db, period)] as const),
  ]);
  const { names, types } = deps.policies.current;
  const tables = tablesOf({ steps, contacts, open, alerts, referrals }).map((one) => {
    const table = inPolicyOrder(hides ? withoutSmall(one) : one, Object.keys(names));
    return {
      ...{ id: table.id, by: table.by, columns: [...table.columns] },
      rows: table.rows.map(({ key, name, values, cases }) => ({
        ...{ key, values, hidden: cases === 0 },
        name: name ?? tableName({ names, types }, table.by, key),
      })),
    };
  });
  return {
    ...{ from: dateOf(fromDay), to: dateOf(toDay), asOf: rfc3339(at), small: hides ? 'hidden' : 'shown', tables },
  };
}

const look = (deps: ApiDeps) => async (req: Request, res: Response) => {
  res.json(await figuresFor(deps, callerOf(req), parse(figuresQuery, req.query)));
};

const file = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const { format, ...asked } = parse(figuresFileQuery, req.query);
  const found = await figuresFor(deps, callerOf(req), asked);
  const sheets = sheetsOf(found);
  res.attachment(`${titleOf(found)}.${format}`);
  if (format === 'xlsx') res.type(XLSX_TYPE).send(writeXlsx(sheets));
  else res.type('text/csv; charset=utf-8').send(writeCsv(sheets.flatMap(({ name, rows }) => [[name], ...rows, []])));
};

/** `GET /figures`, `GET /figures/file` */
export function createFiguresRouter(deps: ApiDeps): Router {
  const shared = { method: 'get', tag: 'figures', permission: 'indicator:read' } as const;
  deps.docs.add(
    {
      ...shared,
      path: '/api/v1/figures',
      summary: 'On time by step, type and risk; first contact; open cases; alerts; answers of partners',
      query: figuresQuery,
      answers: { 200: { description: 'Tables of cases received in the period', schema: figuresAnswer } },
    },
    {
      ...shared,
      path: '/api/v1/figures/file',
      summary: 'The same tables as a file',
      query: figuresFileQuery,
      answers: { 200: { description: `${XLSX_TYPE}, or text/csv` } },
    },
  );
  return Router()
    .get('/figures', requires('indicator:read'), look(deps))
    .get('/figures/file', requires('indicator:read'), file(deps));
}
