/** One's own account (我的账号): what the sign-in rests on, and where one is signed in. */
import { type Request, type Response, Router } from 'express';
import { phoneTail } from '../../domain/phone';
import { factorsFor } from '../../domain/sign-in';
import { MINUTE, rfc3339 } from '../../domain/zone';
import type { Session } from '../../prisma/generated/client';
import { noteAccount } from '../../store/account-journal';
import { callerOfUser } from '../../store/callers';
import { endSession, listSessions } from '../../store/sessions';
import { phoneOf } from '../../store/sign-in-codes';
import type { ApiDeps } from '../deps';
import { notFound } from '../problem';
import { callerOf } from '../request';
import { endedAnswer, ownAnswer, type OwnAnswer, sessionAnswer, type SessionAnswer } from '../schemas/accounts';
import { itemsOf } from '../schemas/answers';
import { emptyQuery } from '../schemas/queries';
import { parse } from '../validate';

export const sessionShown = (row: Session, current?: string): SessionAnswer => ({
  id: row.id,
  current: row.id === current,
  createdAt: rfc3339(row.createdAt),
  usedAt: rfc3339(row.updatedAt),
  address: row.ipAddress ?? '',
  agent: (row.userAgent ?? '').slice(0, 200),
});

const own = (deps: ApiDeps) => async (req: Request, res: Response) => {
  parse(emptyQuery, req.query);
  const { userId, staffId, name, role } = callerOf(req);
  const [known, phone] = [await callerOfUser(deps.db, userId), await phoneOf(deps.db, staffId)];
  const rule = deps.signInRules[role];
  if (!known || !rule) throw notFound();
  const answer: OwnAnswer = {
    ...{ staffId, name, role, username: known.username },
    secondFactor: {
      methods: factorsFor(rule, known.factors),
      allowed: rule.by,
      demanded: deps.config.demandSecondFactor && rule.demanded,
      phoneTail: phone ? phoneTail(phone.value) : null,
    },
    idleMinutes: rule.idleMs / MINUTE,
    longestMinutes: rule.longestMs / MINUTE,
  };
  res.json(answer);
};

const sessions = (deps: ApiDeps) => async (req: Request, res: Response) => {
  parse(emptyQuery, req.query);
  const { userId, sessionId } = callerOf(req);
  res.json({ items: (await listSessions(deps.db, userId)).map((row) => sessionShown(row, sessionId)) });
};

const end = (deps: ApiDeps) => async (req: Request<{ id: string }>, res: Response) => {
  const { userId, staffId, stationId } = callerOf(req);
  if (!(await endSession(deps.db, userId, req.params.id))) throw notFound('there is no such session');
  await noteAccount(deps.db, { staffId, subjectId: staffId, stationId, action: 'sessions.end' });
  res.json({ ended: 1 });
};

/** `/account` */
export function createAccountRouter(deps: ApiDeps): Router {
  const shared = { tag: 'sign-in', permission: 'signed-in' } as const;
  deps.docs.add(
    {
      ...shared,
      ...{ method: 'get', path: '/api/v1/account' },
      summary: "One's own account: second factor and how long a sign-in lasts",
      answers: { 200: { description: 'The account', schema: ownAnswer } },
    },
    {
      ...shared,
      ...{ method: 'get', path: '/api/v1/account/sessions' },
      summary: 'Where one is signed in',
      answers: { 200: { description: 'Sessions, the latest used first', schema: itemsOf(sessionAnswer) } },
    },
    {
      ...shared,
      ...{ method: 'delete', path: '/api/v1/account/sessions/{id}' },
      summary: 'End one of them',
      answers: { 200: { description: 'It has ended', schema: endedAnswer } },
    },
  );
  return Router()
    .get('/account', own(deps))
    .get('/account/sessions', sessions(deps))
    .delete('/account/sessions/:id', end(deps));
}
