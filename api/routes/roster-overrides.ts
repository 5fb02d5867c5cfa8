/** Overrides (改派、加派): somebody on duty instead of others, or as well, for a while. */
import { type Request, type Response, Router } from 'express';
import type { z } from 'zod';
import { EVERYBODY } from '../../domain/roster/model';
import type { DutyOverride } from '../../prisma/generated/client';
import { addOverride, endOverride, listOverrides, moveOverride, readOverride } from '../../store/absences';
import type { ApiDeps } from '../deps';
import { requires, scopeOf } from '../permissions';
import { notFound } from '../problem';
import { callerOf } from '../request';
import { itemsOf } from '../schemas/answers';
import { msOf } from '../schemas/common';
import { emptyQuery } from '../schemas/queries';
import { overrideAnswer, overrideBody, timesPatch } from '../schemas/roster';
import { parse } from '../validate';
import { atOf, demandEdit, demandFit, roleOf } from './roster-access';
import { demandRunning, movedTo } from './roster-times';

type ById = Request<{ id: string }>;

const shown = (row: DutyOverride): z.infer<typeof overrideAnswer> => {
  const { id, stationId, staffId, replaces, fromAt, untilAt } = row;
  return { id, stationId, role: roleOf(row.role), staffId, replaces, from: atOf(fromAt), until: atOf(untilAt) };
};

const list = (deps: ApiDeps) => async (req: Request, res: Response) => {
  parse(emptyQuery, req.query);
  const rows = await listOverrides(deps.db, scopeOf(callerOf(req)), new Date());
  res.json({ items: rows.map(shown) });
};

const add = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const caller = callerOf(req);
  const { stationId = caller.stationId, role, staffId, replaces, from, until } = parse(overrideBody, req.body);
  demandEdit(caller, stationId);
  const others = replaces === undefined || replaces === EVERYBODY ? [] : [{ path: 'replaces', staffId: replaces }];
  await demandFit(deps.db, { stationId, role }, [{ path: 'staffId', staffId }, ...others]);
  const made = {
    ...{ id: req.operationId, stationId, role, staffId, from: msOf(from), until: msOf(until) },
    ...(replaces !== undefined && { replaces }),
  };
  res.status(201).json(shown(await addOverride(deps.db, made, caller.staffId)));
};

/** @throws Problem 404 */
async function editable(deps: ApiDeps, req: ById): Promise<DutyOverride> {
  const row = await readOverride(deps.db, req.params.id);
  if (!row) throw notFound('there is no such override');
  demandEdit(callerOf(req), row.stationId);
  demandRunning(row);
  return row;
}

const move = (deps: ApiDeps) => async (req: ById, res: Response) => {
  const body = parse(timesPatch, req.body);
  const row = await editable(deps, req);
  res.json(shown(await moveOverride(deps.db, row, movedTo(row, body), callerOf(req).staffId)));
};

const end = (deps: ApiDeps) => async (req: ById, res: Response) => {
  const row = await editable(deps, req);
  res.json(shown(await endOverride(deps.db, row, new Date(), callerOf(req).staffId)));
};

/** `/roster/overrides` */
export function createOverridesRouter(deps: ApiDeps): Router {
  const shared = { tag: 'roster', permission: 'roster:edit' } as const;
  const one = { description: 'The override', schema: overrideAnswer };
  const path = '/api/v1/roster/overrides';
  deps.docs.add(
    {
      ...shared,
      ...{ method: 'get', path, permission: 'roster:read' },
      summary: 'Overrides that are not over',
      answers: { 200: { description: 'Overrides', schema: itemsOf(overrideAnswer) } },
    },
    {
      ...shared,
      ...{ method: 'post', path, body: overrideBody },
      summary: 'Put somebody on duty instead of others, or as well',
      answers: { 201: one },
    },
    {
      ...shared,
      ...{ method: 'patch', path: `${path}/{id}`, body: timesPatch },
      summary: 'Move the beginning or the end of an override',
      answers: { 200: one },
    },
    { ...shared, method: 'delete', path: `${path}/{id}`, summary: 'End an override now', answers: { 200: one } },
  );
  return Router()
    .get('/overrides', requires('roster:read'), list(deps))
    .post('/overrides', requires('roster:edit'), add(deps))
    .patch('/overrides/:id', requires('roster:edit'), move(deps))
    .delete('/overrides/:id', requires('roster:edit'), end(deps));
}
