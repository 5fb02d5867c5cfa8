/** Adding attachments (上传附件). Stands before the readers of JSON: a file is never whole in memory. */
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { type AttachmentOwner, keepOnce, open } from '../../store/attachments/records';
import { discard } from '../../store/attachments/stage';
import type { ApiDeps } from '../deps';
import { operationIdOf } from '../idempotency';
import { requires } from '../permissions';
import { conflict, unprocessable } from '../problem';
import { callerOf } from '../request';
import { attachmentAnswer, uploadFields } from '../schemas/attachments';
import { readUpload } from '../upload';
import { parse } from '../validate';
import { attachmentAnswerOf, caseOwner, logLook, serviceOwner, type Standing } from './attachment-access';

type OwnerOf = (deps: ApiDeps, req: Request<{ id: string }>) => Promise<AttachmentOwner & Standing>;

/** The attachment's id: what the Idempotency-Key leads to, so that a repeated upload is the same attachment. */
function idOf(req: Request): string {
  const key = req.get('idempotency-key');
  if (key === undefined) return req.operationId;
  if (/^[\x21-\x7e]{1,255}$/.test(key)) return operationIdOf({ caller: callerOf(req).userId, key });
  throw unprocessable([{ path: 'Idempotency-Key', message: 'must be 1 to 255 printable ASCII characters' }]);
}

const take =
  (deps: ApiDeps, ownerOf: OwnerOf): RequestHandler<{ id: string }> =>
  async (req, res: Response) => {
    const id = idOf(req);
    // Before a byte of the file is read.
    const owner = await ownerOf(deps, req);
    const { fields, file } = await readUpload(req, deps);
    if (!file) throw unprocessable([{ path: 'file', message: 'required' }]);
    let caption: string | undefined;
    try {
      ({ caption } = parse(uploadFields, fields));
    } catch (error) {
      await discard(deps, file);
      throw error;
    }
    const { staffId } = callerOf(req);
    const keeping = { id, owner, caption, by: { kind: 'staff', id: staffId } as const, at: Date.now() };
    const kept = await keepOnce(deps, deps.vault, file, keeping);
    if (kept.kind === 'other') {
      throw conflict('IdempotencyKeyUsed', 'this Idempotency-Key was used for another request');
    }
    if (kept.kind === 'same') res.setHeader('Idempotent-Replayed', 'true');
    await logLook(deps, req, 'attachment:write', owner);
    const [opened] = await open(deps.db, deps.vault, [kept.row]);
    if (opened) res.status(201).json(await attachmentAnswerOf(deps, opened));
  };

const form = 'multipart/form-data';

/** `POST /uploads/cases/{id}` and `POST /uploads/services/{id}`: a form with `file`, and `caption` where wanted. */
export function createUploadsRouter(deps: ApiDeps): Router {
  const about = { method: 'post', tag: 'attachments', permission: 'attachment:write', bodyType: form } as const;
  const answers = { 201: { description: 'Taken; the same again under one Idempotency-Key', schema: attachmentAnswer } };
  deps.docs.add(
    { ...about, path: '/api/v1/uploads/cases/{id}', summary: 'Attach a file to a case (file, caption)', answers },
    {
      ...about,
      path: '/api/v1/uploads/services/{id}',
      summary: 'Attach a file to a service (file, caption)',
      permission: 'service:write',
      answers,
    },
  );
  return Router()
    .post(
      '/cases/:id',
      requires('attachment:write'),
      take(deps, (d, req) => caseOwner(d, req, 'write')),
    )
    .post('/services/:id', requires('service:write'), take(deps, serviceOwner));
}
