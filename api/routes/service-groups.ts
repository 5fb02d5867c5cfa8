/** Groups (小组): open a series, list them with their sessions, correct or end one. */
import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { recordProblems } from '../../domain/services/kinds';
import { correctGroup, enterGroup, listGroups, readGroup, withSessions } from '../../store/services/groups';
import type { ApiDeps } from '../deps';
import { requires, scopeOf } from '../permissions';
import { unprocessable } from '../problem';
import { callerOf } from '../request';
import { pageOf as pageAnswer } from '../schemas/answers';
import { isUuid, uuid } from '../schemas/common';
import { groupAnswer, groupBody, groupChangeBody, pageQuery } from '../schemas/services';
import { parse } from '../validate';
import { cursorMs, decodeCursor, pageOf } from './cursor';
import { ownRow, refused } from './service-access';
import { groupAnswerOf } from './service-answer';

const place = z.strictObject({ enteredAt: cursorMs, id: uuid });

/** A series' name is public like an event's. @throws Problem 422 */
function checkTitle(title: string | undefined): void {
  if (title === undefined) return;
  const facts = { kind: 'community_event', title, childIds: [], headCount: 1 } as const;
  const errors = recordProblems(facts);
  if (errors.length > 0) throw unprocessable(errors);
}

async function answerOf(deps: ApiDeps, id: string) {
  const group = await readGroup(deps.db, id);
  const [counted] = group ? await withSessions(deps.db, [group]) : [];
  if (!counted) throw refused('ServiceUnknown', 'there is no such group');
  return groupAnswerOf(counted);
}

const enter = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const { stationId, staffId } = callerOf(req);
  const body = parse(groupBody, req.body);
  checkTitle(body.title);
  await enterGroup(deps.db, { ...body, id: req.operationId, stationId, staffId, at: Date.now() });
  res.status(201).json(await answerOf(deps, req.operationId));
};

const list = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const { cursor, limit } = parse(pageQuery, req.query);
  const after = decodeCursor(place, cursor);
  const groups = await listGroups(deps.db, scopeOf(callerOf(req)), { after, take: limit + 1 });
  const { page, nextCursor } = pageOf(groups, limit, ({ enteredAt, id }) => ({ enteredAt: enteredAt.getTime(), id }));
  res.json({ items: page.map(groupAnswerOf), nextCursor });
};

const correct = (deps: ApiDeps) => async (req: Request<{ id: string }>, res: Response) => {
  const { id } = req.params;
  const caller = callerOf(req);
  const before = ownRow(caller, isUuid(id) ? await readGroup(deps.db, id) : undefined, 'service-group');
  const { ended, ...change } = parse(groupChangeBody, req.body);
  checkTitle(change.title);
  const endedAt = ended === undefined ? {} : { endedAt: ended ? (before.endedAt ?? new Date()) : null };
  await correctGroup(deps.db, before, { ...change, ...endedAt, staffId: caller.staffId });
  res.json(await answerOf(deps, id));
};

/** `/service-groups` */
export function createServiceGroupsRouter(deps: ApiDeps): Router {
  const [tag, path] = ['services', '/api/v1/service-groups'];
  deps.docs.add(
    {
      ...{ method: 'post', path, summary: 'Open a group', tag, permission: 'service:write', body: groupBody },
      answers: { 201: { description: 'The group', schema: groupAnswer } },
    },
    {
      ...{ method: 'get', path, summary: 'Groups, newest first', tag, permission: 'service:read', query: pageQuery },
      answers: { 200: { description: 'One page', schema: pageAnswer(groupAnswer) } },
    },
    {
      ...{ method: 'patch', path: `${path}/{id}`, summary: 'Correct or end a group', tag },
      ...{ permission: 'service:write', body: groupChangeBody },
      answers: { 200: { description: 'The group', schema: groupAnswer } },
    },
  );
  return Router()
    .post('/service-groups', requires('service:write'), enter(deps))
    .get('/service-groups', requires('service:read'), list(deps))
    .patch('/service-groups/:id', requires('service:write'), correct(deps));
}
