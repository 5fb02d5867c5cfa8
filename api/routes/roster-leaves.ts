/** Leaves (请假): whoever is away stands on no rung meanwhile. */
import { type Request, type Response, Router } from 'express';
import type { z } from 'zod';
import { addLeave, endLeave, listLeaves, moveLeave, readLeave } from '../../store/absences';
import { readStaff } from '../../store/roster-names';
import type { ApiDeps } from '../deps';
import { requires, scopeOf } from '../permissions';
import { notFound, unprocessable } from '../problem';
import { callerOf } from '../request';
import { itemsOf } from '../schemas/answers';
import { msOf } from '../schemas/common';
import { emptyQuery } from '../schemas/queries';
import { leaveAnswer, leaveBody, timesPatch } from '../schemas/roster';
import { parse } from '../validate';
import { atOf, demandEdit } from './roster-access';
import { demandRunning, movedTo } from './roster-times';

type ById = Request<{ id: string }>;
type Row = NonNullable<Awaited<ReturnType<typeof readLeave>>>;

const shown = ({ id, staffId, staff, fromAt, untilAt }: Row): z.infer<typeof leaveAnswer> => {
  return { id, staffId, stationId: staff.stationId, from: atOf(fromAt), until: atOf(untilAt) };
};

const list = (deps: ApiDeps) => async (req: Request, res: Response) => {
  parse(emptyQuery, req.query);
  const rows = await listLeaves(deps.db, scopeOf(callerOf(req)), new Date());
  res.json({ items: rows.map(shown) });
};

const add = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const caller = callerOf(req);
  const { staffId, from, until } = parse(leaveBody, req.body);
  const [staff] = await readStaff(deps.db, [staffId]);
  if (!staff?.active) throw unprocessable([{ path: 'staffId', message: 'is nobody who works here' }]);
  demandEdit(caller, staff.stationId);
  const leave = { id: req.operationId, staffId, stationId: staff.stationId, from: msOf(from), until: msOf(until) };
  res.status(201).json(shown(await addLeave(deps.db, leave, caller.staffId)));
};

/** @throws Problem 404 */
async function editable(deps: ApiDeps, req: ById) {
  const row = await readLeave(deps.db, req.params.id);
  if (!row) throw notFound('there is no such leave');
  demandEdit(callerOf(req), row.staff.stationId);
  demandRunning(row);
  return { row, kept: { ...row, stationId: row.staff.stationId }, by: callerOf(req).staffId };
}

const move = (deps: ApiDeps) => async (req: ById, res: Response) => {
  const body = parse(timesPatch, req.body);
  const { row, kept, by } = await editable(deps, req);
  res.json(shown(await moveLeave(deps.db, kept, movedTo(row, body), by)));
};

const end = (deps: ApiDeps) => async (req: ById, res: Response) => {
  const { kept, by } = await editable(deps, req);
  res.json(shown(await endLeave(deps.db, kept, new Date(), by)));
};

/** `/roster/leaves` */
export function createLeavesRouter(deps: ApiDeps): Router {
  const shared = { tag: 'roster', permission: 'roster:edit' } as const;
  const one = { description: 'The leave', schema: leaveAnswer };
  const path = '/api/v1/roster/leaves';
  deps.docs.add(
    {
      ...shared,
      ...{ method: 'get', path, permission: 'roster:read' },
      summary: 'Leaves that are not over',
      answers: { 200: { description: 'Leaves', schema: itemsOf(leaveAnswer) } },
    },
    { ...shared, method: 'post', path, summary: 'Enter a leave', body: leaveBody, answers: { 201: one } },
    {
      ...shared,
      ...{ method: 'patch', path: `${path}/{id}`, body: timesPatch },
      summary: 'Move the beginning or the end of a leave',
      answers: { 200: one },
    },
    { ...shared, method: 'delete', path: `${path}/{id}`, summary: 'End a leave now', answers: { 200: one } },
  );
  return Router()
    .get('/leaves', requires('roster:read'), list(deps))
    .post('/leaves', requires('roster:edit'), add(deps))
    .patch('/leaves/:id', requires('roster:edit'), move(deps))
    .delete('/leaves/:id', requires('roster:edit'), end(deps));
}
