/** 到期销毁: what is kept long enough is proposed by the system; two people approve one after the other, or one keeps it for longer. */
import { type Request, type Response, Router } from 'express';
import { rfc3339, rfc3339OrNull } from '../../domain/zone';
import type { Erasure } from '../../prisma/generated/client';
import { logAccess } from '../../store/access-log';
import type { Tx } from '../../store/db';
import { approveErasure, keepLonger, listErasures, readErasure, type Refused } from '../../store/erasures';
import { journalNow } from '../access-journal';
import type { ApiDeps } from '../deps';
import { requires, sightOf } from '../permissions';
import { conflict, notFound, Problem, unprocessable } from '../problem';
import { callerOf } from '../request';
import { itemsOf } from '../schemas/answers';
import { msOf } from '../schemas/common';
import { type ErasureAnswer, erasureAnswer, erasureQuery, keepBody, retentionRule } from '../schemas/erasures';
import { emptyQuery } from '../schemas/queries';
import { nothingBody } from '../schemas/sight';
import { parse } from '../validate';

type OneRequest = Request<{ id: string }>;

const MOST = 500;
const NOTHING = 'there is nothing of that id';

async function numbersOf(tx: Tx, rows: Erasure[]): Promise<Map<string, string>> {
  const ids = (entity: string): string[] => rows.flatMap((row) => (row.entity === entity ? [row.entityId] : []));
  const select = { id: true, number: true } as const;
  const cases = await tx.caseRow.findMany({ where: { id: { in: ids('case') } }, select });
  const children = await tx.registeredChild.findMany({ where: { id: { in: ids('child') } }, select });
  return new Map([...cases, ...children].map(({ id, number }) => [id, number]));
}

async function answersOf(deps: ApiDeps, rows: Erasure[]): Promise<ErasureAnswer[]> {
  const numbers = await numbersOf(deps.db, rows);
  return rows.map((row) => ({
    ...{ id: row.id, entityId: row.entityId, number: numbers.get(row.entityId) ?? null, stationId: row.stationId },
    entity: erasureAnswer.shape.entity.parse(row.entity),
    state: erasureAnswer.shape.state.parse(row.state),
    ...{ kind: row.kind, basis: row.basis, dueAt: rfc3339(row.dueAt), proposedAt: rfc3339(row.proposedAt) },
    ...{ approvedBy: row.approvedBy, approvedAt: rfc3339OrNull(row.approvedAt) },
    ...{ decidedBy: row.decidedBy, decidedAt: rfc3339OrNull(row.decidedAt), keptUntil: rfc3339OrNull(row.keptUntil) },
  }));
}

const list = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const { waiting } = parse(erasureQuery, req.query);
  const rows = await listErasures(deps.db, sightOf(callerOf(req)), waiting === 'true', MOST);
  res.json({ items: await answersOf(deps, rows) });
};

const rules = (deps: ApiDeps) => (req: Request, res: Response) => {
  parse(emptyQuery, req.query);
  res.json({ items: [...deps.access.retention].map(([kind, { years, basis }]) => ({ kind, years, basis })) });
};

async function ownErasure(deps: ApiDeps, req: OneRequest): Promise<Erasure> {
  const row = await readErasure(deps.db, sightOf(callerOf(req)), req.params.id);
  if (row) return row;
  const there = await deps.db.erasure.findUnique({ where: { id: req.params.id } });
  throw notFound(NOTHING, there ? { action: 'erasure:out-of-scope', caseId: there.entityId } : undefined);
}

const WHY: Record<Refused, () => Problem> = {
  unknown: () => notFound(NOTHING),
  over: () => conflict('ErasureOver', 'this was decided already'),
  same_person: () =>
    new Problem(403, 'SamePersonDecides', 'Not allowed', 'somebody other than the first has to approve as well'),
  open_again: () => conflict('NotOver', 'it was opened again meanwhile', { possible: ['keep'] }),
};

async function done(deps: ApiDeps, req: OneRequest, res: Response, made: Erasure | Refused, action: string) {
  if (typeof made === 'string') throw WHY[made]();
  const { userId, staffId } = callerOf(req);
  await logAccess(deps.db, { userId, staffId, action, caseId: made.entityId, allowed: true, address: req.ip });
  await journalNow(deps, req.operationId);
  res.json((await answersOf(deps, [made]))[0]);
}

const approve = (deps: ApiDeps) => async (req: OneRequest, res: Response) => {
  const { id } = await ownErasure(deps, req);
  parse(nothingBody, req.body ?? {});
  const { staffId } = callerOf(req);
  const made = await approveErasure(deps.db, deps.vault, { id, staffId, operationId: req.operationId });
  await done(deps, req, res, made, 'erasure:approve');
};

const keep = (deps: ApiDeps) => async (req: OneRequest, res: Response) => {
  const { id, subjectId, entityId } = await ownErasure(deps, req);
  const body = parse(keepBody, req.body);
  const until = msOf(body.until);
  if (until <= Date.now()) throw unprocessable([{ path: 'until', message: 'must lie in the future' }]);
  const sealing = { id: req.operationId, subjectId, caseId: entityId, kind: 'reason', value: body.reason } as const;
  const reasonId = await deps.vault.seal(deps.db, sealing);
  const { staffId } = callerOf(req);
  const made = await keepLonger(deps.db, { id, staffId, operationId: req.operationId, until, reasonId });
  await done(deps, req, res, made, 'erasure:keep');
};

/** `/erasures` and `/retention` */
export function createErasuresRouter(deps: ApiDeps): Router {
  const path = '/api/v1/erasures';
  const about = { tag: 'access', permission: 'erasure:decide' } as const;
  const answers = { 200: { description: 'As it stands now', schema: erasureAnswer } };
  deps.docs.add(
    {
      ...{
        method: 'get',
        path: '/api/v1/retention',
        summary: '保存期限 · How long each kind is kept, and why',
        tag: 'access',
      },
      permission: 'access:read',
      answers: { 200: { description: 'The rules', schema: itemsOf(retentionRule) } },
    },
    {
      ...{ method: 'get', path, summary: '到期销毁 · What is kept long enough', ...about, query: erasureQuery },
      answers: { 200: { description: 'The newest 500', schema: itemsOf(erasureAnswer) } },
    },
    {
      ...{
        method: 'post',
        path: `${path}/{id}/approve`,
        summary: 'Approve; the second person’s approval destroys the key',
      },
      ...{ ...about, body: nothingBody, answers },
    },
    {
      ...{ method: 'post', path: `${path}/{id}/keep`, summary: 'Keep it for longer, with a reason' },
      ...{ ...about, body: keepBody, answers },
    },
  );
  return Router()
    .get('/retention', requires('access:read'), rules(deps))
    .get('/erasures', requires('erasure:decide'), list(deps))
    .post('/erasures/:id/approve', requires('erasure:decide'), approve(deps))
    .post('/erasures/:id/keep', requires('erasure:decide'), keep(deps));
}
