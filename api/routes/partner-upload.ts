/** Feedback with a file (反馈附件): a form that is read as a stream, so it stands before the readers of other forms. */
import { type NextFunction, type Request, type Response, Router } from 'express';
import { attachmentCounts, keepOnce, ownerOfReferral } from '../../store/attachments/records';
import { discard } from '../../store/attachments/stage';
import type { ApiDeps } from '../deps';
import { operationIdOf } from '../idempotency';
import { referralPage } from '../pages/referral';
import { conflict, Problem } from '../problem';
import { readUpload, type UploadForm } from '../upload';
import { failedPage, sendPage, wantsJson } from './page-reply';
import { act, feedback } from './partner-pages';
import { openReferralLink, referralView } from './referral-view';

type LinkRequest = Request<{ token: string }>;

/** Whoever holds the link is unknown to us: enough for a file of evidence, not for a warehouse. */
const MOST_FILES = 20;

const WORDS: Record<number, string> = {
  413: '附件不能超过 50 MB，没有接收。',
  415: '只能接收照片、录音和 PDF，这个附件没有接收。',
  422: '附件的内容与类型不符，或者不安全，没有接收。',
};

/** Reads the form. A file that is refused is said beside it, with what was typed. @returns undefined once that was sent */
async function read(deps: ApiDeps, req: LinkRequest, res: Response): Promise<UploadForm | undefined> {
  const kept: Record<string, string> = {};
  try {
    return await readUpload(req, deps, 'file', kept);
  } catch (error) {
    const fileWords = error instanceof Problem ? WORDS[error.status] : undefined;
    if (fileWords === undefined || !(error instanceof Problem) || wantsJson(req)) throw error;
    const referral = await openReferralLink(deps, req.params.token);
    const refused = { kept, errors: [{ path: 'file', message: fileWords }], form: 'feedback' as const };
    sendPage(res, error.status, referralPage(await referralView(deps, req, referral, { refused, fileWords })));
    return undefined;
  }
}

const send = (deps: ApiDeps) => async (req: LinkRequest, res: Response, next: NextFunction) => {
  if (!req.is('multipart/form-data')) return next('router');
  const { id } = await openReferralLink(deps, req.params.token);
  const counts = await attachmentCounts(deps.db, 'referral', [id]);
  if ((counts.get(id) ?? 0) >= MOST_FILES)
    throw conflict('AttachmentsFull', `a referral takes ${MOST_FILES} files`, {
      possible: ['feedback without a file'],
    });
  const form = await read(deps, req, res);
  if (!form) return;
  const { file, fields } = form;
  req.body = fields;
  let isKept = false;
  try {
    await act(deps, feedback, async (referral, operationId) => {
      if (!file) return;
      isKept = true;
      await keepOnce(deps, deps.vault, file, {
        id: operationIdOf({ caller: operationId, key: 'file' }),
        owner: ownerOfReferral(referral),
        by: { kind: 'partner', id: referral.partnerId },
        at: Date.now(),
      });
    })(req, res);
  } finally {
    // The form was wrong, or the case did not take it: nothing of the file stays.
    if (file && !isKept) await discard(deps, file);
  }
};

/** Mounted at /r, before the readers of other forms; what is no form with a file goes on to them. */
export function createPartnerUploadRouter(deps: ApiDeps): Router {
  return Router().post('/:token/feedback', send(deps)).use(failedPage(deps));
}
