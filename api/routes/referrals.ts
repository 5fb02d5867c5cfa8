/** Referring a case to a partner (转介). What the partner does with it happens on the pages behind /r. */
import { type Request, type Response, Router } from 'express';
import { readPartnerOf } from '../../store/people';
import type { ApiDeps } from '../deps';
import { requires } from '../permissions';
import { notFound, unprocessable } from '../problem';
import { caseAnswer, referralAnswer as answer } from '../schemas/answers';
import { reasonBody, referralBody } from '../schemas/commands';
import { parse } from '../validate';
import { answerOf, carryOut, caseInScope, seal, sealNote } from './case-access';
import { referralAnswer } from './case-answer';

const refer = (deps: ApiDeps) => async (req: Request<{ id: string }>, res: Response) => {
  const row = await caseInScope(deps, req);
  const { partnerId, purpose, note } = parse(referralBody, req.body);
  if (!(await readPartnerOf(deps.db, partnerId, row.stationId)))
    throw unprocessable([{ path: 'partnerId', message: "must be an active partner of the case's station" }]);
  const referralId = req.operationId;
  const noteId = await sealNote(deps, row, note, req.operationId);
  const referred = await carryOut(deps, req, row.id, { do: 'refer', referralId, partnerId, purpose, noteId });
  const made = referred.referrals.find(({ id }) => id === referralId);
  if (!made) throw new Error(`the journal does not hold referral ${referralId}`);
  res.status(201).json(referralAnswer(made));
};

const revoke = (deps: ApiDeps) => async (req: Request<{ id: string; referralId: string }>, res: Response) => {
  const row = await caseInScope(deps, req);
  const { referralId } = req.params;
  const { reason } = parse(reasonBody, req.body);
  if (!row.referrals.some(({ id }) => id === referralId)) throw notFound('the case has no such referral');
  const reasonId = await seal(deps, row, 'reason', reason, req.operationId);
  const revoked = await carryOut(deps, req, row.id, { do: 'revoke_referral', referralId, reasonId });
  // The state alone closes the page already; this ends the link and the code themselves.
  await deps.links.revoke(deps.db, referralId);
  res.json(answerOf(deps, revoked));
};

/** `POST /cases/{id}/referrals`, `POST /cases/{id}/referrals/{referralId}/revoke` */
export function createReferralsRouter(deps: ApiDeps): Router {
  deps.docs.add({
    method: 'post',
    path: '/api/v1/cases/{id}/referrals',
    summary: 'Refer to a partner, who gets a text with a pick-up code and a mail with the link',
    tag: 'referrals',
    permission: 'referral:send',
    body: referralBody,
    answers: { 201: { description: 'The referral', schema: answer } },
  });
  deps.docs.add({
    method: 'post',
    path: '/api/v1/cases/{id}/referrals/{referralId}/revoke',
    summary: 'Take a referral back; its page shows nothing any more',
    tag: 'referrals',
    permission: 'referral:send',
    body: reasonBody,
    answers: { 200: { description: 'The case', schema: caseAnswer } },
  });
  return Router()
    .post('/cases/:id/referrals', requires('referral:send'), refer(deps))
    .post('/cases/:id/referrals/:referralId/revoke', requires('referral:send'), revoke(deps));
}
