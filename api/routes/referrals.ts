/** Referring a case to a partner (转介). What the partner does with it happens on the pages behind /r. */
import { type Request, type Response, Router } from 'express';
import QRCode from 'qrcode';
import { z } from 'zod';
import { logAccess } from '../../store/access-log';
import type { WholeCase } from '../../store/cases';
import { readPartnerOf } from '../../store/people';
import type { ApiDeps } from '../deps';
import { requires } from '../permissions';
import { conflict, notFound, unprocessable } from '../problem';
import { callerOf } from '../request';
import { caseAnswer, referralAnswer as answer } from '../schemas/answers';
import { optionalNoteBody, reasonBody, referralBody } from '../schemas/commands';
import { msOf } from '../schemas/common';
import { nothing } from '../schemas/people';
import { parse } from '../validate';
import { answerOf, carryOut, caseInScope, seal, sealNote } from './case-access';
import { caseClock, referralAnswer } from './case-answer';

type ReferralRequest = Request<{ id: string; referralId: string }>;

const refer = (deps: ApiDeps) => async (req: Request<{ id: string }>, res: Response) => {
  const row = await caseInScope(deps, req);
  const { partnerId, purpose, note, draft, phonedAt } = parse(referralBody, req.body);
  if (!(await readPartnerOf(deps.db, partnerId, row.stationId)))
    throw unprocessable([{ path: 'partnerId', message: "must be an active partner of the case's station" }]);
  const referralId = req.operationId;
  const noteId = await sealNote(deps, row, note, req.operationId);
  const referred = await carryOut(deps, req, row.id, {
    do: 'refer',
    ...{ referralId, partnerId, purpose, noteId },
    ...(draft && { draft }),
    ...(phonedAt !== undefined && { phonedAt: msOf(phonedAt) }),
  });
  const made = referred.referrals.find(({ id }) => id === referralId);
  if (!made) throw new Error(`the journal does not hold referral ${referralId}`);
  res.status(201).json(referralAnswer(made));
};

/** @throws Problem 404 for a referral that the case does not have */
async function referralOf(deps: ApiDeps, req: ReferralRequest) {
  const row = await caseInScope(deps, req);
  const referral = row.referrals.find(({ id }) => id === req.params.referralId);
  if (!referral) throw notFound('the case has no such referral');
  return { row, referral };
}

/** What can be done with a referral in each state. */
const POSSIBLE: Record<string, string[]> = {
  drafted: ['send', 'revoke'],
  sent: ['resend', 'qr', 'revoke'],
  opened: ['resend', 'qr', 'revoke'],
  received: ['resend', 'qr', 'revoke'],
  accepted: ['resend', 'qr', 'revoke'],
  feedback: ['resend', 'qr', 'close', 'revoke'],
};

/** @throws Problem 409 unless the referral is with the partner */
function demandWithPartner({ state }: WholeCase['referrals'][number]): void {
  const possible = POSSIBLE[state] ?? [];
  if (possible.includes('qr')) return;
  throw conflict('ReferralNotSent', `the referral is ${state}`, {
    possible: possible.length > 0 ? possible : ['refer anew'],
  });
}

const revoke = (deps: ApiDeps) => async (req: ReferralRequest, res: Response) => {
  const { row, referral } = await referralOf(deps, req);
  const { reason } = parse(reasonBody, req.body);
  const reasonId = await seal(deps, row, 'reason', reason, req.operationId);
  const revoked = await carryOut(deps, req, row.id, { do: 'revoke_referral', referralId: referral.id, reasonId });
  // The state alone closes the page already; this ends the link and the code themselves.
  await deps.links.revoke(deps.db, referral.id);
  res.json(answerOf(deps, revoked));
};

const send = (deps: ApiDeps) => async (req: ReferralRequest, res: Response) => {
  const { row, referral } = await referralOf(deps, req);
  parse(nothing, req.body ?? {});
  res.json(answerOf(deps, await carryOut(deps, req, row.id, { do: 'send_referral', referralId: referral.id })));
};

