/** What waits for a decision (待审批), and whom an alert was told (告知记录). */
import { type Request, type Response, Router } from 'express';
import { isOvertaken } from '../../domain/extension';
import type { Extension, Risk } from '../../domain/model';
import { ladderOf } from '../../domain/policy';
import { MINUTE, rfc3339 } from '../../domain/zone';
import { namesOf, readAlert, readCase } from '../../store/cases';
import { askedClosings, askedExtensions, deliveriesOf } from '../../store/work';
import type { ApiDeps } from '../deps';
import { requires, sightOf } from '../permissions';
import { notFound } from '../problem';
import { callerOf } from '../request';
import { itemsOf } from '../schemas/answers';
import { emptyQuery } from '../schemas/queries';
import { approvalAnswer, type ApprovalAnswer, toldAnswer, type ToldAnswer } from '../schemas/work';
import { parse } from '../validate';
import { demandSight } from './case-access';
import { nameOf } from './case-answer';
import { aboutCase } from './work';

const NO_ALERT = 'there is no such alert';

const waiting = (deps: ApiDeps) => async (req: Request, res: Response) => {
  parse(emptyQuery, req.query);
  const sight = sightOf(callerOf(req));
  const [steps, closings] = await Promise.all([askedExtensions(deps.db, sight), askedClosings(deps.db, sight)]);
  const stepNames = deps.policies.current.names;
  const items: ApprovalAnswer[] = steps.flatMap((step) => {
    const asked = step.extension as Extension | null;
    // Of a case that began before such requests ended by themselves.
    if (!asked || isOvertaken(asked, step.dueAt.getTime())) return [];
    const { askedBy, askedAt, until } = asked;
    return {
      ...aboutCase(step.case),
      ...{ kind: 'extension' as const, stepId: step.id, stepName: nameOf(stepNames, step.kind) },
      ...{ dueAt: rfc3339(step.dueAt), until: rfc3339(until) },
      ...{ askedBy, askedAt: rfc3339(askedAt), askedByName: null },
    };
  });
  for (const { events, ...row } of closings) {
    const [asked] = events;
    if (!asked) continue;
    items.push({
      ...aboutCase(row),
      ...{ kind: 'closing', stepId: null, stepName: null, dueAt: null, until: null },
      ...{ askedBy: asked.actorId, askedAt: rfc3339(asked.at), askedByName: null },
    });
  }
  const names = await namesOf(deps.db, { staff: items.map(({ askedBy }) => askedBy), partners: [] });
  res.json({ items: items.map((item) => ({ ...item, askedByName: names.get(item.askedBy) ?? null })) });
};

const told = (deps: ApiDeps) => async (req: Request<{ id: string }>, res: Response) => {
  const alert = await readAlert(deps.db, req.params.id);
  if (!alert) throw notFound(NO_ALERT);
  await demandSight(deps, callerOf(req), alert.case, NO_ALERT);
  const [row, deliveries] = await Promise.all([readCase(deps.db, alert.caseId), deliveriesOf(deps.db, alert.id)]);
  if (!row) throw notFound(NO_ALERT);
  const ofKind = (kind: string): string[] =>
    deliveries.flatMap(({ personKind, personId }) => (personKind === kind ? [personId] : []));
  const names = await namesOf(deps.db, { staff: ofKind('staff'), partners: ofKind('partner') });
  const { rungs } = ladderOf(await deps.policies.find(row.policyVersion), row.risk as Risk);
  res.json({
    ladder: rungs.map(({ to, afterMs }) => ({ to, afterMinutes: Math.round(afterMs / MINUTE) })),
    items: deliveries.map(({ at, channel, personKind, personId, state, code }) => ({
      ...{ at: rfc3339(at), channel, personKind, personId, state, code },
      name: names.get(personId) ?? null,
    })),
  } satisfies ToldAnswer);
};

/** `GET /approvals`, `GET /alerts/{id}/told` */
export function createApprovalsRouter(deps: ApiDeps): Router {
  deps.docs.add(
    {
      method: 'get',
      path: '/api/v1/approvals',
      summary: 'Requests for more time and for closing that wait for a decision',
      tag: 'work',
      permission: 'case:read',
      answers: { 200: { description: 'The requests', schema: itemsOf(approvalAnswer) } },
    },
    {
      method: 'get',
      path: '/api/v1/alerts/{id}/told',
      summary: 'The ladder of an alert, and every message that it has caused',
      tag: 'alerts',
      permission: 'case:read',
      answers: { 200: { description: 'Ladder and messages', schema: toldAnswer } },
    },
  );
  return Router()
    .get('/approvals', requires('case:read'), waiting(deps))
    .get('/alerts/:id/told', requires('case:read'), told(deps));
}
