/** Swaps (换班): ask somebody for their shift in exchange; they answer, or a supervisor does. */
import { type Request, type Response, Router } from 'express';
import type { z } from 'zod';
import type { Swap } from '../../prisma/generated/client';
import type { Tx } from '../../store/db';
import { askSwap, decideSwap, listSwaps, readShift, readSwap, type KnownShift } from '../../store/swaps';
import type { ApiDeps } from '../deps';
import { editsRosterOf, inScope, requires, scopeOf } from '../permissions';
import { conflict, forbidden, notFound, unprocessable, type FieldError } from '../problem';
import { callerOf } from '../request';
import { itemsOf } from '../schemas/answers';
import { emptyQuery } from '../schemas/queries';
import { swapAnswer, swapBody, swapDecision } from '../schemas/roster';
import { parse } from '../validate';
import { atOf, roleOf } from './roster-access';

type ById = Request<{ id: string }>;
const STATES = ['asked', 'accepted', 'declined', 'withdrawn'] as const;

const shown = (row: Swap): z.infer<typeof swapAnswer> => ({
  id: row.id,
  stationId: row.stationId,
  role: roleOf(row.role),
  mine: { rotationId: row.rotationId, shift: row.shift, staffId: row.staffId },
  theirs: { rotationId: row.otherRotationId, shift: row.otherShift, staffId: row.otherStaffId },
  state: STATES.find((one) => one === row.state) ?? 'asked',
  askedAt: atOf(row.askedAt),
  decidedBy: row.decidedBy,
  decidedAt: row.decidedAt && atOf(row.decidedAt),
});

const list = (deps: ApiDeps) => async (req: Request, res: Response) => {
  parse(emptyQuery, req.query);
  const rows = await listSwaps(deps.db, scopeOf(callerOf(req)));
  res.json({ items: rows.map(shown) });
};

const ask = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const caller = callerOf(req);
  const { staffId, stationId } = caller;
  const body = parse(swapBody, req.body);
  const [mine, theirs] = [await readShift(deps.db, body.mine), await readShift(deps.db, body.theirs)];
  const now = Date.now();
  const wrong = (path: string, one: KnownShift | undefined): FieldError[] => {
    if (one?.stationId !== stationId) return [{ path, message: 'there is no such shift' }];
    return one.startsAt > now ? [] : [{ path, message: 'has begun; a supervisor can enter an override' }];
  };
  const errors = [...wrong('mine', mine), ...wrong('theirs', theirs)];
  const arranges = mine !== undefined && mine.holder !== staffId && editsRosterOf(caller, stationId);
  if (mine && mine.holder !== staffId && !arranges) errors.push({ path: 'mine', message: 'is not your shift' });
  if (theirs && theirs.holder === (arranges ? mine.holder : staffId)) {
    errors.push({ path: 'theirs', message: arranges ? 'is the same person’s' : 'is your own shift' });
  }
  if (mine && theirs && mine.role !== theirs.role) errors.push({ path: 'theirs', message: 'is another duty' });
  if (errors.length > 0 || !mine || !theirs) throw unprocessable(errors);
  const made = await askSwap(deps.db, {
    ...{ id: req.operationId, stationId, role: mine.role },
    ...{ mine: { ...body.mine, staffId: mine.holder }, theirs: { ...body.theirs, staffId: theirs.holder } },
    by: staffId,
  });
  const arranged = arranges && made.state === 'asked';
  res.status(201).json(shown(arranged ? await settle(deps, made, 'accepted', staffId) : made));
};

/** @throws Problem 404 */
async function swapInScope(deps: ApiDeps, req: ById): Promise<Swap> {
  const row = await readSwap(deps.db, req.params.id);
  if (!row || !inScope(callerOf(req), row.stationId)) throw notFound('there is no such swap');
  return row;
}

/** Do both still hold what they offered, and has neither shift begun? */
const stillHeld =
  (row: Swap) =>
  async (tx: Tx): Promise<boolean> => {
    const one = await readShift(tx, row);
    const other = await readShift(tx, { rotationId: row.otherRotationId, shift: row.otherShift });
    const now = Date.now();
    return [[one, row.staffId] as const, [other, row.otherStaffId] as const].every(
      ([shift, holder]) => shift?.holder === holder && shift.startsAt > now,
    );
  };

async function settle(deps: ApiDeps, row: Swap, state: 'accepted' | 'declined' | 'withdrawn', by: string) {
  const decided = await decideSwap(deps.db, row, { state, by }, stillHeld(row));
  if (decided === 'changed') throw conflict('ShiftChanged', 'one of the shifts has begun or is somebody else’s by now');
  if (!decided) throw conflict('SwapDecided', 'the swap was answered or taken back before');
  return decided;
}

const decide = (deps: ApiDeps) => async (req: ById, res: Response) => {
  const caller = callerOf(req);
  const { accept } = parse(swapDecision, req.body);
  const row = await swapInScope(deps, req);
  const mayDecide = row.otherStaffId === caller.staffId || editsRosterOf(caller, row.stationId);
  if (!mayDecide || row.staffId === caller.staffId) throw forbidden('the other person answers, or the supervisor');
  res.json(shown(await settle(deps, row, accept ? 'accepted' : 'declined', caller.staffId)));
};

const withdraw = (deps: ApiDeps) => async (req: ById, res: Response) => {
  const { staffId } = callerOf(req);
  const row = await swapInScope(deps, req);
  if (row.staffId !== staffId) throw forbidden('whoever asked takes it back');
  res.json(shown(await settle(deps, row, 'withdrawn', staffId)));
};

/** `/roster/swaps` */
export function createSwapsRouter(deps: ApiDeps): Router {
  const shared = { tag: 'roster', permission: 'roster:swap' } as const;
  const one = { description: 'The swap', schema: swapAnswer };
  const path = '/api/v1/roster/swaps';
  deps.docs.add(
    {
      ...shared,
      ...{ method: 'get', path, permission: 'roster:read' },
      summary: 'Swaps, newest first',
      answers: { 200: { description: 'Swaps', schema: itemsOf(swapAnswer) } },
    },
    { ...shared, method: 'post', path, summary: 'Ask for a swap of shifts', body: swapBody, answers: { 201: one } },
    {
      ...shared,
      ...{ method: 'post', path: `${path}/{id}/decision`, body: swapDecision },
      summary: 'Agree to a swap, or not: the other person, or a supervisor',
      answers: { 200: one },
    },
    { ...shared, method: 'delete', path: `${path}/{id}`, summary: 'Take a request back', answers: { 200: one } },
  );
  return Router()
    .get('/swaps', requires('roster:read'), list(deps))
    .post('/swaps', requires('roster:swap'), ask(deps))
    .post('/swaps/:id/decision', requires('roster:swap'), decide(deps))
    .delete('/swaps/:id', requires('roster:swap'), withdraw(deps));
}