const resend = (deps: ApiDeps) => async (req: ReferralRequest, res: Response) => {
  const { row, referral } = await referralOf(deps, req);
  parse(nothing, req.body ?? {});
  demandWithPartner(referral);
  // Before the new message is made: what it brings is the link and the code that count from now on.
  await deps.links.revoke(deps.db, referral.id);
  res.json(answerOf(deps, await carryOut(deps, req, row.id, { do: 'resend_referral', referralId: referral.id })));
};

const close = (deps: ApiDeps) => async (req: ReferralRequest, res: Response) => {
  const { row, referral } = await referralOf(deps, req);
  const { note } = parse(optionalNoteBody, req.body ?? {});
  const noteId = await sealNote(deps, row, note, req.operationId);
  res.json(
    answerOf(deps, await carryOut(deps, req, row.id, { do: 'close_referral', referralId: referral.id, noteId })),
  );
};

const qrQuery = z.strictObject({ format: z.enum(['svg', 'png']).default('svg') });

/** 出示二维码: the partner's people scan it from our worker's phone. It is good for minutes, and each showing is on the record. */
const qr = (deps: ApiDeps) => async (req: ReferralRequest, res: Response) => {
  const { row, referral } = await referralOf(deps, req);
  const { format } = parse(qrQuery, req.query);
  demandWithPartner(referral);
  const expiresAt = caseClock(row) + deps.policies.current.partnerLinks.qrMs;
  const of = { caseId: row.id, referralId: referral.id, partnerId: referral.partnerId, expiresAt };
  const token = await deps.links.qrLink(deps.db, of);
  const { userId, staffId } = callerOf(req);
  await logAccess(deps.db, { userId, staffId, action: 'referral:qr', caseId: row.id, allowed: true, address: req.ip });
  const address = `${deps.config.publicUrl}/r/q/${token}`;
  // Quiet zone and error correction as phones held at an angle need them.
  const options = { errorCorrectionLevel: 'M', margin: 4 } as const;
  if (format === 'png') return void res.type('png').send(await QRCode.toBuffer(address, { ...options, width: 480 }));
  res.type('image/svg+xml').send(await QRCode.toString(address, { ...options, type: 'svg' }));
};

/** Routes below /cases/{id}/referrals */
export function createReferralsRouter(deps: ApiDeps): Router {
  const path = '/api/v1/cases/{id}/referrals';
  const about = {
    method: 'post',
    tag: 'referrals',
    permission: 'referral:send',
    answers: { 200: { description: 'The case', schema: caseAnswer } },
  } as const;
  const one = `${path}/{referralId}`;
  deps.docs.add(
    {
      ...about,
      ...{ path, body: referralBody },
      summary: 'Refer to a partner, who gets a text with a pick-up code and a mail with the link; or write a draft',
      answers: { 201: { description: 'The referral', schema: answer } },
    },
    { ...about, path: `${one}/send`, body: nothing, summary: 'Send a draft' },
    {
      ...about,
      ...{ path: `${one}/resend`, body: nothing },
      summary: 'Send it again with a new link and a new code; the old ones end, no clock begins again',
    },
    {
      ...about,
      path: `${one}/close`,
      body: optionalNoteBody,
      summary: 'The partner has answered, and that is seen to',
    },
    {
      ...about,
      ...{ path: `${one}/revoke`, body: reasonBody },
      summary: 'Take a referral back; its page shows nothing any more',
    },
    {
      ...about,
      ...{ method: 'get' as const, path: `${one}/qr`, query: qrQuery },
      summary: 'A QR code (二维码) of a link that is good for minutes, to be scanned from our phone; SVG or PNG',
      answers: { 200: { description: 'The picture' } },
    },
  );
  const may = requires('referral:send');
  return Router()
    .post('/cases/:id/referrals', may, refer(deps))
    .post('/cases/:id/referrals/:referralId/send', may, send(deps))
    .post('/cases/:id/referrals/:referralId/resend', may, resend(deps))
    .post('/cases/:id/referrals/:referralId/close', may, close(deps))
    .post('/cases/:id/referrals/:referralId/revoke', may, revoke(deps))
    .get('/cases/:id/referrals/:referralId/qr', may, qr(deps));
}
