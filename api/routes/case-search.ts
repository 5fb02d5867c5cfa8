/**
 * Cases by a child's name, telephone or identity number (按儿童查找). Asked with a POST, since addresses are kept in logs and
 * histories. Every search is on the record, its words never.
 */
import { type Request, type Response, Router } from 'express';
import { isOwnName, SEARCH, SEARCH_OWN } from '../../domain/access-patterns';
import { logAccess } from '../../store/access-log';
import { searchCases } from '../../store/case-search';
import type { ApiDeps } from '../deps';
import { requires, sightOf } from '../permissions';
import { callerOf } from '../request';
import { foundCase, itemsOf } from '../schemas/answers';
import { caseSearch } from '../schemas/queries';
import { parse } from '../validate';
import { caseSummary } from './case-answer';

const search = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const child = parse(caseSearch, req.body);
  const caller = callerOf(req);
  const { userId, staffId, name } = caller;
  const action = child.name !== undefined && isOwnName(child.name, name) ? SEARCH_OWN : SEARCH;
  await logAccess(deps.db, { userId, staffId, action, allowed: true, address: req.ip });
  const rows = await searchCases(deps.db, deps.index, sightOf(caller), child);
  const names = deps.policies.current.names;
  res.json({ items: rows.map((row) => ({ ...caseSummary(row, names), why: row.why })) });
};

/** `POST /cases/search` */
export function createCaseSearchRouter(deps: ApiDeps): Router {
  deps.docs.add({
    method: 'post',
    path: '/api/v1/cases/search',
    summary: 'Cases by a child’s name, telephone or identity number, the surest first',
    tag: 'cases',
    permission: 'case:read-child',
    body: caseSearch,
    answers: { 200: { description: 'A hundred at most', schema: itemsOf(foundCase) } },
  });
  return Router().post('/cases/search', requires('case:read-child'), search(deps));
}
