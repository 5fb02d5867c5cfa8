/** The pages of partners (协作单位), who have no account: /r and /r/{token}. Only a POST changes anything. */
import { type Request, type Response, Router } from 'express';
import type { z } from 'zod';
import type { Command } from '../../domain/messages';
import type { WholeReferral } from '../../store/referrals';
import type { ApiDeps } from '../deps';
import { operationIdOf } from '../idempotency';
import { html } from '../pages/html';
import { notice, page } from '../pages/layout';
import { referralPage } from '../pages/referral';
import { timeWords } from '../pages/words';
import { gone, notFound } from '../problem';
import { confirmBody, declineBody, feedbackBody, misdirectBody } from '../schemas/partner';
import { parse } from '../validate';
import { type Order, seal } from './case-access';
import { referralAnswer } from './case-answer';
import { documentPartnerPages } from './partner-docs';
import { failedPage, isSandbox, operationOf, refusedForm, sendPage, wantsJson } from './page-reply';
import { createPickupRouter } from './pickup';
import { openReferralLink, referralView } from './referral-view';

type LinkRequest = Request<{ token: string }>;

/** What a partner does: the form it sends, and the order to the workflow that it becomes. */
interface Action<T extends z.ZodType<{ once?: string }>> {
  name: 'confirm' | 'accept' | 'decline' | 'feedback' | 'misdirected';
  body: T;
  order(deps: ApiDeps, referral: WholeReferral, body: z.output<T>, operationId: string): Promise<Order>;
}

const confirm: Action<typeof confirmBody> = {
  name: 'confirm',
  body: confirmBody,
  order: async (_deps, { id }) => ({ do: 'confirm_referral', referralId: id }),
};

const accept: Action<typeof confirmBody> = {
  name: 'accept',
  body: confirmBody,
  order: async (_deps, { id }) => ({ do: 'accept_referral', referralId: id }),
};

/** What may be left empty is not sealed. */
const sealSome = async (
  deps: ApiDeps,
  referral: WholeReferral,
  text: string | undefined,
  operationId: string,
): Promise<string | undefined> => (text ? seal(deps, referral.case, 'reason', text, operationId) : undefined);

const misdirected: Action<typeof misdirectBody> = {
  name: 'misdirected',
  body: misdirectBody,
  order: async (deps, referral, { reason }, operationId) => ({
    do: 'misdirect_referral',
    referralId: referral.id,
    reasonId: await sealSome(deps, referral, reason, operationId),
  }),
};

const decline: Action<typeof declineBody> = {
  name: 'decline',
  body: declineBody,
  order: async (deps, referral, { reason, suggestion }, operationId) => ({
    do: 'decline_referral',
    referralId: referral.id,
    reasonId: await seal(deps, referral.case, 'reason', reason, operationId),
    suggestionId: await sealSome(deps, referral, suggestion, operationIdOf({ caller: operationId, key: 'suggestion' })),
  }),
};

export const feedback: Action<typeof feedbackBody> = {
  name: 'feedback',
  body: feedbackBody,
  order: async (deps, referral, { outcome, text }, operationId) => ({
    do: 'feed_back',
    referralId: referral.id,
    outcome,
    textId: await seal(deps, referral.case, 'feedback', text, operationId),
  }),
};

/** Somebody else was first, or the same person came back: told so, and nothing has changed. */
function alreadySaid({ receivedAt }: WholeReferral, name: Action<typeof confirmBody>['name']): string {
  if (name === 'accept') return '此前已确认受理，无需重复提交。';
  if (name !== 'confirm' || receivedAt === null) return '此前已收到相同的答复，无需重复提交。';
  return `此转介已于 ${timeWords(receivedAt.getTime())} 确认接收，无需重复确认。`;
}

