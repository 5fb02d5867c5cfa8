/** Policy versions (时限规则版本): which there are, and moving a case to another after seeing what would change. */
import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { refusal } from '../../domain/case';
import { FAILURES } from '../../domain/failures';
import type { Basis, StepState } from '../../domain/model';
import type { Policy } from '../../domain/policy';
import { changesBetween, type Deadline, type MovePolicy, type PlanChange, previewMove } from '../../domain/preview';
import { rfc3339 } from '../../domain/zone';
import type { WholeCase } from '../../store/cases';
import type { ApiDeps } from '../deps';
import { requires } from '../permissions';
import { Problem, unprocessable } from '../problem';
import { callerOf } from '../request';
import { itemsOf } from '../schemas/answers';
import {
  movedCase,
  type MovedCase,
  movePolicyBody,
  policyAnswer,
  type PolicyChanges,
  policyPreview,
  type PolicyPreview,
} from '../schemas/policy';
import { parse } from '../validate';
import { actorOf, answerOf, carryOut, caseInScope, seal } from './case-access';
import { caseClock, nameOf } from './case-answer';

type CaseRequest = Request<{ id: string }>;

/** The version asked for. @throws Problem 422 naming the versions there are */
async function versionOf(deps: ApiDeps, version: string): Promise<Policy> {
  await deps.policies.refresh();
  const { all } = deps.policies;
  const found = all.find((policy) => policy.version === version);
  const there = all.map((policy) => policy.version).join(', ');
  if (!found) throw unprocessable([{ path: 'version', message: `must be one of ${there}` }]);
  return found;
}

const inWords = (deps: ApiDeps, target: Policy, changes: PlanChange[]): PolicyChanges => {
  // A step may be known to one of the two versions alone.
  const names = { ...deps.policies.current.names, ...target.names };
  const time = (ms: number | undefined): string | null => (ms === undefined ? null : rfc3339(ms));
  return changes.map(({ from, to, ...change }) => ({
    ...change,
    name: nameOf(names, change.kind),
    from: time(from),
    to: time(to),
  }));
};

/** What the move would change, from the workflow's own state. @throws Problem as the move itself would be refused */
async function preview(deps: ApiDeps, req: CaseRequest, row: WholeCase, target: Policy): Promise<PolicyPreview> {
  const actor = actorOf(callerOf(req));
  const command: MovePolicy = { do: 'move_policy', version: target.version, reasonId: req.operationId, actor };
  const state = await deps.cases.state(row.id);
  const now = caseClock(row);
  const refused = refusal(state, command, now);
  if (refused) {
    const { type, message, possible } = refused;
    throw new Problem(FAILURES[type], type, 'Refused by the rules of the case', message, { possible });
  }
  const changes = inWords(deps, target, previewMove(state, command, target, now));
  return { from: state.policyVersion, to: target.version, changes };
}

const deadlines = ({ steps }: WholeCase): Deadline[] =>
  steps.map(({ id, kind, state, dueAt, basis }) => ({
    ...{ id, kind, dueAt: dueAt.getTime() },
    state: state as StepState,
    basis: basis as unknown as Basis,
  }));

async function move(deps: ApiDeps, req: CaseRequest, row: WholeCase, target: Policy, reason: string) {
  const { version } = target;
  // There already: nothing to do, and no second reason.
  if (row.policyVersion === version) return { ...answerOf(deps, row), changes: [] } satisfies MovedCase;
  const reasonId = await seal(deps, row, 'reason', reason, req.operationId);
  const moved = await carryOut(deps, req, row.id, { do: 'move_policy', version, reasonId });
  const changes = inWords(deps, target, changesBetween(deadlines(row), deadlines(moved)));
  return { ...answerOf(deps, moved), changes } satisfies MovedCase;
}

const change = (deps: ApiDeps) => async (req: CaseRequest, res: Response) => {
  const row = await caseInScope(deps, req);
  const body = parse(movePolicyBody, req.body);
  const target = await versionOf(deps, body.version);
  if (body.preview === true || body.reason === undefined) return void res.json(await preview(deps, req, row, target));
  res.json(await move(deps, req, row, target, body.reason));
};

/** `GET /policies` and `POST /cases/{id}/policy` */
export function createCasePolicyRouter(deps: ApiDeps): Router {
  deps.docs.add(
    {
      method: 'get',
      path: '/api/v1/policies',
      summary: 'The versions of the policy, the current one first',
      tag: 'cases',
      permission: 'case:read',
      answers: { 200: { description: 'The versions', schema: itemsOf(policyAnswer) } },
    },
    {
      method: 'post',
      path: '/api/v1/cases/{id}/policy',
      summary: 'Move the case to another version of the policy, or see what that would change',
      tag: 'cases',
      permission: 'case:approve',
      body: movePolicyBody,
      answers: {
        200: {
          description: 'With preview what would change; otherwise the case, and what changed',
          schema: z.union([policyPreview, movedCase]),
        },
      },
    },
  );
  return Router()
    .get('/policies', requires('case:read'), async (_req, res) => {
      await deps.policies.refresh();
      const { all, current } = deps.policies;
      res.json({ items: all.map(({ version, name }) => ({ version, name, current: version === current.version })) });
    })
    .post('/cases/:id/policy', requires('case:approve'), change(deps));
}
