/** Systems that report (来源): entered, listed, given another key and revoked by administrators. Keys are said once. */
import { defaultKeyHasher } from '@better-auth/api-key';
import { type Request, type Response, Router } from 'express';
import { rfc3339, rfc3339OrNull } from '../../domain/zone';
import {
  listSources,
  makeSource,
  newKey,
  readSource,
  renewKey,
  revokeSource,
  type SourceSeen,
} from '../../store/reports/sources';
import type { ApiDeps } from '../deps';
import { inScope, requires, scopeOf } from '../permissions';
import { conflict, notFound, unprocessable } from '../problem';
import { type Caller, callerOf } from '../request';
import { itemsOf } from '../schemas/answers';
import { isUuid } from '../schemas/common';
import { emptyQuery } from '../schemas/queries';
import { nothingBody } from '../schemas/relations';
import { newSourceAnswer, type SourceAnswer, sourceAnswer, sourceBody } from '../schemas/reports';
import { parse } from '../validate';
import { kindOf } from './report-answer';

type OneRequest = Request<{ id: string }>;

const answerOf = ({
  id,
  kind,
  name,
  stationId,
  perMinute,
  keyStart,
  createdAt,
  revokedAt,
}: SourceSeen): SourceAnswer => ({
  ...{ id, kind: kindOf(kind), name, stationId, perMinute, keyStart: revokedAt ? null : keyStart },
  createdAt: rfc3339(createdAt),
  revokedAt: rfc3339OrNull(revokedAt),
});

/** A source of every station is the bureau's. */
const isTheirs = (caller: Caller, stationId: string | null): boolean =>
  stationId === null ? scopeOf(caller) === 'all' : inScope(caller, stationId);

/**
 * Says the key this one time: what is kept to repeat the answer under its Idempotency-Key is the answer without it, so that no
 * secret stands in the database.
 */
async function sayOnce(res: Response, status: number, answer: SourceAnswer, key: string): Promise<void> {
  await res.locals.settle?.(status, answer);
  res
    .status(status)
    .type('application/json')
    .send(JSON.stringify({ ...answer, key }));
}

const list = (deps: ApiDeps) => async (req: Request, res: Response) => {
  parse(emptyQuery, req.query);
  const caller = callerOf(req);
  const sources = await listSources(deps.db);
  res.json({ items: sources.filter(({ stationId }) => isTheirs(caller, stationId)).map(answerOf) });
};

async function ownSource(deps: ApiDeps, req: OneRequest): Promise<SourceSeen> {
  const { id } = req.params;
  const source = isUuid(id) ? await readSource(deps.db, id) : undefined;
  if (!source) throw notFound('there is no such source');
  if (isTheirs(callerOf(req), source.stationId)) return source;
  throw notFound('there is no such source', { action: 'source:out-of-scope' });
}

const make = (deps: ApiDeps) => async (req: Request, res: Response) => {
  const caller = callerOf(req);
  const { stationId = null, ...body } = parse(sourceBody, req.body);
  const station = stationId === null ? undefined : await deps.db.station.findUnique({ where: { id: stationId } });
  const isStation = stationId === null || (station && !station.bureau);
  if (!isStation || !isTheirs(caller, stationId))
    throw unprocessable([{ path: 'stationId', message: stationId === null ? 'required' : 'must be a station' }]);
  const id = req.operationId;
  const key = await newKey(defaultKeyHasher);
  const made = await makeSource(deps.db, { id, stationId, ...body, createdBy: caller.staffId }, key);
  const source = await readSource(deps.db, id);
  if (!source) throw notFound('there is no such source');
  deps.log.info({ sourceId: id, kind: source.kind, stationId }, 'source entered');
  // An earlier try of the same request made it, and its key was said to nobody: another one can be had.
  if (!made) return void res.status(201).json(answerOf(source));
  await sayOnce(res, 201, answerOf(source), key.secret);
};

const renew = (deps: ApiDeps) => async (req: OneRequest, res: Response) => {
  const source = await ownSource(deps, req);
  parse(nothingBody, req.body);
  if (source.revokedAt)
    throw conflict('SourceRevoked', 'the source was revoked', { possible: ['POST /api/v1/sources'] });
  const key = await newKey(defaultKeyHasher);
  await renewKey(deps.db, source.id, key);
  deps.log.info({ sourceId: source.id }, 'source has another key');
  await sayOnce(res, 200, { ...answerOf(source), keyStart: key.secret.slice(0, 8) }, key.secret);
};

const revoke = (deps: ApiDeps) => async (req: OneRequest, res: Response) => {
  const { id } = await ownSource(deps, req);
  parse(nothingBody, req.body);
  await revokeSource(deps.db, id, callerOf(req).staffId);
  deps.log.info({ sourceId: id }, 'source revoked');
  const source = await readSource(deps.db, id);
  if (source) res.json(answerOf(source));
};

/** `/sources` */
export function createSourcesRouter(deps: ApiDeps): Router {
  const [tag, path, permission] = ['reports', '/api/v1/sources', 'source:manage'] as const;
  const withKey = { description: 'The source and, this once, its key', schema: newSourceAnswer };
  deps.docs.add(
    {
      ...{ method: 'get', path, tag, permission, summary: 'Systems that report, without their keys' },
      answers: { 200: { description: 'All, revoked ones too', schema: itemsOf(sourceAnswer) } },
    },
    {
      ...{ method: 'post', path, tag, permission, body: sourceBody, answers: { 201: withKey } },
      summary: 'Enter a system that reports; its key is said once and kept as a hash',
    },
    {
      ...{ method: 'post', path: `${path}/{id}/key`, tag, permission, body: nothingBody, answers: { 200: withKey } },
      summary: 'Another key; the one before is dead at once',
    },
    {
      ...{ method: 'post', path: `${path}/{id}/revoke`, tag, permission, body: nothingBody },
      summary: 'Revoke: the key is dead at once, its reports stay',
      answers: { 200: { description: 'The source', schema: sourceAnswer } },
    },
  );
  return Router()
    .get('/sources', requires(permission), list(deps))
    .post('/sources', requires(permission), make(deps))
    .post('/sources/:id/key', requires(permission), renew(deps))
    .post('/sources/:id/revoke', requires(permission), revoke(deps));
}
