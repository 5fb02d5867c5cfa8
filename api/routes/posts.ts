/** Posts (在岗登记): who is employed at the station, from when to when, and as what the contract counts them. */
import { type Request, type Response, Router } from 'express';
import type { z } from 'zod';
import { dateOf, dayOf } from '../../domain/services/term';
import { atBeijingMinute, beijingDay } from '../../domain/zone';
import { correctPost, enterPost, listPosts, type Post, type PostFields, readPost } from '../../store/services/posts';
import type { ApiDeps } from '../deps';
import { requires, scopeOf } from '../permissions';
import { unprocessable } from '../problem';
import { callerOf } from '../request';
import { itemsOf } from '../schemas/answers';
import { emptyQuery } from '../schemas/queries';
import { postAnswer, postBody, postChangeBody } from '../schemas/services';
import { parse } from '../validate';
import { ownRow, refused } from './service-access';

/** Midnight in Beijing at which a day begins, or is over. */
const midnight = (day: string, after = 0): Date => new Date(atBeijingMinute((dayOf(day) ?? 0) + after, 0));

const answerOf = (post: Post): z.infer<typeof postAnswer> => ({
  ...{ id: post.id, stationId: post.stationId, staffId: post.staffId },
  ...{ fullTime: post.fullTime, childWelfare: post.childWelfare },
  from: dateOf(beijingDay(post.startsAt.getTime())),
  to: post.endsAt && dateOf(beijingDay(post.endsAt.getTime()) - 1),
  withdrawn: post.withdrawnAt !== null,
});

/** @throws Problem 422 for a post that ends before it begins */
function checkSpan({ startsAt, endsAt }: Pick<PostFields, 'startsAt' | 'endsAt'>): void {
  if (endsAt && endsAt <= startsAt) throw unprocessable([{ path: 'to', message: 'must not lie before from' }]);
}

async function reread(deps: ApiDeps, id: string): Promise<z.infer<typeof postAnswer>> {
  const post = await readPost(deps.db, id);
  if (!post) throw refused('ServiceUnknown', 'there is no such post');
  return answerOf(post);
}

const enter = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const { stationId, staffId: by } = callerOf(req);
  const { staffId, fullTime, childWelfare, from, to = null } = parse(postBody, req.body);
  const staff = await deps.db.staff.findFirst({ where: { id: staffId, stationId }, select: { id: true } });
  if (!staff) throw unprocessable([{ path: 'staffId', message: 'not staff of the station' }]);
  const span = { startsAt: midnight(from), endsAt: to === null ? null : midnight(to, 1) };
  checkSpan(span);
  await enterPost(deps.db, { id: req.operationId, stationId, staffId, fullTime, childWelfare, ...span }, by);
  res.status(201).json(await reread(deps, req.operationId));
};

const list = (deps: ApiDeps) => async (req: Request, res: Response) => {
  parse(emptyQuery, req.query);
  res.json({ items: (await listPosts(deps.db, scopeOf(callerOf(req)))).map(answerOf) });
};

const correct = (deps: ApiDeps) => async (req: Request<{ id: string }>, res: Response) => {
  const { id } = req.params;
  const caller = callerOf(req);
  const before = ownRow(caller, await readPost(deps.db, id), 'post');
  const { from, to, withdrawn, ...change } = parse(postChangeBody, req.body);
  if (before.withdrawnAt) throw refused('ServiceWithdrawn', 'this post was withdrawn; enter it anew');
  const startsAt = from === undefined ? before.startsAt : midnight(from);
  const endsAt = to === undefined ? before.endsAt : to === null ? null : midnight(to, 1);
  checkSpan({ startsAt, endsAt });
  const all = { ...change, startsAt, endsAt, ...(withdrawn && { withdrawnAt: new Date() }) };
  await correctPost(deps.db, before, all, caller.staffId);
  res.json(await reread(deps, id));
};

/** `/posts` */
export function createPostsRouter(deps: ApiDeps): Router {
  const [tag, path] = ['services', '/api/v1/posts'];
  deps.docs.add(
    {
      ...{ method: 'post', path, summary: 'Enter a post', tag, permission: 'service:correct', body: postBody },
      answers: { 201: { description: 'The post', schema: postAnswer } },
    },
    {
      ...{ method: 'get', path, summary: 'Posts of the station', tag, permission: 'service:read' },
      answers: { 200: { description: 'Newest first', schema: itemsOf(postAnswer) } },
    },
    {
      ...{ method: 'patch', path: `${path}/{id}`, summary: 'Correct, end or withdraw a post', tag },
      ...{ permission: 'service:correct', body: postChangeBody },
      answers: { 200: { description: 'The post', schema: postAnswer } },
    },
  );
  return Router()
    .post('/posts', requires('service:correct'), enter(deps))
    .get('/posts', requires('service:read'), list(deps))
    .patch('/posts/:id', requires('service:correct'), correct(deps));
}
