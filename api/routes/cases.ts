/** Everything about a case as a whole: report, list, look, assign, re-grade (重新定级), close (结案), reopen. */
import { type Request, type Response, Router } from 'express';
import type { z } from 'zod';
import { wordsOf } from '../../store/entry-words';
import type { ApiDeps } from '../deps';
import { requires } from '../permissions';
import { callerOf } from '../request';
import { caseAnswer } from '../schemas/answers';
import { parse } from '../validate';
import { answerOf, carryOut, caseInScope } from './case-access';
import { createCaseListRouter } from './case-list';
import { createReportRouter } from './case-report';
import { createCaseSearchRouter } from './case-search';
import { createCaseViewRouter } from './case-view';
import { addNote, assign, close, decideClose, learnTrigger, reopen, risk, startClock, type Write } from './case-writes';
import { withTheirWords } from './their-words';

type CaseRequest = Request<{ id: string }>;

function mount<T extends z.ZodType>(router: Router, deps: ApiDeps, write: Write<T>): void {
  const { path, summary, permission, body } = write;
  deps.docs.add({
    method: 'post',
    path: `/api/v1/cases/{id}/${path}`,
    ...{ summary, permission, body, tag: 'cases' },
    answers: { 200: { description: 'The case', schema: caseAnswer } },
  });
  router.post(`/cases/:id/${path}`, requires(permission), async (req: CaseRequest, res: Response) => {
    const row = await caseInScope(deps, req);
    const asked = parse(body, req.body);
    const done = await carryOut(deps, req, row.id, await write.order(deps, row, asked, req.operationId, callerOf(req)));
    const words = write.words?.(asked);
    if (words === undefined) return void res.json(answerOf(deps, done));
    const standing = await wordsOf(deps.db, row.id, words.entry);
    res.json(answerOf(deps, await withTheirWords(deps, req, done, { text: words.text, standing })));
  });
}

/** Routes below /cases that concern the case as a whole. */
export function createCasesRouter(deps: ApiDeps): Router {
  const router = Router().use(
    createReportRouter(deps),
    createCaseListRouter(deps),
    createCaseSearchRouter(deps),
    createCaseViewRouter(deps),
  );
  mount(router, deps, assign);
  mount(router, deps, risk);
  mount(router, deps, learnTrigger);
  mount(router, deps, startClock);
  mount(router, deps, close);
  mount(router, deps, decideClose);
  mount(router, deps, reopen);
  mount(router, deps, addNote);
  return router;
}
