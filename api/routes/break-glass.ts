/** 紧急查阅 (break-glass): a case that one may not see is opened in an emergency, with a reason, loudly, and for a short time. */
import { type Request, type Response, Router } from 'express';
import { maySee } from '../../domain/sight';
import { rfc3339, rfc3339OrNull } from '../../domain/zone';
import { logAccess } from '../../store/access-log';
import { namesOf } from '../../store/cases';
import { breakGlass, endGlass, listGlass } from '../../store/shields';
import { seenBy, shieldOf } from '../../store/sight';
import { journalNow } from '../access-journal';
import type { ApiDeps } from '../deps';
import { allow, inScope, requires, sightOf } from '../permissions';
import { conflict, notFound } from '../problem';
import { callerOf } from '../request';
import { itemsOf } from '../schemas/answers';
import { emptyQuery } from '../schemas/queries';
import { type GlassAnswer, glassAnswer, glassBody, nothingBody } from '../schemas/sight';
import { parse } from '../validate';
import { seal } from './case-access';

const MOST = 200;
const NO_CASE = 'there is no such case';

type Listed = Awaited<ReturnType<typeof listGlass>>[number];
const answerOf = (row: Listed, names: Map<string, string>): GlassAnswer => ({
  ...{ id: row.id, caseId: row.caseId, number: row.case.number },
  ...{ staffId: row.staffId, name: names.get(row.staffId) ?? null },
  ...{ openedAt: rfc3339(row.openedAt), until: rfc3339(row.until), endedAt: rfc3339OrNull(row.endedAt) },
});

const glassOf = (deps: ApiDeps, id: string) =>
  deps.db.brokenGlass.findUnique({ where: { id }, include: { case: { select: { number: true, stationId: true } } } });

const open = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const caller = callerOf(req);
  const { number, reason } = parse(glassBody, req.body);
  const action = 'case:break-glass';
  const row = await deps.db.caseRow.findUnique({ where: { number: number.toUpperCase() } });
  if (!row) throw notFound(NO_CASE);
  const shield = await shieldOf(deps.db, row.id);
  // The glass is no way around a conflict of interest: for them there is no such case.
  if (shield.conflicts.some(({ staffId }) => staffId === caller.staffId)) {
    throw notFound(NO_CASE, { action, caseId: row.id });
  }
  const done = await glassOf(deps, req.operationId);
  const seer = { staffId: caller.staffId, inScope: inScope(caller, row.stationId) };
  if (!done && maySee(seer, shield, Date.now())) {
    throw conflict('CaseVisible', 'you may see this case as it is', { possible: [`GET /api/v1/cases/${row.id}`] });
  }
  const reasonId = await seal(deps, row, 'reason', reason, req.operationId);
  const now = Date.now();
  const deed = { id: req.operationId, caseId: row.id, staffId: caller.staffId, reasonId };
  await breakGlass(deps.db, deed, now, now + deps.access.glassMs);
  const { userId, staffId } = caller;
  await logAccess(deps.db, {
    ...{ userId, staffId, action, caseId: row.id, allowed: true, address: req.ip, ground: 'glass' },
  });
  deps.log.warn({ caseId: row.id, staffId }, 'the glass was broken');
  await journalNow(deps, req.operationId);
  const made = await glassOf(deps, req.operationId);
  if (!made) throw notFound();
  const names = await namesOf(deps.db, { staff: [staffId], partners: [] });
  res.status(201).json(answerOf(made, names));
};

/** Ids of the cases in a supervisor's sight for which glass was broken. */
async function watched(deps: ApiDeps, req: Request): Promise<string[]> {
  const rows = await deps.db.caseRow.findMany({
    where: { AND: [await seenBy(deps.db, sightOf(callerOf(req))), { glass: { some: {} } }] },
    select: { id: true },
  });
  return rows.map(({ id }) => id);
}

const list = (deps: ApiDeps) => async (req: Request, res: Response) => {
  parse(emptyQuery, req.query);
  const caller = callerOf(req);
  const caseIds = allow(caller, 'access:read') ? await watched(deps, req) : [];
  const rows = await listGlass(deps.db, { caseIds, staffId: caller.staffId }, MOST);
  // One's own from before a conflict was named: not there any more.
  const visible = [];
  for (const row of rows) {
    const { conflicts } = await shieldOf(deps.db, row.caseId);
    if (!conflicts.some(({ staffId }) => staffId === caller.staffId)) visible.push(row);
  }
  const names = await namesOf(deps.db, { staff: visible.map(({ staffId }) => staffId), partners: [] });
  res.json({ items: visible.map((row) => answerOf(row, names)) });
};

const end = (deps: ApiDeps) => async (req: Request<{ id: string }>, res: Response) => {
  const caller = callerOf(req);
  parse(nothingBody, req.body ?? {});
  const glass = await glassOf(deps, req.params.id);
  const shield = glass && (await shieldOf(deps.db, glass.caseId));
  const isOut = shield?.conflicts.some(({ staffId }) => staffId === caller.staffId) ?? false;
  const own = glass?.staffId === caller.staffId && !isOut;
  const guards = glass && allow(caller, 'access:read') && (await watched(deps, req)).includes(glass.caseId);
  if (!glass || !(own || guards)) {
    const audit = glass ? { action: 'case:break-glass-end', caseId: glass.caseId } : undefined;
    throw notFound('there is nothing of that id', audit);
  }
  const { staffId } = caller;
  if (await endGlass(deps.db, { id: req.operationId, glassId: glass.id, staffId })) {
    await journalNow(deps, req.operationId);
  }
  const now = (await glassOf(deps, glass.id)) ?? glass;
  res.json(answerOf(now, await namesOf(deps.db, { staff: [now.staffId], partners: [] })));
};

/** `/break-glass` */
export function createBreakGlassRouter(deps: ApiDeps): Router {
  const path = '/api/v1/break-glass';
  const about = { tag: 'access', permission: 'case:break-glass' } as const;
  deps.docs.add(
    {
      ...{ method: 'post', path, summary: '紧急查阅 · Open a case in an emergency; supervisors and officers are told' },
      ...{ ...about, body: glassBody },
      answers: { 201: { description: 'Open until then', schema: glassAnswer } },
    },
    {
      ...{
        method: 'get',
        path,
        summary: 'Broken glass: one’s own, and for who watches over access that of their cases',
      },
      ...about,
      answers: { 200: { description: 'The newest 200', schema: itemsOf(glassAnswer) } },
    },
    {
      ...{ method: 'post', path: `${path}/{id}/end`, summary: 'End it before its time' },
      ...{ ...about, body: nothingBody },
      answers: { 200: { description: 'Ended', schema: glassAnswer } },
    },
  );
  return Router()
    .post('/break-glass', requires('case:break-glass'), open(deps))
    .get('/break-glass', requires('case:break-glass'), list(deps))
    .post('/break-glass/:id/end', requires('case:break-glass'), end(deps));
}
