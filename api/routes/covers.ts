/** Standing in (代管): all of a worker's cases go to a colleague at once, and come back by themselves. */
import { type Request, type Response, Router } from 'express';
import type { z } from 'zod';
import type { Cover } from '../../prisma/generated/client';
import { readLeave } from '../../store/absences';
import {
  addCover,
  casesCovered,
  casesHeld,
  endCoverRow,
  type HeldCase,
  isAway,
  listCovers,
  readCover,
} from '../../store/covers';
import { readAssignee } from '../../store/people';
import { readStaff } from '../../store/roster-names';
import { peopleOf } from '../../store/transfers';
import { hiddenFrom } from '../../store/sight';
import type { ApiDeps } from '../deps';
import { asProblem } from '../failure';
import { operationIdOf } from '../idempotency';
import { inScope, requires, scopeOf } from '../permissions';
import { notFound, unprocessable } from '../problem';
import { callerOf } from '../request';
import { itemsOf } from '../schemas/answers';
import { msOf } from '../schemas/common';
import { coverAnswer, coverBody, coverMade, type CoverMade, nothing } from '../schemas/people';
import { emptyQuery } from '../schemas/queries';
import { parse } from '../validate';
import { actorOf, type Order } from './case-access';
import { nameOf } from './case-answer';
import { atOf } from './roster-access';

type ById = Request<{ id: string }>;
type Asked = z.output<typeof coverBody>;

/** Why a case stays where it is: somebody ended the cover while it was being arranged. */
const COVER_ENDED = 'CoverEnded';

const shown = ({ id, stationId, staffId, byId, fromAt, untilAt, leaveId, endedAt }: Cover) => ({
  ...{ id, stationId, staffId, byId, leaveId },
  ...{ from: atOf(fromAt), until: atOf(untilAt), endedAt: endedAt && atOf(endedAt) },
});

/** From when to when. @throws Problem 422 */
async function spanOf(
  deps: ApiDeps,
  { staffId, from, until, leaveId }: Asked,
): Promise<{ from: number; until: number }> {
  const now = Date.now();
  if (leaveId === undefined) {
    const span = { from: from === undefined ? now : msOf(from), until: msOf(until ?? '') };
    if (span.until > Math.max(span.from, now)) return span;
    throw unprocessable([{ path: 'until', message: 'must be later than from, and than now' }]);
  }
  const leave = await readLeave(deps.db, leaveId);
  if (leave?.staffId !== staffId || leave.untilAt.getTime() <= now)
    throw unprocessable([{ path: 'leaveId', message: 'must be a leave of who is away that is not over' }]);
  return { from: from === undefined ? leave.fromAt.getTime() : msOf(from), until: leave.untilAt.getTime() };
}

/** @throws Problem 404 for somebody of another station, 422 */
async function stationOf(deps: ApiDeps, req: Request, { staffId, byId }: Asked): Promise<string> {
  const [staff] = await readStaff(deps.db, [staffId]);
  if (!staff || !inScope(callerOf(req), staff.stationId))
    throw notFound('there is nobody of this id', { action: 'cover:out-of-scope' });
  if (!(await readAssignee(deps.db, byId, staff.stationId)))
    throw unprocessable([{ path: 'byId', message: 'must be an active member of the same station' }]);
  return staff.stationId;
}

const heldOf = (deps: ApiDeps, row: HeldCase, stays: string | null): CoverMade['cases'][number] => ({
  ...{ caseId: row.id, number: row.number, stays },
  steps: row.steps.map(({ id, kind, state, dueAt }) => ({
    ...{ id, state, dueAt: atOf(dueAt), name: nameOf(deps.policies.current.names, kind) },
  })),
});

/** Tells one case; why it stays as it is, where its rules refuse. @param turn of its own where the request told it something before */
async function tell(deps: ApiDeps, req: Request, caseId: string, order: Order, turn = ''): Promise<string | null> {
  const operationId = operationIdOf({ caller: req.operationId, key: `${caseId}${turn}` });
  try {
    await deps.cases.command(caseId, { ...order, actor: actorOf(callerOf(req)) }, operationId);
    return null;
  } catch (error) {
    const problem = asProblem(error);
    if (problem.status !== 409) throw error;
    return problem.type;
  }
}

/**
 * Moves one case, unless somebody has ended the cover by then. Whoever ends it says so on its row first and then brings back what has
 * moved: a case that moves in that moment is one of those, or finds the row ended and is brought back here.
 */
