/** Looking at attachments (附件), and taking them back. */
import { type Request, type Response, Router } from 'express';
import { pipeline } from 'node:stream/promises';
import { endingOf } from '../../domain/files/kinds';
import { rfc3339OrNull } from '../../domain/zone';
import { contentOf } from '../../store/attachments/content';
import {
  type Attachment,
  attachmentsOfCase,
  listAttachments,
  open,
  readAttachment,
  withdrawAttachment,
} from '../../store/attachments/records';
import { BlobUnknown } from '../../store/blobs/blob';
import type { ApiDeps } from '../deps';
import { allow, demand, requires } from '../permissions';
import { Problem, unavailable } from '../problem';
import { callerOf } from '../request';
import { itemsOf } from '../schemas/answers';
import { attachmentAnswer, contentQuery, withdrawBody, withdrawnAnswer } from '../schemas/attachments';
import { parse } from '../validate';
import { caseToRead } from './case-access';
import { groundOf } from './case-view';
import { attachmentAnswerOf, attachmentInScope, logLook, noCopy, serviceInScope } from './attachment-access';
import { refused } from './service-access';

type OneRequest = Request<{ id: string }>;

const answersOf = async (deps: ApiDeps, rows: Attachment[]) =>
  Promise.all((await open(deps.db, deps.vault, rows)).map((one) => attachmentAnswerOf(deps, one)));

const ofCase = (deps: ApiDeps) => async (req: OneRequest, res: Response) => {
  demand(callerOf(req), 'case:read-child');
  const { row, former } = await caseToRead(deps, req);
  const ground = former ? 'former' : groundOf(callerOf(req), row);
  await logLook(deps, req, 'attachment:list', { about: row.id, ground });
  const all = await attachmentsOfCase(deps.db, row.id);
  // A station that had the case (移交前) reads what was there when it left.
  res.json({ items: await answersOf(deps, former ? all.filter(({ addedAt }) => addedAt <= former.wall) : all) });
};

const ofService = (deps: ApiDeps) => async (req: OneRequest, res: Response) => {
  const { id } = await serviceInScope(deps, req, 'read');
  await logLook(deps, req, 'attachment:list', { about: id });
  res.json({ items: await answersOf(deps, await listAttachments(deps.db, 'service', id)) });
};

const look = (deps: ApiDeps) => async (req: OneRequest, res: Response) => {
  const { row, ...standing } = await attachmentInScope(deps, req, 'read');
  await logLook(deps, req, 'attachment:read', standing);
  const [answer] = await answersOf(deps, [row]);
  res.json(answer);
};

interface Range {
  from: number;
  to: number;
  partial: boolean;
}

/** One range of `Range: bytes=`; several at once, or a word that is none, count as the whole. @throws Problem 416 */
function rangeOf(header: string | undefined, size: number): Range {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '') ?? [];
  if (first === '' && last === '') return { from: 0, to: size - 1, partial: false };
  const from = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (from <= to && from < size) return { from, to, partial: true };
  throw new Problem(416, 'RangeUnfit', 'Not that part', 'the file has no such part', {
    headers: { 'Content-Range': `bytes */${size}` },
  });
}

