/** Service records (服务记录): enter, look, correct, withdraw. */
import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { dayOf } from '../../domain/services/term';
import { atBeijingMinute, rfc3339 } from '../../domain/zone';
import { logAccess } from '../../store/access-log';
import {
  correctService,
  enterService,
  fieldsOf,
  listServices,
  readService,
  type ServiceFilter,
  type ServiceFields,
  withdrawService,
} from '../../store/services/records';
import { readServiceEvents } from '../../store/services/journal';
import { filesOfServices } from '../../store/services/proofs';
import { hiddenFrom, readSighted } from '../../store/sight';
import { openedText } from '../../store/vault';
import type { ApiDeps } from '../deps';
import { requires, scopeOf } from '../permissions';
import { callerOf } from '../request';
import { itemsOf, pageOf as pageAnswer } from '../schemas/answers';
import { isUuid, uuid } from '../schemas/common';
import {
  correctionBody,
  listedService,
  serviceBody,
  serviceEventAnswer,
  serviceFile,
  serviceQuery,
  withdrawBody,
} from '../schemas/services';
import { parse } from '../validate';
import { demandSight } from './case-access';
import { cursorMs, decodeCursor, pageOf } from './cursor';
import { changedMeanwhile, ownRow, refused } from './service-access';
import { serviceAnswerOf } from './service-answer';
import { checkChangeable, checkService, serviceMoment } from './service-checks';

type OneRequest = Request<{ id: string }>;
const place = z.strictObject({ at: cursorMs, id: uuid });

async function ownService(deps: ApiDeps, req: OneRequest) {
  const { id } = req.params;
  const row = isUuid(id) ? await readService(deps.db, id) : undefined;
  const own = ownRow(callerOf(req), row, 'service');
  // A record about a case that the caller must not know of is not there for them either.
  const about = own.caseId === null ? undefined : await readSighted(deps.db, own.caseId);
  if (about) await demandSight(deps, callerOf(req), about, 'there is nothing of that id');
  return own;
}

/** The record with its note. */
async function fileOf(deps: ApiDeps, id: string): Promise<z.infer<typeof serviceFile>> {
  const row = await readService(deps.db, id);
  if (!row) throw refused('ServiceUnknown', 'there is no such record');
  const note = await openedText(deps.vault, deps.db, row.noteId);
  return { ...serviceAnswerOf(row), note };
}

/** Each answer with the words about a child is a line of the access log. */
async function logLook(deps: ApiDeps, req: Request, serviceId: string): Promise<void> {
  const { userId, staffId } = callerOf(req);
  const action = 'service:read';
  const line = { userId, staffId, action, caseId: serviceId, allowed: true, address: req.ip } as const;
  await logAccess(deps.db, { ...line, ground: 'station' });
}

const enter = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const caller = callerOf(req);
  const { note, clock, ...body } = parse(serviceBody, req.body);
  const now = Date.now();
  const fields: ServiceFields = {
    ...{ title: null, groupId: null, caseId: null, answers: null, satisfied: null, staffIds: [caller.staffId] },
    ...body,
    at: serviceMoment(body.at, clock),
  };
  const { staffId, stationId } = caller;
  await checkService(deps, caller, stationId, fields, now);
  const entering = { ...fields, id: req.operationId, stationId, staffId, enteredAt: now, ...(note && { note }) };
  await deps.db.$transaction((tx) => enterService(tx, deps.vault, entering));
  res.status(201).json(await fileOf(deps, req.operationId));
};

/** The Beijing days from the first to the last as moments: up to but without `until`. */
export function betweenDays({ from, to }: { from?: string; to?: string }): { from?: number; until?: number } {
  const [first, last] = [from && dayOf(from), to && dayOf(to)];
  return {
    ...(typeof first === 'number' && { from: atBeijingMinute(first, 0) }),
    ...(typeof last === 'number' && { until: atBeijingMinute(last + 1, 0) }),
  };
}

/** @param hidden cases that the caller must not know of */
export function filterOf(
  query: Omit<z.infer<typeof serviceQuery>, 'cursor' | 'limit'>,
  hidden: string[],
): ServiceFilter {
  return {
    ...{ kind: query.kind, staffId: query.staff, childId: query.child, groupId: query.group, caseId: query.case },
    ...betweenDays(query),
    withdrawn: query.withdrawn === 'true',
    hidden,
  };
}

