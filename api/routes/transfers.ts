/** Cases between stations (移交): what is offered to us and by us, what left us, and the answer of who is asked. */
import { type Request, type Response, Router } from 'express';
import type { Offer } from '../../domain/custody';
import type { CaseType, Risk } from '../../domain/model';
import { maySee } from '../../domain/sight';
import { rfc3339 } from '../../domain/zone';
import { logAccess } from '../../store/access-log';
import { readCase, type WholeCase } from '../../store/cases';
import { listStations, readAssignee } from '../../store/people';
import { hiddenFrom, shieldOf } from '../../store/sight';
import { listFormer, listOffered, type OfferedCase, peopleOf, readFormer, stationNames } from '../../store/transfers';
import type { ApiDeps } from '../deps';
import { allow, inScope, requires, scopeOf } from '../permissions';
import { conflict, notFound, unprocessable } from '../problem';
import { callerOf } from '../request';
import { caseAnswer, itemsOf, stationAnswer } from '../schemas/answers';
import { isUuid, msOf } from '../schemas/common';
import {
  acceptTransferBody,
  declinedAnswer,
  declineTransferBody,
  transferItem,
  type TransferItem,
  transferQuery,
} from '../schemas/people';
import { emptyQuery } from '../schemas/queries';
import { parse } from '../validate';
import { answerOf, carryOut, demandKnowing, outOfScope, seal } from './case-access';

type ById = Request<{ id: string }>;

/** The reason is written for the station that is asked: who decides there reads it, and that is on the record. */
async function reasonFor(deps: ApiDeps, req: Request, row: OfferedCase): Promise<string | null> {
  const caller = callerOf(req);
  const { transfer } = peopleOf(row);
  if (!transfer || !allow(caller, 'case:read-child')) return null;
  const text = await deps.vault.openItem(deps.db, transfer.reasonId);
  const { userId, staffId } = caller;
  const looked = { action: 'transfer:read-reason', caseId: row.id, allowed: true, ground: 'transfer' as const };
  await logAccess(deps.db, { userId, staffId, address: req.ip, ...looked });
  return typeof text === 'string' ? text : null;
}

async function offered(deps: ApiDeps, req: Request, way: 'in' | 'out'): Promise<TransferItem[]> {
  const hidden = await hiddenFrom(deps.db, callerOf(req).staffId);
  const rows = (await listOffered(deps.db, scopeOf(callerOf(req)), way)).filter(({ id }) => !hidden.includes(id));
  const all = rows.flatMap(({ stationId, ...row }) => [stationId, peopleOf(row).transfer?.to ?? '']);
  const names = await stationNames(deps.db, all);
  const nameOf = (id: string): string => names.get(id) ?? id;
  const items: TransferItem[] = [];
  for (const row of rows) {
    const { transfer } = peopleOf(row);
    if (!transfer) continue;
    const { to, ground, askedBy, askedAt, acceptBy } = transfer;
    items.push({
      ...{ caseId: row.id, number: row.number, type: row.type as CaseType, risk: row.risk as Risk },
      ...{ stationId: row.stationId, stationName: nameOf(row.stationId), toStationId: to, toStationName: nameOf(to) },
      ...{ ground, askedBy, askedAt: rfc3339(askedAt), acceptBy: acceptBy === undefined ? null : rfc3339(acceptBy) },
      reason: await reasonFor(deps, req, row),
      leftAt: null,
    });
  }
  return items;
}

async function past(deps: ApiDeps, req: Request): Promise<TransferItem[]> {
  const hidden = await hiddenFrom(deps.db, callerOf(req).staffId);
  const rows = (await listFormer(deps.db, scopeOf(callerOf(req)))).filter(({ caseId }) => !hidden.includes(caseId));
  const names = await stationNames(
    deps.db,
    rows.map(({ stationId }) => stationId),
  );
  const items: TransferItem[] = [];
  for (const { caseId, stationId, at } of rows) {
    const found = await readFormer(deps.db, caseId, [stationId]);
    if (!found) continue;
    const { number, type, risk } = found.row;
    items.push({
      ...{ caseId, number, type: type as CaseType, risk: risk as Risk },
      ...{ stationId, stationName: names.get(stationId) ?? stationId, toStationId: null, toStationName: null },
      ...{ ground: null, askedBy: null, askedAt: null, acceptBy: null, reason: null },
      leftAt: rfc3339(at),
    });
  }
  return items;
}

const list = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const { way } = parse(transferQuery, req.query);
  res.json({ items: way === 'past' ? await past(deps, req) : await offered(deps, req, way) });
};

