/** What one person has to do (我的工作): the open steps of their cases and of those that nobody has taken on yet. */
import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import type { CaseType, Risk } from '../../domain/model';
import { rfc3339 } from '../../domain/zone';
import { logAccess } from '../../store/access-log';
import { casesOf, type OpenStep, openStepsOf } from '../../store/work';
import type { ApiDeps } from '../deps';
import { requires, sightOf } from '../permissions';
import { callerOf } from '../request';
import { itemsOf } from '../schemas/answers';
import { emptyQuery } from '../schemas/queries';
import { workChild, workItem, type WorkItem } from '../schemas/work';
import { parse } from '../validate';
import { caseClock, stepAnswer, type StepNames } from './case-answer';
import { groundOf } from './case-view';

const Named = z.object({ name: z.string() });

export const aboutCase = (row: OpenStep['case']) => ({
  caseId: row.id,
  number: row.number,
  stationId: row.stationId,
  type: row.type as CaseType,
  risk: row.risk as Risk,
  drill: row.drill,
  asOf: rfc3339(caseClock(row)),
});

const workOf = (step: OpenStep, names: StepNames): WorkItem => ({
  ...aboutCase(step.case),
  unassigned: step.case.assigneeId === null,
  step: stepAnswer(step, names),
});

const work = (deps: ApiDeps) => async (req: Request, res: Response) => {
  parse(emptyQuery, req.query);
  const steps = await openStepsOf(deps.db, sightOf(callerOf(req)));
  res.json({ items: steps.map((step) => workOf(step, deps.policies.current.names)) });
};

/** The children's names apart from the list, so that a list can be read again and again without each time looking at them. */
const children = (deps: ApiDeps) => async (req: Request, res: Response) => {
  parse(emptyQuery, req.query);
  const { userId, staffId } = callerOf(req);
  const caller = callerOf(req);
  const rows = await casesOf(deps.db, sightOf(caller));
  const items: z.infer<typeof workChild>[] = [];
  for (const { id: caseId, ...row } of rows) {
    const opened = await deps.vault.openCase(deps.db, caseId, { without: ['reporter'] });
    const ground = groundOf(caller, row);
    const action = 'case:read-child';
    await logAccess(deps.db, { userId, staffId, action, caseId, allowed: true, address: req.ip, ground });
    const child = Named.safeParse(opened.child);
    items.push({ caseId, name: child.success ? child.data.name : null });
  }
  res.json({ items });
};

/** `GET /work`, `GET /work/children` */
export function createWorkRouter(deps: ApiDeps): Router {
  const about = { method: 'get', tag: 'work' } as const;
  deps.docs.add(
    {
      ...about,
      path: '/api/v1/work',
      summary: 'Open steps of my cases and of those that nobody has yet, soonest deadline first',
      permission: 'case:read',
      answers: { 200: { description: 'The steps', schema: itemsOf(workItem) } },
    },
    {
      ...about,
      path: '/api/v1/work/children',
      summary: 'The names of the children in these cases; each is a look that goes on the record',
      permission: 'case:read-child',
      answers: { 200: { description: 'The names, null where none is known', schema: itemsOf(workChild) } },
    },
  );
  return Router()
    .get('/work', requires('case:read'), work(deps))
    .get('/work/children', requires('case:read-child'), children(deps));
}
