/** Evidence for the evaluator (可供评估的佐证): marked by a supervisor, seen without a name, each look on the record. */
import { pipeline } from 'node:stream/promises';
import { type Request, type Response, Router } from 'express';
import type { z } from 'zod';
import { endingOf, type MediaType } from '../../domain/files/kinds';
import { rfc3339 } from '../../domain/zone';
import { logAccess } from '../../store/access-log';
import { readAttachment } from '../../store/attachments/records';
import {
  type EvidenceMark,
  marksOf,
  markProof,
  mayBeShown,
  type Proof,
  proofContent,
  proofsOf,
} from '../../store/services/proofs';
import { readService } from '../../store/services/records';
import type { ApiDeps } from '../deps';
import { requires } from '../permissions';
import { notFound, unprocessable } from '../problem';
import { callerOf } from '../request';
import { itemsOf } from '../schemas/answers';
import { isUuid } from '../schemas/common';
import { markAnswer, markBody, proofAnswer } from '../schemas/proofs';
import { parse } from '../validate';
import { indicatorFor } from './indicators';
import { ownRow, refused } from './service-access';
import { demandKnown, demandKnownOf, knownService } from './service-sight';

type OneRequest = Request<{ id: string }>;
type RecordRequest = Request<{ id: string; recordId: string }>;
const NO_RECORD = 'there is no such record';
type ProofRequest = Request<{ id: string; recordId: string; n: string }>;

const markAnswerOf = ({
  attachmentId,
  serviceId,
  fit,
  markedBy,
  markedAt,
}: EvidenceMark): z.infer<typeof markAnswer> => ({
  ...{ attachmentId, serviceId, fit, markedBy, markedAt: rfc3339(markedAt) },
});

const mark = (deps: ApiDeps) => async (req: OneRequest, res: Response) => {
  const { id } = req.params;
  const caller = callerOf(req);
  const row = ownRow(caller, isUuid(id) ? await readAttachment(deps.db, id) : undefined, 'evidence');
  if (row.ownerKind !== 'service') throw refused('AttachmentUnknown', 'there is no such attachment of a service');
  await demandKnownOf(deps, caller, row.ownerId);
  const { fit } = parse(markBody, req.body);
  if (fit && !mayBeShown(row))
    throw unprocessable([
      { path: 'fit', message: 'only a picture that was not withdrawn can be shown to the evaluator' },
    ]);
  res.json(markAnswerOf(await markProof(deps.db, row, { fit, staffId: caller.staffId, at: Date.now() })));
};

const marks = (deps: ApiDeps) => async (req: OneRequest, res: Response) => {
  const { id } = req.params;
  const { id: serviceId } = await knownService(deps, callerOf(req), id, 'service');
  res.json({ items: (await marksOf(deps.db, serviceId)).map(markAnswerOf) });
};

/** What is fit of a record behind the indicator. @throws Problem 404 for another station's record, and a withdrawn one */
async function proofsFor(deps: ApiDeps, req: RecordRequest): Promise<Proof[]> {
  const { contract } = indicatorFor(deps, callerOf(req), req.params.id);
  const { recordId } = req.params;
  const record = isUuid(recordId) ? await readService(deps.db, recordId) : undefined;
  if (!record || record.stationId !== contract.stationId || record.withdrawnAt) throw notFound(NO_RECORD);
  await demandKnown(deps, callerOf(req), record, NO_RECORD);
  return proofsOf(deps.db, [recordId]);
}

async function logLook(deps: ApiDeps, req: RecordRequest, action: string): Promise<void> {
  const { userId, staffId } = callerOf(req);
  await logAccess(deps.db, { userId, staffId, action, caseId: req.params.recordId, allowed: true, address: req.ip });
}

const list = (deps: ApiDeps) => async (req: RecordRequest, res: Response) => {
  const proofs = await proofsFor(deps, req);
  await logLook(deps, req, 'evidence:list');
  const items = proofs.map(({ n, row }): z.infer<typeof proofAnswer> => ({
    ...{ n, type: row.type as MediaType, size: row.cleanSize, width: row.width, height: row.height },
  }));
  res.json({ items });
};

const show = (deps: ApiDeps) => async (req: ProofRequest, res: Response) => {
  const proof = (await proofsFor(deps, req)).find(({ n }) => String(n) === req.params.n);
  const content = proof && (await proofContent(deps, proof));
  if (!content) throw notFound('there is no such evidence');
  await logLook(deps, req, `evidence:read/${req.params.n}`);
  const bytes = await content.read();
  res.setHeader('Content-Type', content.type);
  res.setHeader('Content-Length', content.size);
  const name = `${req.params.recordId}-${req.params.n}.${endingOf(content.type)}`;
  res.setHeader('Content-Disposition', `attachment; filename="${name}"`);
  res.setHeader('Content-Security-Policy', "sandbox; default-src 'none'");
  await pipeline(bytes, res);
};

/** `/attachments/{id}/evidence`, `/services/{id}/evidence`, `/indicators/{id}/records/{recordId}/evidence` */
export function createProofsRouter(deps: ApiDeps): Router {
  const tag = 'evidence';
  const ofRecord = '/api/v1/indicators/{id}/records/{recordId}/evidence';
  deps.docs.add(
    {
      ...{ method: 'post', path: '/api/v1/attachments/{id}/evidence', summary: 'Fit for the evaluator, or not', tag },
      ...{ permission: 'service:correct', body: markBody },
      answers: { 200: { description: 'The mark', schema: markAnswer } },
    },
    {
      ...{
        method: 'get',
        path: '/api/v1/services/{id}/evidence',
        summary: 'Which files are fit for the evaluator',
        tag,
      },
      permission: 'service:read',
      answers: { 200: { description: 'The marks', schema: itemsOf(markAnswer) } },
    },
    {
      ...{ method: 'get', path: ofRecord, summary: 'What is fit to be seen of a record', tag },
      permission: 'indicator:read',
      answers: { 200: { description: 'By number, without a name', schema: itemsOf(proofAnswer) } },
    },
    {
      ...{ method: 'get', path: `${ofRecord}/{n}`, summary: 'One picture of it, without place and time', tag },
      permission: 'indicator:read',
      answers: { 200: { description: 'The picture' } },
    },
  );
  return Router()
    .post('/attachments/:id/evidence', requires('service:correct'), mark(deps))
    .get('/services/:id/evidence', requires('service:read'), marks(deps))
    .get('/indicators/:id/records/:recordId/evidence', requires('indicator:read'), list(deps))
    .get('/indicators/:id/records/:recordId/evidence/:n', requires('indicator:read'), show(deps));
}
