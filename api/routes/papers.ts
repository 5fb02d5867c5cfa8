/** Papers of a case (个案文书): begin, read, save the draft, take back. */
import { type Request, type Response, Router } from 'express';
import { checkAnswers, tidy } from '../../domain/forms/answers';
import { type Form, suggest } from '../../domain/forms/form';
import { rfc3339 } from '../../domain/zone';
import { answersOf, beginPaper, copiesOf, papersOf, saveDraft, withdrawPaper } from '../../store/papers/papers';
import { opened } from '../../store/vault';
import type { ApiDeps } from '../deps';
import { allow, requires } from '../permissions';
import { unprocessable } from '../problem';
import { callerOf } from '../request';
import { itemsOf } from '../schemas/answers';
import {
  beginBody,
  copyAnswer,
  draftBody,
  formAnswer,
  paperAnswer,
  paperFile,
  paperWithdrawBody,
} from '../schemas/papers';
import { parse } from '../validate';
import { caseInScope, seal } from './case-access';
import { collided, formOf, logPaperLook, over, paperAnswerOf, type PaperRequest, paperInScope } from './paper-access';
import { refused } from './service-access';

const shown = ({ file: _file, ...form }: Form) => form;

const forms = (deps: ApiDeps) => (_req: Request, res: Response) => {
  res.json({ items: deps.forms.current.map(shown) });
};

const oneForm = (deps: ApiDeps) => (req: Request<{ formId: string; version: string }>, res: Response) => {
  const form = deps.forms.version(req.params.formId, Number(req.params.version));
  if (!form) throw refused('PaperUnknown', 'there is no such form');
  res.json(shown(form));
};

const begin = (deps: ApiDeps) => async (req: Request<{ id: string }>, res: Response) => {
  const row = await caseInScope(deps, req);
  const body = parse(beginBody, req.body);
  const form = deps.forms.byId(body.form);
  if (!form) throw unprocessable([{ path: 'form', message: 'there is no such form' }]);
  const begun = { id: req.operationId, form, of: row, staffId: callerOf(req).staffId, at: Date.now() };
  res.status(201).json(paperAnswerOf(await beginPaper(deps.db, deps.vault, begun), form));
};

const list = (deps: ApiDeps) => async (req: Request<{ id: string }>, res: Response) => {
  const row = await caseInScope(deps, req);
  const papers = await papersOf(deps.db, row.id);
  res.json({ items: papers.map((paper) => paperAnswerOf(paper, formOf(deps, paper))) });
};

const look = (deps: ApiDeps) => async (req: PaperRequest, res: Response) => {
  const { row, paper, form } = await paperInScope(deps, req);
  await logPaperLook(deps, req, row, 'paper:read');
  const answers = await opened(answersOf(deps.db, deps.vault, paper));
  const reason = paper.reasonId && (await opened(deps.vault.openItem(deps.db, paper.reasonId)));
  const copies = await copiesOf(deps.db, paper.id);
  res.json({
    ...paperAnswerOf(paper, form),
    answers,
    suggestion: answers && suggest(form, answers),
    reason: typeof reason === 'string' ? reason : null,
    copies: copies.map(({ id, staffId, rev, at }) => ({ id, staffId, rev, at: rfc3339(at) })),
  });
};

const copy =
  (deps: ApiDeps) => async (req: Request<{ id: string; paperId: string; copyId: string }>, res: Response) => {
    const { row, paper } = await paperInScope(deps, req);
    const found = (await copiesOf(deps.db, paper.id)).find(({ id }) => id === req.params.copyId);
    if (!found) throw refused('PaperUnknown', 'there is no such copy');
    await logPaperLook(deps, req, row, 'paper:read');
    const { id, staffId, rev, at } = found;
    const answers = await opened(answersOf(deps.db, deps.vault, found));
    res.json({ id, staffId, rev, at: rfc3339(at), answers });
  };