/** Where a case can go: every other station by its public name, and nothing else of it. */
const others = (deps: ApiDeps) => async (req: Request, res: Response) => {
  parse(emptyQuery, req.query);
  const { stationId } = callerOf(req);
  const stations = await listStations(deps.db, 'all');
  res.json({ items: stations.filter(({ id }) => id !== stationId).map(({ id, name }) => ({ id, name })) });
};

/** A case that is offered to the caller's station, or its own. @throws Problem 404 for one that is neither */
async function offeredCase(deps: ApiDeps, req: ById): Promise<WholeCase> {
  const { id } = req.params;
  const caller = callerOf(req);
  const row = isUuid(id) ? await readCase(deps.db, id) : undefined;
  if (!row) throw notFound('there is no such case');
  const { transfer } = peopleOf(row);
  const isOffered = transfer !== undefined && inScope(caller, transfer.to);
  const seer = { staffId: caller.staffId, inScope: isOffered || inScope(caller, row.stationId) };
  if (!maySee(seer, await shieldOf(deps.db, row.id), Date.now())) throw outOfScope(row.id);
  return row;
}

/**
 * The offer that is answered, if the caller may answer for the station that was asked. The case is told which it is: it may be withdrawn and
 * made anew to another station before the answer is there.
 * @param askedAt when the offer was made that the caller has before their eyes
 * @throws Problem 409
 */
function offerAnswered(req: Request, row: WholeCase, askedAt: string | undefined): Offer {
  const { transfer } = peopleOf(row);
  if (!transfer || !inScope(callerOf(req), transfer.to)) {
    const possible = [transfer ? 'transfer/withdraw' : 'transfer'];
    throw conflict('TransferUnknown', 'the case is not offered to this station', { possible });
  }
  if (askedAt !== undefined && msOf(askedAt) !== transfer.askedAt)
    throw conflict('TransferChanged', 'the offer was withdrawn, and another one made', {
      possible: ['GET /transfers'],
    });
  return { to: transfer.to, askedAt: transfer.askedAt };
}

const accept = (deps: ApiDeps) => async (req: ById, res: Response) => {
  const row = await offeredCase(deps, req);
  const { staffId, askedAt } = parse(acceptTransferBody, req.body ?? {});
  const offer = offerAnswered(req, row, askedAt);
  if (staffId !== undefined && !(await readAssignee(deps.db, staffId, offer.to)))
    throw unprocessable([{ path: 'staffId', message: 'must be an active member of the accepting station' }]);
  if (staffId !== undefined) await demandKnowing(deps, row.id, staffId);
  res.json(answerOf(deps, await carryOut(deps, req, row.id, { do: 'accept_transfer', staffId, offer })));
};

const decline = (deps: ApiDeps) => async (req: ById, res: Response) => {
  const row = await offeredCase(deps, req);
  const { reason, askedAt } = parse(declineTransferBody, req.body);
  const offer = offerAnswered(req, row, askedAt);
  const reasonId = await seal(deps, row, 'reason', reason, req.operationId);
  await carryOut(deps, req, row.id, { do: 'decline_transfer', reasonId, offer });
  res.json({ caseId: row.id, declined: true });
};

/** `GET /transfers`, and the answers below /cases/{id}/transfer */
export function createTransfersRouter(deps: ApiDeps): Router {
  const about = { tag: 'people', permission: 'case:approve' } as const;
  deps.docs.add(
    {
      method: 'get',
      path: '/api/v1/transfers',
      summary: 'Cases between stations: offered to us, by us, and those that left us',
      tag: 'people',
      permission: 'case:read',
      query: transferQuery,
      answers: {
        200: { description: 'Oldest asking first; those that left, latest first', schema: itemsOf(transferItem) },
      },
    },
    {
      ...about,
      ...{ method: 'get', path: '/api/v1/transfers/stations' },
      summary: 'Stations that a case can be offered to, by name',
      answers: { 200: { description: 'All but one’s own', schema: itemsOf(stationAnswer) } },
    },
    {
      ...about,
      ...{ method: 'post', path: '/api/v1/cases/{id}/transfer/accept', body: acceptTransferBody },
      summary: 'Accept a case from another station; from then on this one is responsible',
      answers: { 200: { description: 'The case', schema: caseAnswer } },
    },
    {
      ...about,
      ...{ method: 'post', path: '/api/v1/cases/{id}/transfer/decline', body: declineTransferBody },
      summary: 'Say why not; the station that has the case keeps it',
      answers: { 200: { description: 'Said', schema: declinedAnswer } },
    },
  );
  return Router()
    .get('/transfers', requires('case:read'), list(deps))
    .get('/transfers/stations', requires('case:approve'), others(deps))
    .post('/cases/:id/transfer/accept', requires('case:approve'), accept(deps))
    .post('/cases/:id/transfer/decline', requires('case:approve'), decline(deps));
}
