/** The steps (步骤) of a case: finish one, ask for more time (延期), decide on it. */
import { type Request, type Response, Router } from 'express';
import { isOvertaken } from '../../domain/extension';
import type { WholeCase } from '../../store/cases';
import type { ApiDeps } from '../deps';
import { requires } from '../permissions';
import { conflict, Problem } from '../problem';
import { caseAnswer } from '../schemas/answers';
import { completeBody, decisionBody, extendBody } from '../schemas/commands';
import { msOf } from '../schemas/common';
import { parse } from '../validate';
import { answerOf, carryOut, caseInScope, seal, sealNote } from './case-access';
import { withTheirWords } from './their-words';

type StepRequest = Request<{ id: string; stepId: string }>;

const OVER = ['done', 'cancelled'];

/**
 * A step that can still be worked on. Asked of the rows, because the workflow of a long-lived case lets go of steps
 * that are over. @throws Problem 404 for an unknown step, 409 for one that is over
 */
function openStep(row: WholeCase, stepId: string): void {
  const step = row.steps.find(({ id }) => id === stepId);
  const possible = row.steps.filter(({ state }) => !OVER.includes(state)).map(({ id }) => id);
  if (!step) throw new Problem(404, 'StepUnknown', 'Not found', 'the case has no such step', { possible });
  if (OVER.includes(step.state)) throw conflict('StepOver', `step ${step.id} is ${step.state}`, { possible });
}

const withStepWords = (
  deps: ApiDeps,
  req: StepRequest,
  row: WholeCase,
  { stepId, text }: { stepId: string; text: string | undefined },
): Promise<WholeCase> => {
  const standing = row.steps.find(({ id }) => id === stepId)?.noteId;
  return withTheirWords(deps, req, row, { text, standing, stepId });
};

const complete = (deps: ApiDeps) => async (req: StepRequest, res: Response) => {
  const row = await caseInScope(deps, req);
  const { stepId } = req.params;
  const { doneAt, outcome, note } = parse(completeBody, req.body);
  const step = row.steps.find(({ id }) => id === stepId);
  // Finished with this very outcome before: the same answer.
  if (step?.state === 'done' && step.outcome === outcome)
    return void res.json(answerOf(deps, await withStepWords(deps, req, row, { stepId, text: note })));
  openStep(row, stepId);
  const noteId = await sealNote(deps, row, note, req.operationId);
  const finished = await carryOut(deps, req, row.id, {
    do: 'complete',
    ...{ stepId, outcome, noteId },
    doneAt: doneAt === undefined ? undefined : msOf(doneAt),
  });
  // Somebody else's try came first by a moment: then their words stand at the step, and not these.
  const done = await withStepWords(deps, req, finished, { stepId, text: note });
  res.locals.foundAgain = true;
  res.json(answerOf(deps, done));
};

const extend = (deps: ApiDeps) => async (req: StepRequest, res: Response) => {
  const row = await caseInScope(deps, req);
  const { stepId } = req.params;
  const { until, reason } = parse(extendBody, req.body);
  openStep(row, stepId);
  const reasonId = await seal(deps, row, 'reason', reason, req.operationId);
  const asked = await carryOut(deps, req, row.id, { do: 'ask_extension', stepId, until: msOf(until), reasonId });
  res.json(answerOf(deps, asked));
};

/** A lowered risk may have put the deadline off beyond what was asked for: to grant that would bring it nearer. @throws Problem 409 */
function demandLater(row: WholeCase, stepId: string): void {
  const step = row.steps.find(({ id }) => id === stepId);
  const asked = step?.extension as { until: number } | null | undefined;
  if (!step || !asked || !isOvertaken(asked, step.dueAt.getTime())) return;
  const message = 'the step is due later by now than was asked for';
  throw conflict('ExtensionMoot', message, { possible: ['extend/decision { "approve": false }'] });
}

const decide = (deps: ApiDeps) => async (req: StepRequest, res: Response) => {
  const row = await caseInScope(deps, req);
  const { stepId } = req.params;
  const { approve, note } = parse(decisionBody, req.body);
  openStep(row, stepId);
  if (approve) demandLater(row, stepId);
  const noteId = await sealNote(deps, row, note, req.operationId);
  const decided = await carryOut(deps, req, row.id, { do: 'decide_extension', stepId, approve, noteId });
  res.json(answerOf(deps, decided));
};

/** Routes below /cases/{id}/steps */
export function createStepsRouter(deps: ApiDeps): Router {
  const about = {
    method: 'post',
    tag: 'steps',
    answers: { 200: { description: 'The case', schema: caseAnswer } },
  } as const;
  const path = '/api/v1/cases/{id}/steps/{stepId}';
  deps.docs.add(
    { ...about, path: `${path}/complete`, summary: 'Finish a step', permission: 'case:work', body: completeBody },
    { ...about, path: `${path}/extend`, summary: 'Ask for more time', permission: 'case:work', body: extendBody },
    {
      ...about,
      path: `${path}/extend/decision`,
      summary: 'Decide on more time; somebody other than the asker',
      permission: 'case:approve',
      body: decisionBody,
    },
  );
  return Router()
    .post('/cases/:id/steps/:stepId/complete', requires('case:work'), complete(deps))
    .post('/cases/:id/steps/:stepId/extend', requires('case:work'), extend(deps))
    .post('/cases/:id/steps/:stepId/extend/decision', requires('case:approve'), decide(deps));
}