const save = (deps: ApiDeps) => async (req: PaperRequest, res: Response) => {
  const { row, paper, form } = await paperInScope(deps, req);
  const { rev, answers } = parse(draftBody, req.body);
  const problems = checkAnswers(form, answers, false);
  if (problems.length > 0) throw unprocessable(problems);
  const saving = { of: row, rev, answers: tidy(answers), staffId: callerOf(req).staffId, at: Date.now() };
  const saved = await saveDraft(deps.db, deps.vault, paper.id, req.operationId, saving);
  if (saved.kind === 'collided') {
    throw saved.row.state === 'draft' ? await collided(deps, saved.row, saved.copyId) : over(saved.row);
  }
  res.json(paperAnswerOf(saved.row, form));
};

const withdraw = (deps: ApiDeps) => async (req: PaperRequest, res: Response) => {
  const { row, paper, form } = await paperInScope(deps, req);
  const { reason } = parse(paperWithdrawBody, req.body);
  const caller = callerOf(req);
  if (paper.createdBy !== caller.staffId && paper.signedBy !== caller.staffId && !allow(caller, 'case:approve')) {
    throw refused('CorrectionNeedsSupervisor', 'only a supervisor withdraws what others wrote');
  }
  const reasonId = await seal(deps, row, 'reason', reason, req.operationId);
  if (!(await withdrawPaper(deps.db, paper, { reasonId, staffId: caller.staffId }))) throw over(paper);
  res.json(paperAnswerOf((await paperInScope(deps, req)).paper, form));
};

function document({ docs }: ApiDeps): void {
  const tag = 'casework';
  const path = '/api/v1/cases/{id}/papers';
  const one = { 200: { description: 'The paper, without its words', schema: paperAnswer } };
  docs.add(
    {
      ...{ method: 'get', path: '/api/v1/forms', summary: 'The forms in force', tag, permission: 'case:read' },
      answers: { 200: { description: 'With everything they ask', schema: itemsOf(formAnswer) } },
    },
    {
      ...{ method: 'get', path: '/api/v1/forms/{formId}/{version}', tag, permission: 'case:read' },
      summary: 'One version of a form',
      answers: { 200: { description: 'With everything it asks', schema: formAnswer } },
    },
    {
      ...{ method: 'post', path, summary: 'Begin a paper on a form', tag, permission: 'case:work', body: beginBody },
      answers: { 201: { description: 'An empty draft', schema: paperAnswer } },
    },
    {
      ...{ method: 'get', path, summary: 'Papers of a case, without their words', tag, permission: 'case:read' },
      answers: { 200: { description: 'Oldest first', schema: itemsOf(paperAnswer) } },
    },
    {
      ...{ method: 'get', path: `${path}/{paperId}`, summary: 'One paper', tag, permission: 'case:read-child' },
      answers: { 200: { description: 'With answers and what they suggest', schema: paperFile } },
    },
    {
      ...{ method: 'get', path: `${path}/{paperId}/copies/{copyId}`, tag, permission: 'case:read-child' },
      summary: 'What somebody wrote while somebody else saved first',
      answers: { 200: { description: 'The copy', schema: copyAnswer } },
    },
    {
      ...{
        method: 'put',
        path: `${path}/{paperId}/draft`,
        tag,
        permission: 'case:work',
        body: draftBody,
        answers: one,
      },
      summary: 'Save the draft; 409 with the current revision when somebody else was first, and your words are kept',
    },
    {
      ...{ method: 'post', path: `${path}/{paperId}/withdraw`, summary: 'Take a paper back', tag },
      ...{ permission: 'case:work', body: paperWithdrawBody, answers: one },
    },
  );
}

/** `/forms` and `/cases/{id}/papers` */
export function createPapersRouter(deps: ApiDeps): Router {
  document(deps);
  return Router()
    .get('/forms', requires('case:read'), forms(deps))
    .get('/forms/:formId/:version', requires('case:read'), oneForm(deps))
    .post('/cases/:id/papers', requires('case:work'), begin(deps))
    .get('/cases/:id/papers', requires('case:read'), list(deps))
    .get('/cases/:id/papers/:paperId', requires('case:read-child'), look(deps))
    .get('/cases/:id/papers/:paperId/copies/:copyId', requires('case:read-child'), copy(deps))
    .put('/cases/:id/papers/:paperId/draft', requires('case:work'), save(deps))
    .post('/cases/:id/papers/:paperId/withdraw', requires('case:work'), withdraw(deps));
}