/** Reads the form; on a page, a wrong one is shown again with its text. @returns undefined once that was sent */
async function readForm<T extends z.ZodType<{ once?: string }>>(
  deps: ApiDeps,
  req: LinkRequest,
  res: Response,
  action: Action<T>,
  referral: WholeReferral,
): Promise<z.output<T> | undefined> {
  try {
    return parse(action.body, req.body);
  } catch (error) {
    const refused = wantsJson(req) ? undefined : refusedForm(error, req);
    const form = action.name === 'decline' || action.name === 'feedback' ? action.name : undefined;
    if (refused === undefined || form === undefined) throw error;
    const view = await referralView(deps, req, referral, { refused: { ...refused, form } });
    sendPage(res, 422, referralPage(view));
    return undefined;
  }
}

/** @param after what is done once the case has taken it, and before it is answered */
export const act =
  <T extends z.ZodType<{ once?: string }>>(
    deps: ApiDeps,
    action: Action<T>,
    after?: (referral: WholeReferral, operationId: string) => Promise<void>,
  ) =>
  async (req: LinkRequest, res: Response): Promise<void> => {
    const { token } = req.params;
    const referral = await openReferralLink(deps, token);
    const body = await readForm(deps, req, res, action, referral);
    if (body === undefined) return;
    const operationId = operationOf(req, `${referral.id}/${action.name}`, body.once);
    const order = await action.order(deps, referral, body, operationId);
    const command: Command = { ...order, actor: { kind: 'partner', id: referral.partnerId } };
    const { repeated = false } = await deps.cases.command(referral.caseId, command, operationId);
    await after?.(referral, operationId);
    if (action.name === 'misdirected') return await endHere(deps, req, res, referral);
    const now = await openReferralLink(deps, token);
    if (wantsJson(req)) return void res.json({ ...referralAnswer(now), repeated });
    if (!repeated) return res.redirect(303, `/r/${token}`);
    sendPage(res, 200, referralPage(await referralView(deps, req, now, { said: alreadySaid(now, action.name) })));
  };

/** Whoever holds this link is not who it is for: link and code end at once. */
async function endHere(deps: ApiDeps, req: LinkRequest, res: Response, { id }: WholeReferral): Promise<void> {
  await deps.links.revoke(deps.db, id);
  if (wantsJson(req)) return void res.json({ id, state: 'declined' });
  const words = [
    '感谢告知，转介单位会核对收件单位，另行联系。',
    '本链接和取件码已经失效，请删除收到的通知，不要转发或者留存。',
  ];
  sendPage(res, 200, page({ title: '已记录', sandbox: isSandbox(deps) }, html`${words.map(notice)}`));
}

/** 扫码: from our worker's phone to the page itself. Looking changes nothing here either. */
const scan = (deps: ApiDeps) => async (req: LinkRequest, res: Response) => {
  const found = await deps.links.find('qr', req.params.token);
  if (found === 'expired' || found === 'revoked')
    throw gone('LinkExpired', 'this code was good for a few minutes only');
  if (!found) throw notFound('there is no such link');
  const { caseId, refId: referralId, personId: partnerId } = found;
  const { sentAt } = await deps.db.referral.findUniqueOrThrow({ where: { id: referralId }, select: { sentAt: true } });
  const expiresAt = sentAt.getTime() + deps.policies.current.partnerLinks.linkMs;
  res.redirect(303, `/r/${await deps.links.referralLink(deps.db, { caseId, referralId, partnerId, expiresAt })}`);
};

const show = (deps: ApiDeps) => async (req: LinkRequest, res: Response) => {
  const referral = await openReferralLink(deps, req.params.token);
  if (wantsJson(req)) return void res.json(referralAnswer(referral));
  sendPage(res, 200, referralPage(await referralView(deps, req, referral)));
};

/** Mounted at /r, behind the form's body parser and the check that the form is our own. */
export function createPartnerPagesRouter(deps: ApiDeps): Router {
  documentPartnerPages(deps.docs);
  return Router()
    .use(createPickupRouter(deps))
    .get('/q/:token', scan(deps))
    .get('/:token', show(deps))
    .post('/:token/confirm', act(deps, confirm))
    .post('/:token/accept', act(deps, accept))
    .post('/:token/misdirected', act(deps, misdirected))
    .post('/:token/decline', act(deps, decline))
    .post('/:token/feedback', act(deps, feedback))
    .use(failedPage(deps));
}