async function move(deps: ApiDeps, req: Request, { id, staffId, byId, fromAt, untilAt }: Cover, caseId: string) {
  const isEnded = async (): Promise<boolean> => (await readCover(deps.db, id))?.endedAt !== null;
  if (await isEnded()) return COVER_ENDED;
  const span = { from: fromAt.getTime(), until: untilAt.getTime() };
  const stays = await tell(deps, req, caseId, { do: 'cover', coverId: id, of: staffId, by: byId, ...span });
  if (stays !== null || !(await isEnded())) return stays;
  await tell(deps, req, caseId, { do: 'end_cover', coverId: id }, '/back');
  return COVER_ENDED;
}

const add = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const asked = parse(coverBody, req.body);
  const { staffId, byId, leaveId = null, preview } = asked;
  const stationId = await stationOf(deps, req, asked);
  const span = await spanOf(deps, asked);
  // Nobody hears here of a case that they must not know of, and nobody gets one; broken glass is over before the cover is.
  const hidden = await hiddenFrom(deps.db, callerOf(req).staffId);
  const hiddenFromBy = await hiddenFrom(deps.db, byId, new Date(span.until));
  const rows = (await casesHeld(deps.db, staffId)).filter(({ id }) => !hidden.includes(id));
  const mayNot = (row: HeldCase): string | null => (hiddenFromBy.includes(row.id) ? 'CaseNotToBeKnown' : null);
  const warnings: CoverMade['warnings'] = [
    ...((await isAway(deps.db, byId, span)) ? (['by_is_away'] as const) : []),
    ...(rows.length === 0 ? (['no_cases'] as const) : []),
  ];
  if (preview) {
    const cases = rows.map((row) => heldOf(deps, row, mayNot(row) ?? (peopleOf(row).cover ? 'CoverPending' : null)));
    return void res.json({ cover: null, cases, warnings } satisfies CoverMade);
  }
  const id = req.operationId;
  const { from, until } = span;
  const cover = await addCover(deps.db, {
    ...{ id, stationId, staffId, byId, leaveId, askedBy: callerOf(req).staffId },
    ...{ fromAt: new Date(from), untilAt: new Date(until) },
  });
  const cases: CoverMade['cases'] = [];
  for (const row of rows) cases.push(heldOf(deps, row, mayNot(row) ?? (await move(deps, req, cover, row.id))));
  const now = (await readCover(deps.db, id)) ?? cover;
  res.status(201).json({ cover: shown(now), cases, warnings } satisfies CoverMade);
};

const end = (deps: ApiDeps) => async (req: ById, res: Response) => {
  const cover = await readCover(deps.db, req.params.id);
  if (!cover || !inScope(callerOf(req), cover.stationId)) throw notFound('there is no such cover');
  parse(nothing, req.body ?? {});
  // First of all: its cases may be moving still, and those that have not moved must not any more.
  const ended = await endCoverRow(deps.db, cover.id, new Date());
  for (const caseId of await casesCovered(deps.db, cover.id))
    await tell(deps, req, caseId, { do: 'end_cover', coverId: cover.id });
  res.json(shown(ended));
};

const list = (deps: ApiDeps) => async (req: Request, res: Response) => {
  parse(emptyQuery, req.query);
  const rows = await listCovers(deps.db, scopeOf(callerOf(req)), new Date());
  res.json({ items: rows.map(shown) });
};

/** `GET /covers`, `POST /covers`, `POST /covers/{id}/end` */
export function createCoversRouter(deps: ApiDeps): Router {
  const about = { tag: 'people', permission: 'case:approve', path: '/api/v1/covers' } as const;
  deps.docs.add(
    {
      ...about,
      ...{ method: 'get', permission: 'case:read' },
      summary: 'Who stands in for whom, now and later',
      answers: { 200: { description: 'Covers that are not over', schema: itemsOf(coverAnswer) } },
    },
    {
      ...about,
      ...{ method: 'post', body: coverBody },
      summary: 'Move all cases of who is away to a colleague, for a span or a leave; with preview, say what would move',
      answers: {
        200: { description: 'What would move', schema: coverMade },
        201: { description: 'What moved, and what stays and why', schema: coverMade },
      },
    },
    {
      ...about,
      ...{ method: 'post', path: `${about.path}/{id}/end`, body: nothing },
      summary: 'Bring the cases back now; those that somebody gave away meanwhile stay where they are',
      answers: { 200: { description: 'The cover', schema: coverAnswer } },
    },
  );
  return Router()
    .get('/covers', requires('case:read'), list(deps))
    .post('/covers', requires('case:approve'), add(deps))
    .post('/covers/:id/end', requires('case:approve'), end(deps));
}
