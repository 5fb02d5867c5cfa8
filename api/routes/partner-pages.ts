/** The pages of partners (协作单位), who have no account: /r and /r/{token}. Only a POST changes anything. */
import { type Request, type Response, Router } from 'express';
import type { z } from 'zod';
import type { Command } from '../../domain/messages';
import { formatBeijing } from '../../domain/zone';
import type { WholeReferral } from '../../store/referrals';
import type { ApiDeps } from '../deps';
import { referralPage } from '../pages/referral';
import { confirmBody, declineBody, feedbackBody } from '../schemas/partner';
import { parse } from '../validate';
import { type Order, seal } from './case-access';
import { referralAnswer } from './case-answer';
import { documentPartnerPages } from './partner-docs';
import { failedPage, operationOf, refusedForm, sendPage, wantsJson } from './page-reply';
import { createPickupRouter } from './pickup';
import { openReferralLink, referralView } from './referral-view';

type LinkRequest = Request<{ token: string }>;

/** What a partner does: the form it sends, and the order to the workflow that it becomes. */
interface Action<T extends z.ZodType<{ once?: string }>> {
  name: 'confirm' | 'decline' | 'feedback';
  body: T;
  order(deps: ApiDeps, referral: WholeReferral, body: z.output<T>, operationId: string): Promise<Order>;
}

const confirm: Action<typeof confirmBody> = {
  name: 'confirm',
  body: confirmBody,
  order: async (_deps, { id }) => ({ do: 'confirm_referral', referralId: id }),
};

const decline: Action<typeof declineBody> = {
  name: 'decline',
  body: declineBody,
  order: async (deps, referral, { reason }, operationId) => ({
    do: 'decline_referral',
    referralId: referral.id,
    reasonId: await seal(deps, referral.case, 'reason', reason, operationId),
  }),
};

const feedback: Action<typeof feedbackBody> = {
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
  if (name !== 'confirm' || receivedAt === null) return '此前已收到相同的答复，无需重复提交。';
  return `此转介已于 ${formatBeijing(receivedAt.getTime())} 确认接收，无需重复确认。`;
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
    if (refused === undefined || action.name === 'confirm') throw error;
    const view = await referralView(deps, req, referral, { refused: { ...refused, form: action.name } });
    sendPage(res, 422, referralPage(view));
    return undefined;
  }
}

const act =
  <T extends z.ZodType<{ once?: string }>>(deps: ApiDeps, action: Action<T>) =>
  async (req: LinkRequest, res: Response): Promise<void> => {
    const { token } = req.params;
    const referral = await openReferralLink(deps, token);
    const body = await readForm(deps, req, res, action, referral);
    if (body === undefined) return;
    const operationId = operationOf(req, `${referral.id}/${action.name}`, body.once);
    const order = await action.order(deps, referral, body, operationId);
    const command: Command = { ...order, actor: { kind: 'partner', id: referral.partnerId } };
    const { repeated = false } = await deps.cases.command(referral.caseId, command, operationId);
    const now = await openReferralLink(deps, token);
    if (wantsJson(req)) return void res.json({ ...referralAnswer(now), repeated });
    if (!repeated) return res.redirect(303, `/r/${token}`);
    sendPage(res, 200, referralPage(await referralView(deps, req, now, { said: alreadySaid(now, action.name) })));
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
    .get('/:token', show(deps))
    .post('/:token/confirm', act(deps, confirm))
    .post('/:token/decline', act(deps, decline))
    .post('/:token/feedback', act(deps, feedback))
    .use(failedPage(deps));
}
