/** Restricting a case to named people (限定知悉), and shutting out who has a conflict of interest (回避). */
import { type Request, type Response, Router } from 'express';
import type { Command } from '../../domain/messages';
import { maySee } from '../../domain/sight';
import { rfc3339 } from '../../domain/zone';
import { logAccess } from '../../store/access-log';
import { namesOf, type WholeCase } from '../../store/cases';
import { endConflict, nameConflict, open, restrict } from '../../store/shields';
import { shieldOf } from '../../store/sight';
import { peopleOf } from '../../store/transfers';
import { journalNow } from '../access-journal';
import type { ApiDeps } from '../deps';
import { asProblem } from '../failure';
import { operationIdOf } from '../idempotency';
import { demand, requires } from '../permissions';
import { conflict, unprocessable } from '../problem';
import { callerOf } from '../request';
import { conflictBody, reasonOnly, restrictBody, type RestrictionAnswer, restrictionAnswer } from '../schemas/sight';
import { parse } from '../validate';
import { actorOf, caseInScope, demandLasting, seal } from './case-access';

type CaseRequest = Request<{ id: string }>;

async function answerOf(deps: ApiDeps, caseId: string): Promise<RestrictionAnswer> {
  const { restricted } = await deps.db.caseRow.findUniqueOrThrow({ where: { id: caseId } });
  const named = await deps.db.caseNamed.findMany({ where: { caseId }, orderBy: { staffId: 'asc' } });
  const conflicts = await deps.db.caseConflict.findMany({ where: { caseId }, orderBy: { staffId: 'asc' } });
  const names = await namesOf(deps.db, { staff: [...named, ...conflicts].map(({ staffId }) => staffId), partners: [] });
  const line = ({ staffId, addedBy, since }: { staffId: string; addedBy: string; since: Date }) => ({
    ...{ staffId, name: names.get(staffId) ?? null, by: addedBy, since: rfc3339(since) },
  });
  return { restricted, named: named.map(line), conflicts: conflicts.map(line) };
}

/** Each change is a line of the access log too: who may know of a case is as sensitive as looking at it. */
async function onRecord(deps: ApiDeps, req: CaseRequest, action: string): Promise<void> {
  const { userId, staffId } = callerOf(req);
  await logAccess(deps.db, { userId, staffId, action, caseId: req.params.id, allowed: true, address: req.ip });
}

/** The vault's entry with the reason, and who does it. */
async function deedOf(deps: ApiDeps, req: CaseRequest, row: WholeCase, reason: string) {
  const reasonId = await seal(deps, row, 'reason', reason, req.operationId);
  return { id: req.operationId, caseId: row.id, staffId: callerOf(req).staffId, reasonId };
}

/**
 * Whoever must not know of the case any more is not asked to take it either (交接), and does not stand in (代管). The shield holds
 * without that; is the case out of reach, what was arranged gives them a case that they do not see, and the log says so.
 */
async function endArrangements(deps: ApiDeps, req: CaseRequest, row: WholeCase): Promise<void> {
  const { handover, cover } = peopleOf(row);
  const shield = { ...(await shieldOf(deps.db, row.id)), glass: [] };
  const isOut = (staffId: string): boolean => !maySee({ staffId, inScope: true }, shield, Date.now());
  const actor = actorOf(callerOf(req));
  const ends: Command[] = [
    ...(handover && isOut(handover.to) ? [{ do: 'withdraw_handover', actor } as const] : []),
    ...(cover && isOut(cover.by) ? [{ do: 'end_cover', coverId: cover.id, actor } as const] : []),
  ];
  for (const end of ends) {
    const operationId = operationIdOf({ caller: req.operationId, key: end.do });
    await deps.cases.command(row.id, end, operationId).catch((error: unknown) => {
      const failure = asProblem(error).type;
      deps.log.warn({ caseId: row.id, what: end.do, failure }, 'what was arranged with somebody shut out stands');
    });
  }
}

const view = (deps: ApiDeps) => async (req: CaseRequest, res: Response) => {
  const row = await caseInScope(deps, req);
  res.json(await answerOf(deps, row.id));
};

/** Active people who could work the case: of its station, or duty officers. @throws Problem 422 naming the others */
async function checkNamed(deps: ApiDeps, row: WholeCase, staffIds: string[]): Promise<void> {
  const people = await deps.db.staff.findMany({ where: { id: { in: staffIds }, active: true } });
  const fit = people.filter(({ stationId, role }) => stationId === row.stationId || role === 'duty_officer');
  const { conflicts } = await shieldOf(deps.db, row.id);
  const errors = staffIds.flatMap((id, i) => {
    const path = `staffIds.${i}`;
    if (!fit.some((one) => one.id === id))
      return { path, message: "must be an active member of the case's station, or a duty officer" };
    return conflicts.some((one) => one.staffId === id) ? { path, message: 'has a conflict of interest' } : [];
  });
  if (errors.length > 0) throw unprocessable(errors);
}

