/** Reporting a case (接报): it is on disk before anything is answered. */
import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { ApiDeps } from '../deps';
import { demand, scopeOf } from '../permissions';
import { forbidden, unprocessable } from '../problem';
import { type Caller, callerOf } from '../request';
import { caseAnswer } from '../schemas/answers';
import { asOf, momentsOf, reportBody } from '../schemas/report';
import { parse } from '../validate';
import { actorOf, answerOf, reread } from './case-access';
import { takeCase } from './case-intake';

/** Everybody reports into their own station; who answers for all of them says which. */
async function stationFor(deps: ApiDeps, caller: Caller, named: string | undefined): Promise<string> {
  if (scopeOf(caller) !== 'all') {
    if (named !== undefined && named !== caller.stationId)
      throw forbidden('report into your own station', { action: 'case:report' });
    return caller.stationId;
  }
  if (named === undefined) throw unprocessable([{ path: 'stationId', message: 'required' }]);
  const station = await deps.db.station.findUnique({ where: { id: named } });
  if (!station || station.bureau) throw unprocessable([{ path: 'stationId', message: 'must be a station' }]);
  return station.id;
}

const isDrill = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && 'drill' in body && body.drill === true;

/** A drill (演练) is another permission: who runs one need not see children, and not everybody may alarm colleagues. */
const mayReport: RequestHandler = (req, _res, next) => {
  demand(callerOf(req), isDrill(req.body) ? 'case:drill' : 'case:report');
  next();
};

const report = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const caller = callerOf(req);
  // Deadlines run from the database's clock.
  const { at } = caller;
  const body = asOf(at, () => parse(reportBody, req.body));
  const stationId = await stationFor(deps, caller, body.stationId);
  const { type, risk, child, reporter, narrative, drill = false } = body;
  const { receivedAt = at, occurredAt } = momentsOf(body, at);
  const caseId = req.operationId;
  const input = await takeCase(deps, deps.db, {
    ...{ caseId, stationId, type, risk, receivedAt, occurredAt, child, reporter, narrative, drill, at },
    triggers: body.triggers ?? [],
    guardianIsSuspect: body.guardianIsSuspect ?? false,
    actor: actorOf(caller),
  });
  // It is on disk: what is answered can be read while Temporal is told.
  const [workflow, row] = await Promise.all([deps.cases.start(caseId, input), reread(deps, caseId)]);
  const answer = { ...answerOf(deps, row), workflow };
  res.locals.foundAgain = true;
  res.status(workflow === 'running' ? 201 : 202).json(answer);
};

/** `POST /cases` */
export function createReportRouter(deps: ApiDeps): Router {
  deps.docs.add({
    method: 'post',
    path: '/api/v1/cases',
    summary: 'Report a case',
    tag: 'cases',
    permission: 'case:report',
    body: reportBody,
    answers: {
      201: { description: 'Taken, and its clocks run', schema: caseAnswer },
      202: { description: 'Taken; its workflow starts by itself once Temporal is back', schema: caseAnswer },
    },
  });
  return Router().post('/cases', mayReport, report(deps));
}
