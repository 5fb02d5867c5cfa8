/** Rotations (轮班): enter, change from a hand-over on, end. */
import { type Request, type Response, Router } from 'express';
import type { z } from 'zod';
import type { Hours, Rotation } from '../../domain/roster/model';
import { beijing, beijingDay, fromWall, rfc3339 } from '../../domain/zone';
import type { Rotation as RotationRow } from '../../prisma/generated/client';
import { rotationOf } from '../../store/roster-read';
import { addRotation, editRotation, endRotation, listRotations, readRotation } from '../../store/rotations';
import type { ApiDeps } from '../deps';
import { requires, scopeOf } from '../permissions';
import { conflict, notFound, unprocessable } from '../problem';
import { callerOf } from '../request';
import { itemsOf } from '../schemas/answers';
import { msOf } from '../schemas/common';
import { emptyQuery } from '../schemas/queries';
import { rotationAnswer, rotationBody, rotationPatch, type HoursBody } from '../schemas/roster';
import { parse } from '../validate';
import { demandEdit, demandFit } from './roster-access';

type ById = Request<{ id: string }>;
const LENGTH_OF_DAY = 'yyyy-mm-dd'.length;

/** 09:00 → 540; 24:00 → 1440 */
const minuteOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
const clockOf = (minute: number): string =>
  [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
/** The moment of a minute on a Beijing day, yyyy-mm-dd. */
const momentOf = (day: string, minute: number): number => {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  return fromWall(year, month, date, minute);
};
export const hoursOf = (hours: HoursBody): Hours[] =>
  hours.map((one) => {
    // Midnight as an end is the end of that day, as 24:00 is.
    const untilMinute = minuteOf(one.until) || minuteOf('24:00');
    return { weekdays: one.weekdays, fromMinute: minuteOf(one.from), untilMinute };
  });

export const hoursShown = (hours: readonly Hours[] | undefined): HoursBody | null =>
  hours?.map((one) => {
    return { weekdays: one.weekdays, from: clockOf(one.fromMinute), until: clockOf(one.untilMinute) };
  }) ?? null;

function rotationShown(row: RotationRow): z.infer<typeof rotationAnswer> {
  const { id, stationId, role, members, shiftDays, startsAt, endsAt, hours } = rotationOf(row);
  return {
    ...{ id, stationId, role, shiftDays },
    name: row.name,
    members: [...members],
    startsOn: rfc3339(startsAt).slice(0, LENGTH_OF_DAY),
    handover: clockOf(beijing(startsAt).minuteOfDay),
    startsAt: rfc3339(startsAt),
    endsAt: endsAt === undefined ? null : rfc3339(endsAt),
    hours: hoursShown(hours),
  };
}

const list = (deps: ApiDeps) => async (req: Request, res: Response) => {
  parse(emptyQuery, req.query);
  const rows = await listRotations(deps.db, scopeOf(callerOf(req)), new Date());
  res.json({ items: rows.map(rotationShown) });
};

const add = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const caller = callerOf(req);
  const body = parse(rotationBody, req.body);
  const { stationId = caller.stationId, role, members, shiftDays, startsOn, handover, endsAt, hours, name } = body;
  demandEdit(caller, stationId);
  await demandFit(deps.db, { stationId, role }, membersAt(members));
  const startsAt = momentOf(startsOn, minuteOf(handover));
  if (endsAt !== undefined && msOf(endsAt) <= startsAt) {
    throw unprocessable([{ path: 'endsAt', message: 'must lie after the first hand-over' }]);
  }
  const rotation: Rotation = {
    ...{ id: req.operationId, stationId, role, members, shiftDays, startsAt },
    ...(endsAt !== undefined && { endsAt: msOf(endsAt) }),
    ...(hours && { hours: hoursOf(hours) }),
  };
  res.status(201).json(rotationShown(await addRotation(deps.db, rotation, name, caller.staffId)));
};
const membersAt = (members: readonly string[]) => members.map((staffId, n) => ({ path: `members.${n}`, staffId }));

/** @throws Problem 404 */
async function editable(deps: ApiDeps, req: ById): Promise<RotationRow> {
  const row = await readRotation(deps.db, req.params.id);
  if (!row) throw notFound('there is no such rotation');
  demandEdit(callerOf(req), row.stationId);
  return row;
}

const over = () => conflict('RotationOver', 'the rotation has ended, or will have by then; enter a new one');

const edit = (deps: ApiDeps) => async (req: ById, res: Response) => {
  const body = parse(rotationPatch, req.body);
  const row = await editable(deps, req);
  const { id, stationId, role } = rotationOf(row);
  const { members, hours, handover, shiftDays, endsAt, name, from } = body;
  if (members) await demandFit(deps.db, { stationId, role }, membersAt(members));
  const now = Date.now();
  const first = from === undefined ? undefined : momentOf(from, minuteOf(handover ?? rotationShown(row).handover));
  if (first !== undefined && beijingDay(first) < beijingDay(now)) {
    throw unprocessable([{ path: 'from', message: 'must not lie in the past' }]);
  }
  if (endsAt && msOf(endsAt) <= Math.max(now, row.startsAt.getTime())) {
    throw unprocessable([{ path: 'endsAt', message: 'must lie ahead, after the first hand-over' }]);
  }
  const change = {
    ...{ name, members, shiftDays },
    handOverMinute: handover === undefined ? undefined : minuteOf(handover),
    hours: hours && hoursOf(hours),
    endsAt: typeof endsAt === 'string' ? msOf(endsAt) : endsAt,
  };
  const at = { now, from: first, nextId: req.operationId, by: callerOf(req).staffId };
  const edited = await editRotation(deps.db, id, change, at);
  if (!edited) throw over();
  res.json(rotationShown(edited));
};

const end = (deps: ApiDeps) => async (req: ById, res: Response) => {
  const { id } = await editable(deps, req);
  res.json(rotationShown(await endRotation(deps.db, id, Date.now(), callerOf(req).staffId)));
};

/** `/roster/rotations` */
export function createRotationsRouter(deps: ApiDeps): Router {
  const shared = { tag: 'roster', permission: 'roster:edit' } as const;
  const one = { description: 'The rotation', schema: rotationAnswer };
  const path = '/api/v1/roster/rotations';
  deps.docs.add(
    {
      ...shared,
      ...{ method: 'get', path, permission: 'roster:read' },
      summary: 'Rotations that are on or will be',
      answers: { 200: { description: 'Rotations', schema: itemsOf(rotationAnswer) } },
    },
    { ...shared, method: 'post', path, summary: 'Enter a rotation', body: rotationBody, answers: { 201: one } },
    {
      ...shared,
      ...{ method: 'patch', path: `${path}/{id}`, body: rotationPatch },
      summary: 'Change a rotation from a hand-over on; a running one ends there and another one follows',
      answers: { 200: one },
    },
    { ...shared, method: 'delete', path: `${path}/{id}`, summary: 'End a rotation now', answers: { 200: one } },
  );
  return Router()
    .get('/rotations', requires('roster:read'), list(deps))
    .post('/rotations', requires('roster:edit'), add(deps))
    .patch('/rotations/:id', requires('roster:edit'), edit(deps))
    .delete('/rotations/:id', requires('roster:edit'), end(deps));
}