const narrow = (deps: ApiDeps) => async (req: CaseRequest, res: Response) => {
  const row = await caseInScope(deps, req);
  await demandLasting(deps, callerOf(req), row);
  const { staffIds, reason } = parse(restrictBody, req.body);
  await checkNamed(deps, row, staffIds);
  // Whoever restricts keeps seeing it: otherwise nobody could open it again.
  const named = [...new Set([...staffIds, callerOf(req).staffId])];
  await restrict(deps.db, await deedOf(deps, req, row, reason), named);
  await onRecord(deps, req, 'case:restrict');
  await journalNow(deps, req.operationId);
  await endArrangements(deps, req, row);
  res.json(await answerOf(deps, row.id));
};

const widen = (deps: ApiDeps) => async (req: CaseRequest, res: Response) => {
  const row = await caseInScope(deps, req);
  await demandLasting(deps, callerOf(req), row);
  const { reason } = parse(reasonOnly, req.body);
  if (row.restricted) {
    await open(deps.db, await deedOf(deps, req, row, reason));
    await onRecord(deps, req, 'case:unrestrict');
    await journalNow(deps, req.operationId);
  }
  res.json(await answerOf(deps, row.id));
};

/** A supervisor names anybody; everybody who works cases may say it of themselves, and does not see the case any more. */
const shutOut = (deps: ApiDeps) => async (req: CaseRequest, res: Response) => {
  const row = await caseInScope(deps, req);
  const { staffId, reason } = parse(conflictBody, req.body);
  if (staffId !== callerOf(req).staffId) {
    demand(callerOf(req), 'case:restrict', row.id);
    await demandLasting(deps, callerOf(req), row);
  }
  if (!(await deps.db.staff.findUnique({ where: { id: staffId } })))
    throw unprocessable([{ path: 'staffId', message: 'there is nobody of that id' }]);
  await nameConflict(deps.db, await deedOf(deps, req, row, reason), staffId);
  await onRecord(deps, req, 'case:conflict');
  await journalNow(deps, req.operationId);
  await endArrangements(deps, req, row);
  const own = staffId === callerOf(req).staffId;
  res.json(own ? { restricted: row.restricted, named: [], conflicts: [] } : await answerOf(deps, row.id));
};

const letIn = (deps: ApiDeps) => async (req: CaseRequest, res: Response) => {
  const row = await caseInScope(deps, req);
  await demandLasting(deps, callerOf(req), row);
  const { staffId, reason } = parse(conflictBody, req.body);
  const { conflicts } = await shieldOf(deps.db, row.id);
  const possible = conflicts.map((one) => one.staffId);
  if (!possible.includes(staffId))
    throw conflict('ConflictUnknown', `no conflict of ${staffId} is on the case`, { possible });
  await endConflict(deps.db, await deedOf(deps, req, row, reason), staffId);
  await onRecord(deps, req, 'case:conflict-end');
  await journalNow(deps, req.operationId);
  res.json(await answerOf(deps, row.id));
};

/** `/cases/{id}/restriction` and `/cases/{id}/conflicts` */
export function createRestrictionsRouter(deps: ApiDeps): Router {
  const path = '/api/v1/cases/{id}';
  const answers = { 200: { description: 'Who may know of the case', schema: restrictionAnswer } };
  const about = { tag: 'access', permission: 'case:restrict', answers } as const;
  deps.docs.add(
    {
      ...{ method: 'get', path: `${path}/restriction`, summary: '知悉范围 · Who may know of the case' },
      ...about,
      permission: 'access:read',
    },
    {
      ...{ method: 'post', path: `${path}/restriction`, summary: '限定知悉 · Restrict the case to named people' },
      ...{ ...about, body: restrictBody },
    },
    {
      ...{ method: 'post', path: `${path}/restriction/end`, summary: '解除限定 · End the restriction' },
      ...{ ...about, body: reasonOnly },
    },
    {
      ...{ method: 'post', path: `${path}/conflicts`, summary: '回避 · Shut out who has a conflict of interest' },
      ...{ ...about, permission: 'case:work', body: conflictBody },
    },
    {
      ...{ method: 'post', path: `${path}/conflicts/end`, summary: '解除回避 · Let somebody in again' },
      ...{ ...about, body: conflictBody },
    },
  );
  return Router()
    .get('/cases/:id/restriction', requires('access:read'), view(deps))
    .post('/cases/:id/restriction', requires('case:restrict'), narrow(deps))
    .post('/cases/:id/restriction/end', requires('case:restrict'), widen(deps))
    .post('/cases/:id/conflicts', requires('case:work'), shutOut(deps))
    .post('/cases/:id/conflicts/end', requires('case:restrict'), letIn(deps));
}
