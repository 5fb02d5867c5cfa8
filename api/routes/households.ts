/** Households (家庭): which children of the register live together. Names stay in the register. */
import { type Request, type Response, Router } from 'express';
import { readChild } from '../../store/services/children';
import {
  type HouseholdSeen,
  householdsOf,
  makeHousehold,
  moveIn,
  moveOut,
  readHousehold,
} from '../../store/services/households';
import type { ApiDeps } from '../deps';
import { requires } from '../permissions';
import { unprocessable } from '../problem';
import { callerOf } from '../request';
import { isUuid } from '../schemas/common';
import { householdAnswer, householdBody, memberBody, nothingBody } from '../schemas/relations';
import { parse } from '../validate';
import { ownRow, refused } from './service-access';
import { isTaken } from '../../store/rows';

type OneRequest = Request<{ id: string }>;

async function ownHousehold(deps: ApiDeps, req: OneRequest): Promise<HouseholdSeen> {
  const { id } = req.params;
  return ownRow(callerOf(req), isUuid(id) ? await readHousehold(deps.db, id) : undefined, 'register');
}

/** Children that live somewhere already are named with where. @throws Problem 409 */
async function nowhereYet(deps: ApiDeps, childIds: string[]): Promise<void> {
  const housed = await householdsOf(deps.db, childIds);
  if (housed.size === 0) return;
  const ways = [...housed].map(([childId, { id }]) => `/households/${id}/children/${childId}/leave`);
  throw refused('ChildInHousehold', 'a child lives in one household at a time', ways);
}

async function ownChildren(deps: ApiDeps, stationId: string, ids: string[], path: string): Promise<void> {
  const children = await Promise.all(ids.map((id) => readChild(deps.db, id)));
  const errors = children.flatMap((child, i) =>
    child?.stationId === stationId ? [] : [{ path: ids.length > 1 || path === 'childIds' ? `${path}.${i}` : path }],
  );
  if (errors.length > 0) throw unprocessable(errors.map((one) => ({ ...one, message: 'there is no such child' })));
}

const make = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const { stationId, staffId } = callerOf(req);
  const childIds = [...new Set(parse(householdBody, req.body).childIds)];
  await ownChildren(deps, stationId, childIds, 'childIds');
  const id = req.operationId;
  if (!(await readHousehold(deps.db, id))) {
    await nowhereYet(deps, childIds);
    await makeHousehold(deps.db, { id, stationId, childIds, staffId }).catch((error: unknown) => housed(error));
  }
  res.status(201).json(await readHousehold(deps.db, id));
};

function housed(error: unknown): never {
  if (isTaken(error)) throw refused('ChildInHousehold', 'a child lives in one household at a time', ['GET']);
  throw error;
}

const look = (deps: ApiDeps) => async (req: OneRequest, res: Response) => {
  res.json(await ownHousehold(deps, req));
};

const enter = (deps: ApiDeps) => async (req: OneRequest, res: Response) => {
  const household = await ownHousehold(deps, req);
  const { childId } = parse(memberBody, req.body);
  await ownChildren(deps, household.stationId, [childId], 'childId');
  if (!household.children.some(({ id }) => id === childId)) {
    await nowhereYet(deps, [childId]);
    await moveIn(deps.db, household, childId, callerOf(req).staffId).catch((error: unknown) => housed(error));
  }
  res.json(await readHousehold(deps.db, household.id));
};

const leave = (deps: ApiDeps) => async (req: Request<{ id: string; childId: string }>, res: Response) => {
  const household = await ownHousehold(deps, req);
  parse(nothingBody, req.body);
  if (!(await moveOut(deps.db, household, req.params.childId, callerOf(req).staffId))) {
    const here = household.children.map(({ id }) => `/households/${household.id}/children/${id}/leave`);
    throw refused('ChildNotInHousehold', 'the child does not live in this household', here);
  }
  res.json(await readHousehold(deps.db, household.id));
};

/** `/households` */
export function createHouseholdsRouter(deps: ApiDeps): Router {
  const [tag, path] = ['register', '/api/v1/households'];
  const schema = householdAnswer;
  const one = { 200: { description: 'The household', schema } };
  deps.docs.add(
    {
      ...{ method: 'post', path, tag, permission: 'register:write', body: householdBody },
      summary: 'Say which children of the register live together',
      answers: { 201: { description: 'The household', schema } },
    },
    { method: 'get', path: `${path}/{id}`, tag, permission: 'register:read', summary: 'One household', answers: one },
    {
      ...{ method: 'post', path: `${path}/{id}/children`, tag, permission: 'register:write', body: memberBody },
      ...{ summary: 'A child moves in', answers: one },
    },
    {
      ...{ method: 'post', path: `${path}/{id}/children/{childId}/leave`, tag, permission: 'register:write' },
      ...{ summary: 'A child moves out', body: nothingBody, answers: one },
    },
  );
  return Router()
    .post('/households', requires('register:write'), make(deps))
    .get('/households/:id', requires('register:read'), look(deps))
    .post('/households/:id/children', requires('register:write'), enter(deps))
    .post('/households/:id/children/:childId/leave', requires('register:write'), leave(deps));
}