/** For every browser: a plain name beside the real one, which may be Chinese. */
function disposition(name: string, ending: string): string {
  const coded = encodeURIComponent(name).replaceAll(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename="attachment.${ending}"; filename*=UTF-8''${coded}`;
}

const download = (deps: ApiDeps) => async (req: OneRequest, res: Response) => {
  const { copy } = parse(contentQuery, req.query);
  const { row, ...standing } = await attachmentInScope(deps, req, 'read');
  if (copy === 'original') demand(callerOf(req), 'attachment:original', row.caseId ?? undefined);
  const [opened] = await open(deps.db, deps.vault, [row]);
  const content = opened && contentOf(deps.blobs, opened, copy);
  if (!content) throw noCopy();
  const { from, to, partial } = rangeOf(req.get('range'), content.size);
  // A player asks for one recording piece by piece: its first piece is the look.
  if (from === 0) await logLook(deps, req, `attachment:${copy}/${row.id}`, standing);
  const bytes = await content.read(from, to).catch((error: unknown) => {
    throw error instanceof BlobUnknown ? unavailable(60, 'the file is not in the store just now', error) : error;
  });
  res.status(partial ? 206 : 200);
  res.setHeader('Content-Type', content.type);
  res.setHeader('Content-Length', to + 1 - from);
  res.setHeader('Accept-Ranges', 'bytes');
  if (partial) res.setHeader('Content-Range', `bytes ${from}-${to}/${content.size}`);
  res.setHeader('Content-Disposition', disposition(opened.words?.name ?? row.id, endingOf(content.type)));
  // Even opened by itself it runs nothing.
  res.setHeader('Content-Security-Policy', "sandbox; default-src 'none'");
  await pipeline(bytes, res).catch((error: unknown) => {
    // Whoever is gone needs no answer; anything else was cut off and is named in the log.
    if (!req.destroyed) deps.log.error({ requestId: req.requestId, failure: nameOf(error) }, 'a download was cut off');
    res.destroy();
  });
};

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);

const withdraw = (deps: ApiDeps) => async (req: OneRequest, res: Response) => {
  const { row, ...standing } = await attachmentInScope(deps, req, 'write');
  const { reason } = parse(withdrawBody, req.body);
  const caller = callerOf(req);
  const own = row.addedByKind === 'staff' && row.addedBy === caller.staffId;
  if (!own && !allow(caller, 'attachment:original')) {
    throw refused('CorrectionNeedsSupervisor', 'only a supervisor withdraws what others added');
  }
  if (row.erasedAt) throw refused('AttachmentUnknown', 'there is no such attachment');
  const by = { reason, staffId: caller.staffId, at: Date.now() };
  if (!(await withdrawAttachment(deps.db, deps.vault, row, by))) {
    throw refused('AttachmentWithdrawn', 'this attachment was withdrawn before', []);
  }
  await logLook(deps, req, 'attachment:withdraw', standing);
  const { withdrawnAt, withdrawnBy } = (await readAttachment(deps.db, row.id)) ?? row;
  // Kept under the Idempotency-Key: no words.
  res.json({ id: row.id, withdrawnAt: rfc3339OrNull(withdrawnAt), withdrawnBy });
};

function document({ docs }: ApiDeps): void {
  const about = { tag: 'attachments', permission: 'attachment:read' } as const;
  const one = { 200: { description: 'The attachment', schema: attachmentAnswer } };
  const list = { 200: { description: 'Oldest first, withdrawn ones among them', schema: itemsOf(attachmentAnswer) } };
  docs.add(
    { ...about, method: 'get', path: '/api/v1/cases/{id}/attachments', summary: 'Files of a case', answers: list },
    {
      ...about,
      method: 'get',
      path: '/api/v1/services/{id}/attachments',
      permission: 'service:read',
      summary: 'Files of a service',
      answers: list,
    },
    { ...about, method: 'get', path: '/api/v1/attachments/{id}', summary: 'What is known of one file', answers: one },
    {
      ...about,
      ...{ method: 'get', path: '/api/v1/attachments/{id}/content', query: contentQuery },
      summary: 'The file itself; Range for a part of it',
      answers: { 200: { description: 'The bytes' }, 206: { description: 'The part that was asked for' } },
    },
    {
      ...about,
      ...{ method: 'post', path: '/api/v1/attachments/{id}/withdraw', permission: 'attachment:write' },
      ...{ summary: 'Take a file back; it is kept as evidence', body: withdrawBody },
      answers: { 200: { description: 'Withdrawn', schema: withdrawnAnswer } },
    },
  );
}

/** `/cases/{id}/attachments`, `/services/{id}/attachments`, `/attachments/{id}` */
export function createAttachmentsRouter(deps: ApiDeps): Router {
  document(deps);
  return Router()
    .get('/cases/:id/attachments', requires('attachment:read'), ofCase(deps))
    .get('/services/:id/attachments', requires('service:read'), ofService(deps))
    .get('/attachments/:id', requires('attachment:read'), look(deps))
    .get('/attachments/:id/content', requires('attachment:read'), download(deps))
    .post('/attachments/:id/withdraw', requires('attachment:write'), withdraw(deps));
}
