/** Taking over the lists that a station has (导入): a preview, then all of it or nothing. */
import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import { z } from 'zod';
import {
  type CellProblem,
  CHILD_COLUMNS,
  type Columns,
  MOST_ROWS,
  readSheet,
  type Sheet,
  VISIT_COLUMNS,
} from '../../domain/services/sheet';
import { writeXlsx } from '../../runtime/xlsx';
import { listStaff } from '../../store/people';
import { importChildren, importServices, type ImportCounts } from '../../store/services/imports';
import type { ApiDeps } from '../deps';
import { childrenOf, type Station, visitsOf } from '../import/rows';
import { MOST_FILE_BYTES, readXlsx, SheetUnreadable, XLSX_TYPE } from '../import/xlsx';
import { type Permission, requires } from '../permissions';
import { unprocessable } from '../problem';
import { callerOf } from '../request';
import { emptyQuery } from '../schemas/queries';
import { parse } from '../validate';
import { changedMeanwhile } from './service-access';
import { isTaken } from '../../store/rows';

const importQuery = z.strictObject({
  commit: z
    .enum(['true', 'false'])
    .default('false')
    .meta({ description: 'false: a preview that changes nothing; true: takes the list over, if no cell is wrong' }),
});

const importAnswer = z.strictObject({
  committed: z.boolean(),
  rows: z.number(),
  fresh: z.number().nullable(),
  known: z.number().nullable(),
  problems: z.array(z.strictObject({ row: z.number(), column: z.string(), message: z.string() })),
});

type Import = (commit: boolean) => Promise<ImportCounts>;
interface Kind {
  path: string;
  summary: string;
  permission: Permission;
  columns: Columns;
  /** Reads the rows, and says what entering them would take. */
  plan(deps: ApiDeps, req: Request, sheet: Sheet): Promise<{ problems: CellProblem[]; enter: Import }>;
}

/** @throws Problem 422 for anything but an XLSX file with a list of a size that can be taken over */
function sheetOf(req: Request): Sheet {
  const file: unknown = req.body;
  const refuse = (message: string) => unprocessable([{ path: '', message }]);
  if (!Buffer.isBuffer(file) || file.length === 0) throw refuse(`send the XLSX file as the body, as ${XLSX_TYPE}`);
  try {
    const sheet = readXlsx(file);
    if (sheet.rows.length === 0) throw refuse('the first sheet has no rows below its heading');
    if (sheet.rows.length > MOST_ROWS) throw refuse(`at most ${MOST_ROWS} rows at a time`);
    return sheet;
  } catch (error) {
    if (error instanceof SheetUnreadable) throw refuse('this file cannot be read as XLSX');
    throw error;
  }
}

const children: Kind = {
  path: 'children',
  summary: 'Take over a list of children (困境儿童名册)',
  permission: 'register:write',
  columns: CHILD_COLUMNS,
  async plan(deps, req, sheet) {
    const { stationId, staffId } = callerOf(req);
    const { rows, problems } = readSheet(sheet, CHILD_COLUMNS);
    const at = Date.now();
    const read = childrenOf(rows, at);
    const list = { stationId, staffId, at, children: read.children };
    return {
      problems: [...problems, ...read.problems],
      enter: (commit) => importChildren(deps.db, deps.register, list, commit),
    };
  },
};

async function stationOf(deps: ApiDeps, stationId: string): Promise<Station> {
  const [people, registered] = await Promise.all([
    listStaff(deps.db, { stationIds: [stationId] }),
    deps.db.registeredChild.findMany({ where: { stationId }, select: { id: true, number: true } }),
  ]);
  const staff = new Map<string, string[]>();
  for (const { id, name } of people) for (const word of [id, name]) staff.set(word, [...(staff.get(word) ?? []), id]);
  return { stationId, staff, children: new Map(registered.map(({ id, number }) => [number, id])) };
}

const visits: Kind = {
  path: 'visits',
  summary: 'Take over a list of past visits (走访台账)',
  permission: 'service:correct',
  columns: VISIT_COLUMNS,
  async plan(deps, req, sheet) {
    const { stationId, staffId } = callerOf(req);
    const { rows, problems } = readSheet(sheet, VISIT_COLUMNS);
    const read = visitsOf(rows, await stationOf(deps, stationId), deps.register, { staffId, now: Date.now() });
    return {
      problems: [...problems, ...read.problems],
      enter: (commit) => importServices(deps.db, deps.vault, read.records, commit),
    };
  },
};

/** In the order of the sheet, so that somebody mends it from top to bottom. */
const inOrder = (problems: readonly CellProblem[]): CellProblem[] => [...problems].sort((a, b) => a.row - b.row);

const take =
  (deps: ApiDeps, kind: Kind) =>
  async (req: Request, res: Response): Promise<void> => {
    const commit = parse(importQuery, req.query).commit === 'true';
    const sheet = sheetOf(req);
    const { problems, enter } = await kind.plan(deps, req, sheet);
    if (commit && problems.length > 0) {
      throw unprocessable(
        inOrder(problems).map(({ row, column, message }) => ({ path: `第${row}行 ${column}`, message })),
      );
    }
    try {
      const { fresh, known } = problems.length > 0 ? { fresh: null, known: null } : await enter(commit);
      res.json({ committed: commit, rows: sheet.rows.length, fresh, known, problems: inOrder(problems) });
    } catch (error) {
      // The same list twice at once: the second one finds the first one's rows when it is sent again.
      throw isTaken(error) ? changedMeanwhile() : error;
    }
  };

const template =
  ({ path, columns }: Kind): RequestHandler =>
  (req, res) => {
    parse(emptyQuery, req.query);
    const heading = Object.values(columns).map(({ name, needed }) => (needed ? `${name}*` : name));
    res
      .type(XLSX_TYPE)
      .attachment(`${path}.xlsx`)
      .send(writeXlsx([{ name: '名册', rows: [heading] }]));
  };

/**
 * `POST /imports/children`, `POST /imports/visits`, and the empty sheets to fill in. Stands before the readers of JSON;
 * taking a list over twice adds nothing, so no Idempotency-Key is needed.
 */
export function createImportsRouter(deps: ApiDeps): Router {
  const router = Router();
  const raw = express.raw({ type: XLSX_TYPE, limit: MOST_FILE_BYTES, inflate: false });
  for (const kind of [children, visits]) {
    const { path, summary, permission } = kind;
    const [tag, whole] = ['imports', `/api/v1/imports/${path}`];
    deps.docs.add(
      {
        ...{ method: 'post', path: whole, summary, tag, permission, query: importQuery, bodyType: XLSX_TYPE },
        answers: { 200: { description: 'What is new, what is known, every bad cell', schema: importAnswer } },
      },
      {
        ...{ method: 'get', path: `${whole}/template`, summary: 'The empty sheet with its headings', tag, permission },
        answers: { 200: { description: 'XLSX' } },
      },
    );
    router.post(`/${path}`, requires(permission), raw, take(deps, kind));
    router.get(`/${path}/template`, requires(permission), template(kind));
  }
  return router;
}
