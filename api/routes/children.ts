/** The register of children (在册儿童). Every look at it is a line of the access log. */
import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { logAccess } from '../../store/access-log';
import { readCase } from '../../store/cases';
import { casesOf, linkCase, listChildren, readChild } from '../../store/services/children';
import { householdsOf } from '../../store/services/households';
import { hiddenFrom } from '../../store/sight';
import type { ApiDeps } from '../deps';
import { requires, scopeOf } from '../permissions';
import { conflict, unprocessable } from '../problem';
import { type Caller, callerOf } from '../request';
import { pageOf as pageAnswer } from '../schemas/answers';
import { isUuid, uuid } from '../schemas/common';
import { childAnswer, childBody, childCaseBody, childChangeBody, childFile, childQuery } from '../schemas/services';
import { parse } from '../validate';
import { decodeCursor, pageOf } from './cursor';
import { changedMeanwhile, ownRow, refused } from './service-access';
import { childAnswerOf } from './service-answer';
import { isTaken } from '../../store/rows';

type OneRequest = Request<{ id: string }>;
const place = z.strictObject({ number: z.string().max(20), id: uuid });

async function ownChild(deps: ApiDeps, req: OneRequest) {
  const { id } = req.params;
  return ownRow(callerOf(req), isUuid(id) ? await readChild(deps.db, id) : undefined, 'register');
}

async function fileOf(deps: ApiDeps, { staffId }: Caller, id: string): Promise<z.infer<typeof childFile>> {
  const child = await readChild(deps.db, id);
  if (!child) throw refused('ServiceUnknown', 'there is no such child');
  const [[data], cases, households, hidden] = await Promise.all([
    deps.register.open(deps.db, [child]),
    casesOf(deps.db, id),
    householdsOf(deps.db, [id]),
    hiddenFrom(deps.db, staffId),
  ]);
  const known = cases.filter((one) => !hidden.includes(one));
  return { ...childAnswerOf(child, data), cases: known, household: households.get(id) ?? null };
}

const registered = (id: string | undefined) =>
  refused('ChildRegistered', 'this child is on the register already', id === undefined ? undefined : [id]);

const enter = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const { stationId, staffId } = callerOf(req);
  const data = parse(childBody, req.body);
  const id = req.operationId;
  const there = await deps.register.find(deps.db, stationId, data);
  if (there && there.id !== id) throw registered(there.id);
  try {
    await deps.db.$transaction((tx) => deps.register.enter(tx, { id, stationId, data, staffId, at: Date.now() }));
  } catch (error) {
    if (isTaken(error)) throw registered((await deps.register.find(deps.db, stationId, data))?.id);
    throw error;
  }
  res.status(201).json(await fileOf(deps, callerOf(req), id));
};

const list = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const caller = callerOf(req);
  const { left, cursor, limit } = parse(childQuery, req.query);
  const children = await listChildren(deps.db, scopeOf(caller), {
    left: left === 'true',
    after: decodeCursor(place, cursor),
    take: limit + 1,
  });
  const { page, nextCursor } = pageOf(children, limit, ({ number, id }) => ({ number, id }));
  const { userId, staffId } = caller;
  await logAccess(deps.db, {
    userId,
    staffId,
    action: 'register:list',
    allowed: true,
    address: req.ip,
    ground: 'station',
  });
  const opened = await deps.register.open(deps.db, page);
  res.json({ items: page.map((child, i) => childAnswerOf(child, opened[i])), nextCursor });
};

const look = (deps: ApiDeps) => async (req: OneRequest, res: Response) => {
  const { id } = await ownChild(deps, req);
  const { userId, staffId } = callerOf(req);
  const line = { userId, staffId, action: 'register:read', caseId: id, allowed: true, address: req.ip } as const;
  await logAccess(deps.db, { ...line, ground: 'station' });
  res.json(await fileOf(deps, callerOf(req), id));
};

const correct = (deps: ApiDeps) => async (req: OneRequest, res: Response) => {
  const before = await ownChild(deps, req);
  const { data, left } = parse(childChangeBody, req.body);
  const same = data && (await deps.register.find(deps.db, before.stationId, data));
  if (same && same.id !== before.id) throw registered(same.id);
  const leftAt = left === undefined ? undefined : left ? (before.leftAt ?? new Date()) : null;
  const change = { data, leftAt, staffId: callerOf(req).staffId };
  if (!(await deps.register.correct(deps.db, before, change))) throw changedMeanwhile();
  res.json(await fileOf(deps, callerOf(req), before.id));
};

const link = (deps: ApiDeps) => async (req: OneRequest, res: Response) => {
  const child = await ownChild(deps, req);
  const { caseId } = parse(childCaseBody, req.body);
  const found = await readCase(deps.db, caseId);
  const hidden = await hiddenFrom(deps.db, callerOf(req).staffId);
  if (found?.stationId !== child.stationId || hidden.includes(found.id))
    throw unprocessable([{ path: 'caseId', message: 'there is no such case' }]);
  if (found.drill) throw conflict('CaseIsDrill', 'a drill is about nobody');
  await linkCase(deps.db, child, { caseId, staffId: callerOf(req).staffId });
  res.json(await fileOf(deps, callerOf(req), child.id));
};

function document({ docs }: ApiDeps): void {
  const [tag, path] = ['register', '/api/v1/children'];
  const one = { 200: { description: 'The child', schema: childFile } };
  docs.add(
    {
      ...{ method: 'post', path, summary: 'Put a child on the register', tag, permission: 'register:write' },
      body: childBody,
      answers: { 201: { description: 'The child', schema: childFile } },
    },
    {
      ...{ method: 'get', path, summary: 'The register, by number', tag, permission: 'register:read' },
      query: childQuery,
      answers: { 200: { description: 'One page', schema: pageAnswer(childAnswer) } },
    },
    { method: 'get', path: `${path}/{id}`, summary: 'One child', tag, permission: 'register:read', answers: one },
    {
      ...{ method: 'patch', path: `${path}/{id}`, summary: 'Correct what is known of a child', tag },
      ...{ permission: 'register:write', body: childChangeBody, answers: one },
    },
    {
      ...{ method: 'post', path: `${path}/{id}/cases`, summary: 'Say that a case is about this child', tag },
      ...{ permission: 'register:write', body: childCaseBody, answers: one },
    },
  );
}

/** `/children` */
export function createChildrenRouter(deps: ApiDeps): Router {
  document(deps);
  return Router()
    .post('/children', requires('register:write'), enter(deps))
    .get('/children', requires('register:read'), list(deps))
    .get('/children/:id', requires('register:read'), look(deps))
    .patch('/children/:id', requires('register:write'), correct(deps))
    .post('/children/:id/cases', requires('register:write'), link(deps));
}
