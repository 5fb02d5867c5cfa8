/** Evaluation packs (评估资料包): ask for one, see how far it is, fetch it, stop it. The work itself is a workflow's. */
import { installationKeys } from '../../runtime/env';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { evaluationOf, type PackState, type Stage } from '../../domain/services/pack';
import { rfc3339, rfc3339OrNull } from '../../domain/zone';
import { logAccess } from '../../store/access-log';
import { ringOf } from '../../store/keys';
import { askPack, cancelPack, endPack, listPacks, openPack, type Pack, readPack } from '../../store/packs';
import type { ApiDeps } from '../deps';
import { inScope, requires, scopeOf } from '../permissions';
import { notFound, unprocessable } from '../problem';
import { callerOf } from '../request';
import { pageOf as pageAnswer } from '../schemas/answers';
import { isUuid, uuid } from '../schemas/common';
import { packAnswer, packBody, packQuery } from '../schemas/packs';
import { parse } from '../validate';
import { cursorMs, decodeCursor, pageOf } from './cursor';
import { ownRow, refused } from './service-access';

type OneRequest = Request<{ id: string }>;
const place = z.strictObject({ askedAt: cursorMs, id: uuid });
const ZIP_TYPE = 'application/zip';

const answerOf = (pack: Pack): z.infer<typeof packAnswer> => {
  const { id, contractId, stationId, sample, seed, askedBy, doing, done, total, failure, bytes, sha256 } = pack;
  return {
    ...{ id, contract: contractId, stationId, stage: pack.stage as Stage, sample, seed, askedBy },
    askedAt: rfc3339(pack.askedAt),
    state: pack.state as PackState,
    progress: { doing, done, total },
    ...{ failure, bytes, sha256, expiresAt: rfc3339OrNull(pack.expiresAt) },
  };
};

async function ownPack(deps: ApiDeps, req: OneRequest): Promise<Pack> {
  const { id } = req.params;
  return ownRow(callerOf(req), isUuid(id) ? await readPack(deps.db, id) : undefined, 'pack');
}

const ask = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const caller = callerOf(req);
  const { contract: contractId, stage, sample, seed = `${contractId}/${stage}` } = parse(packBody, req.body);
  const contract = deps.contracts.byId(contractId);
  if (!contract || !inScope(caller, contract.stationId)) throw notFound('there is no such contract');
  if (!evaluationOf(contract, stage))
    throw unprocessable([{ path: 'stage', message: 'the contract has no such evaluation' }]);
  const { operationId: id } = req;
  const { stationId } = contract;
  const asked = { id, contractId, stationId, stage, sample, seed, askedBy: caller.staffId, askedAt: new Date() };
  await askPack(deps.db, asked);
  // Temporal away: 503, and the same Idempotency-Key finds the row and starts it.
  await deps.packs.start(id);
  const pack = await readPack(deps.db, id);
  if (!pack) throw notFound();
  res.status(202).json(answerOf(pack));
};

const list = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const { cursor, limit } = parse(packQuery, req.query);
  const page = { after: decodeCursor(place, cursor), take: limit + 1 };
  const rows = await listPacks(deps.db, scopeOf(callerOf(req)), page);
  const { page: items, nextCursor } = pageOf(rows, limit, ({ askedAt, id }) => ({ askedAt: askedAt.getTime(), id }));
  res.json({ items: items.map(answerOf), nextCursor });
};

const look = (deps: ApiDeps) => async (req: OneRequest, res: Response) => {
  res.json(answerOf(await ownPack(deps, req)));
};

const fetchFile = (deps: ApiDeps) => async (req: OneRequest, res: Response) => {
  const pack = await ownPack(deps, req);
  if (pack.state !== 'done') throw refused('PackNotReady', `this pack is ${pack.state}`, possibleOf(pack));
  const { userId, staffId } = callerOf(req);
  await logAccess(deps.db, { userId, staffId, action: 'pack:file', caseId: pack.id, allowed: true, address: req.ip });
  res
    .type(ZIP_TYPE)
    .attachment(`${pack.contractId}-${pack.stage}.zip`)
    .set('Content-Length', String(pack.bytes ?? 0));
  const pieces = openPack({ db: deps.db, keys: ringOf(installationKeys(deps.config)) }, pack);
  await pipeline(Readable.from(pieces, { objectMode: false }), res);
};

/** What can be done with a pack instead. */
function possibleOf({ state }: Pack): string[] {
  if (state === 'waiting' || state === 'running') return ['GET', 'DELETE'];
  return state === 'done' ? ['GET /file', 'DELETE'] : ['POST /packs'];
}

const stop = (deps: ApiDeps) => async (req: OneRequest, res: Response) => {
  const pack = await ownPack(deps, req);
  if (!(await cancelPack(deps.db, pack.id))) throw refused('PackOver', `this pack is ${pack.state}`, possibleOf(pack));
  // It never came to Temporal, or Temporal has forgotten it: there is nobody else to clear up.
  if (!(await deps.packs.cancel(pack.id))) await endPack(deps.db, pack.id, { state: 'cancelled' });
  res.status(202).json(answerOf((await readPack(deps.db, pack.id)) ?? pack));
};

/** `/packs` */
export function createPacksRouter(deps: ApiDeps): Router {
  const [tag, permission, path] = ['packs', 'pack:make', '/api/v1/packs'] as const;
  const one = { description: 'The pack', schema: packAnswer };
  deps.docs.add(
    {
      ...{ method: 'post', path, summary: 'Have an evaluation pack made', tag, permission, body: packBody },
      answers: { 202: { description: 'It is being made', schema: packAnswer } },
    },
    {
      ...{ method: 'get', path, summary: 'Packs, newest first', tag, permission, query: packQuery },
      answers: { 200: { description: 'One page', schema: pageAnswer(packAnswer) } },
    },
    {
      ...{ method: 'get', path: `${path}/{id}`, summary: 'How far a pack is', tag, permission },
      answers: { 200: one },
    },
    {
      ...{ method: 'get', path: `${path}/{id}/file`, summary: 'The pack as a ZIP', tag, permission },
      answers: { 200: { description: ZIP_TYPE }, 409: { description: 'Not made yet, or gone' } },
    },
    {
      ...{ method: 'delete', path: `${path}/{id}`, summary: 'Stop making it, or remove its file', tag, permission },
      answers: { 202: one, 409: { description: 'Over already' } },
    },
  );
  return Router()
    .post('/packs', requires(permission), ask(deps))
    .get('/packs', requires(permission), list(deps))
    .get('/packs/:id', requires(permission), look(deps))
    .get('/packs/:id/file', requires(permission), fetchFile(deps))
    .delete('/packs/:id', requires(permission), stop(deps));
}
