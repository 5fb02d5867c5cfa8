/** Trading a pick-up code (取件码) for the referral's page. */
import { type Request, type Response, Router } from 'express';
import type { ApiDeps } from '../deps';
import { asProblem } from '../failure';
import { type PickupView, pickupPage } from '../pages/pickup';
import { notFound, tooMany } from '../problem';
import { pickupBody } from '../schemas/partner';
import { parse } from '../validate';
import { isSandbox, refusedForm, sendPage, wantsJson } from './page-reply';

const WRONG = '取件码或手机号后四位不正确，请核对短信后重新填写。';
const LOCKED = '多次填写有误，请 15 分钟后再试，或与转介单位联系。';

/**
 * Says in the journal that the partner has opened the referral. The page opens without it as well: a partner who holds
 * the code is not turned away because the case cannot be reached just now.
 */
async function noteOpening(deps: ApiDeps, token: string): Promise<void> {
  const found = await deps.links.find('referral', token);
  if (typeof found !== 'object') return;
  const { caseId, refId: referralId, personId } = found;
  try {
    const actor = { kind: 'partner', id: personId } as const;
    await deps.cases.command(caseId, { do: 'open_referral', referralId, actor }, `open/${referralId}`);
  } catch (error) {
    deps.log.warn({ caseId, referralId, failure: asProblem(error).type }, 'opening of a referral not recorded');
  }
}

/** `GET /` and `POST /` below /r */
export function createPickupRouter(deps: ApiDeps): Router {
  const form = (res: Response, status: number, view: Omit<PickupView, 'sandbox'> = {}): void =>
    sendPage(res, status, pickupPage({ sandbox: isSandbox(deps), ...view }));

  const redeem = async (req: Request, res: Response): Promise<void> => {
    const { code, phoneTail } = parse(pickupBody, req.body);
    const opened = await deps.links.redeemPickup(code, phoneTail, req.ip ?? '');
    const json = wantsJson(req);
    if (opened === 'wrong') {
      if (json) throw notFound('the code or the digits are wrong');
      return form(res, 404, { problem: WRONG });
    }
    if ('lockedUntil' in opened) {
      const seconds = Math.max(1, Math.ceil((opened.lockedUntil.getTime() - Date.now()) / 1000));
      if (json) throw tooMany(seconds, 'too many wrong tries');
      res.set('Retry-After', String(seconds));
      return form(res, 429, { problem: LOCKED });
    }
    await noteOpening(deps, opened.token);
    res.redirect(303, `/r/${opened.token}`);
  };

  return Router()
    .get('/', (_req, res) => form(res, 200))
    .post('/', async (req, res) => {
      try {
        await redeem(req, res);
      } catch (error) {
        const refused = wantsJson(req) ? undefined : refusedForm(error, req);
        if (refused === undefined) throw error;
        form(res, 422, { refused });
      }
    });
}
