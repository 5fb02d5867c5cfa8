/** Reporting a case (接报): it is on disk before anything is answered. */
import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { CaseFacts } from '../../domain/model';
import { beijing } from '../../domain/zone';
import { grade, ladderOf, planFrom } from '../../domain/policy';
import { databaseNow } from '../../store/clock';
import { takeReport } from '../../store/intake';
import type { ApiDeps } from '../deps';
import { demand, scopeOf } from '../permissions';
import { forbidden, unprocessable } from '../problem';
import { type Caller, callerOf } from '../request';
import { caseAnswer } from '../schemas/answers';
import { momentsOf, type ReportBody, reportBody, reportBodyAt } from '../schemas/report';
import { parse } from '../validate';
import { actorOf, answerOf, reread } from './case-access';

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

/** Was the child under six years old at that moment? Undefined: nobody knows. */
function underSixAt(birthDate: string | undefined, at: number): boolean | undefined {
  if (birthDate === undefined) return undefined;
  const { year, month, day } = beijing(at);
  const sixYearsBefore = `${year - 6}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
  return birthDate > sixYearsBefore;
}

function factsOf(body: ReportBody, now: number): Omit<CaseFacts, 'risk'> {
  const { receivedAt = now, occurredAt } = momentsOf(body, now);
  const underSix = underSixAt(body.child.birthDate, receivedAt);
  return {
    type: body.type,
    receivedAt,
    ...(occurredAt !== undefined && { occurredAt }),
    triggers: [...new Set(body.triggers)].map((trigger) => ({ trigger, at: receivedAt })),
    guardianIsSuspect: body.guardianIsSuspect ?? false,
    ...(underSix !== undefined && { underSix }),
  };
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
  // Deadlines run from the database's clock: this machine's may be wrong, and there may be several of them.
  const at = await databaseNow(deps.db);
  const body = parse(
    reportBodyAt(() => at),
    req.body,
  );
  const stationId = await stationFor(deps, caller, body.stationId);
  // Another process may just have published one.
  await deps.policies.refresh();
  const policy = deps.policies.current;
  const given = factsOf(body, at);
  const { risk, raisedFrom } = grade(policy, { ...given, risk: body.risk });
  const facts: CaseFacts = { ...given, risk };
  const { child, reporter, narrative, drill = false } = body;
  const caseId = req.operationId;
  const input = await takeReport(deps.db, deps.vault, {
    ...{ caseId, stationId, facts, child, reporter, narrative, at },
    ...{ drill, policyVersion: policy.version },
    riskRaisedFrom: raisedFrom,
    ladder: ladderOf(policy, risk),
    planned: planFrom(policy, facts, { start: 'receipt', at: facts.receivedAt, occurrences: {} }),
    actor: actorOf(caller),
  });
  const workflow = await deps.cases.start(caseId, input);
  const answer = { ...answerOf(deps, await reread(deps, caseId)), workflow };
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
