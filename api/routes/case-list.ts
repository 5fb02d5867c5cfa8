/** The list of cases, soonest deadline first. */
import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { type CaseFilter, listCases } from '../../store/case-list';
import type { ApiDeps } from '../deps';
import { requires, sightOf } from '../permissions';
import { callerOf } from '../request';
import { caseSummary as summaryAnswer, pageOf as pageAnswer } from '../schemas/answers';
import { uuid } from '../schemas/common';
import { type CaseQuery, caseQuery } from '../schemas/queries';
import { logSearch } from '../search-log';
import { parse } from '../validate';
import { caseSummary } from './case-answer';
import { cursorMs, decodeCursor, pageOf } from './cursor';

const place = z.strictObject({ nextDueAt: cursorMs.nullable(), id: uuid });

/** Only what is asked for is said; a search for something else than a part of a number finds nothing. */
const filterOf = ({ status, risk, type, overdue, drill, assignee, q }: CaseQuery): CaseFilter => ({
  ...{ status, risk, type, assigneeId: assignee },
  drill: drill === 'true',
  ...(overdue !== undefined && { overdue: overdue === 'true' }),
  // Typed with a Chinese keyboard, letters and digits may be full-width.
  ...(q !== undefined && { number: q.normalize('NFKC').toUpperCase() }),
});

const list = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const query = parse(caseQuery, req.query);
  await logSearch(deps, req, query.q);
  const rows = await listCases(deps.db, sightOf(callerOf(req)), filterOf(query), {
    after: decodeCursor(place, query.cursor),
    take: query.limit + 1,
  });
  const { page, nextCursor } = pageOf(rows, query.limit, ({ nextDueAt, id }) => ({
    nextDueAt: nextDueAt && nextDueAt.getTime(),
    id,
  }));
  const names = deps.policies.current.names;
  res.json({ items: page.map((row) => caseSummary(row, names)), nextCursor });
};

/** `GET /cases` */
export function createCaseListRouter(deps: ApiDeps): Router {
  deps.docs.add({
    method: 'get',
    path: '/api/v1/cases',
    summary: 'Cases, soonest deadline first',
    tag: 'cases',
    permission: 'case:read',
    query: caseQuery,
    answers: { 200: { description: 'One page', schema: pageAnswer(summaryAnswer) } },
  });
  return Router().get('/cases', requires('case:read'), list(deps));
}