const list = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const query = parse(serviceQuery, req.query);
  const filter = filterOf(query, await hiddenFrom(deps.db, callerOf(req).staffId));
  const rows = await listServices(deps.db, scopeOf(callerOf(req)), filter, {
    after: decodeCursor(place, query.cursor),
    take: query.limit + 1,
  });
  const { page, nextCursor } = pageOf(rows, query.limit, ({ at, id }) => ({ at: at.getTime(), id }));
  const files = await filesOfServices(
    deps.db,
    page.map(({ id }) => id),
  );
  res.json({ items: page.map((row) => ({ ...serviceAnswerOf(row), files: files.get(row.id) ?? 0 })), nextCursor });
};

const look = (deps: ApiDeps) => async (req: OneRequest, res: Response) => {
  const row = await ownService(deps, req);
  await logLook(deps, req, row.id);
  res.json(await fileOf(deps, row.id));
};

const correct = (deps: ApiDeps) => async (req: OneRequest, res: Response) => {
  const before = await ownService(deps, req);
  const { note, reason, clock, at, ...body } = parse(correctionBody, req.body);
  const caller = callerOf(req);
  const now = Date.now();
  checkChangeable(caller, before, now);
  const was = fieldsOf(before);
  const fields = { ...was, ...body, at: at === undefined ? was.at : serviceMoment(at, clock) };
  await checkService(deps, caller, before.stationId, fields, now, was.at);
  const correction = { fields, note, reason, staffId: caller.staffId };
  if (!(await correctService(deps.db, deps.vault, before, correction))) throw changedMeanwhile();
  await logLook(deps, req, before.id);
  res.json(await fileOf(deps, before.id));
};

const withdraw = (deps: ApiDeps) => async (req: OneRequest, res: Response) => {
  const before = await ownService(deps, req);
  const { reason } = parse(withdrawBody, req.body);
  const { staffId } = callerOf(req);
  const now = Date.now();
  checkChangeable(callerOf(req), before, now);
  if (!(await withdrawService(deps.db, deps.vault, before, { reason, staffId, at: now }))) throw changedMeanwhile();
  await logLook(deps, req, before.id);
  res.json(await fileOf(deps, before.id));
};

const history = (deps: ApiDeps) => async (req: OneRequest, res: Response) => {
  const row = await ownService(deps, req);
  const events = await readServiceEvents(deps.db, 'service', row.id);
  await logLook(deps, req, row.id);
  const items = await Promise.all(
    events.map(async ({ at, staffId, action, changes, reasonId }) => ({
      ...{ at: rfc3339(at), staffId, action, changes },
      reason: await openedText(deps.vault, deps.db, reasonId),
    })),
  );
  res.json({ items });
};

function document({ docs }: ApiDeps): void {
  const tag = 'services';
  const one = { 200: { description: 'The record', schema: serviceFile } };
  const path = '/api/v1/services';
  docs.add(
    {
      ...{ method: 'post', path, summary: 'Enter a service', tag, permission: 'service:write', body: serviceBody },
      answers: { 201: { description: 'Entered', schema: serviceFile } },
    },
    {
      ...{ method: 'get', path, summary: 'Services, newest first', tag, permission: 'service:read' },
      query: serviceQuery,
      answers: { 200: { description: 'One page', schema: pageAnswer(listedService) } },
    },
    {
      ...{ method: 'get', path: `${path}/{id}`, summary: 'One service with its note', tag, permission: 'service:read' },
      answers: one,
    },
    {
      ...{ method: 'patch', path: `${path}/{id}`, summary: 'Correct a service', tag, permission: 'service:write' },
      body: correctionBody,
      answers: one,
    },
    {
      ...{ method: 'post', path: `${path}/{id}/withdraw`, summary: 'Take a service out of the count', tag },
      ...{ permission: 'service:write', body: withdrawBody, answers: one },
    },
    {
      ...{ method: 'get', path: `${path}/{id}/history`, summary: 'Who changed what and when', tag },
      permission: 'service:read',
      answers: { 200: { description: 'Oldest first', schema: itemsOf(serviceEventAnswer) } },
    },
  );
}

/** `/services` */
export function createServicesRouter(deps: ApiDeps): Router {
  document(deps);
  return Router()
    .post('/services', requires('service:write'), enter(deps))
    .get('/services', requires('service:read'), list(deps))
    .get('/services/:id', requires('service:read'), look(deps))
    .patch('/services/:id', requires('service:write'), correct(deps))
    .post('/services/:id/withdraw', requires('service:write'), withdraw(deps))
    .get('/services/:id/history', requires('service:read'), history(deps));
}
