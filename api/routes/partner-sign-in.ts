/** A partner's own sign-in (协作单位登录), below /p: a code by text, a cookie of its own, and its referrals. */
import { type Request, type Response, Router } from 'express';
import type { ReferralState } from '../../domain/model';
import { askPartnerCode, endPartnerSession, PARTNER_SESSION_MS } from '../../store/partner-sessions';
import { partnerSignIn, partnersOf, referralsOf } from '../../store/partner-sessions';
import type { ApiDeps } from '../deps';
import { type ListedReferral, partnerCodePage, partnerHomePage, partnerPhonePage } from '../pages/partner-home';
import { notFound, tooMany, unauthorized } from '../problem';
import { partnerCodeBody, partnerPhoneBody } from '../schemas/partner';
import { parse } from '../validate';
import { documentPartnerSignIn } from './partner-docs';
import { failedPage, isSandbox, refusedForm, sendPage, wantsJson } from './page-reply';

const COOKIE = 'shouwang_partner';
const WRONG = '验证码不正确或者已经失效，请核对短信后重新填写。';
const LOCKED = '操作过于频繁，请稍后再试，或者使用短信中的取件码。';

/** The session's token; undefined where the browser sent none. */
function tokenOf(req: Request): string | undefined {
  const pairs = (req.get('cookie') ?? '').split(';').map((one) => one.trim().split('='));
  return pairs.find(([name]) => name === COOKIE)?.[1];
}

const wait = (res: Response, ms: number): void =>
  void res.set('Retry-After', String(Math.max(1, Math.ceil(ms / 1_000))));

/** What the partner owes next in this state. */
function dueOf(referral: { state: string; confirmBy: Date; feedbackBy: Date | null }): Pick<ListedReferral, 'dueAt'> {
  if (referral.state === 'sent' || referral.state === 'opened') return { dueAt: referral.confirmBy.getTime() };
  const open = referral.state === 'received' || referral.state === 'accepted';
  return open && referral.feedbackBy ? { dueAt: referral.feedbackBy.getTime() } : {};
}

/** Mounted at /p, behind the form's body parser and the check that the form is our own. */
export function createPartnerSignInRouter(deps: ApiDeps): Router {
  documentPartnerSignIn(deps.docs);
  const sandbox = isSandbox(deps);
  const cookie = {
    httpOnly: true,
    sameSite: 'lax',
    secure: deps.config.publicUrl.startsWith('https:'),
    path: '/p',
  } as const;

  const home = async (req: Request, res: Response): Promise<void> => {
    const partners = await partnersOf(deps.db, tokenOf(req) ?? '');
    if (partners.length === 0) return sendPage(res, 200, partnerPhonePage({ sandbox }));
    const rows = await referralsOf(
      deps.db,
      partners.map(({ id }) => id),
    );
    const referrals = rows.map((row) => ({
      ...{ id: row.id, number: row.case.number, stationName: row.case.station.name, purpose: row.purpose },
      ...{ state: row.state as ReferralState, sentAt: row.sentAt.getTime(), ...dueOf(row) },
    }));
    const view = { sandbox, partnerNames: partners.map(({ name }) => name), referrals };
    sendPage(res, 200, partnerHomePage(view));
  };

  const code = async (req: Request, res: Response): Promise<void> => {
    const { phone } = parse(partnerPhoneBody, req.body);
    const tooSoon = await askPartnerCode(deps.db, phone);
    if (tooSoon && wantsJson(req)) throw tooMany(tooSoon.waitMs / 1_000, 'a code was sent just now, or too many today');
    if (tooSoon) wait(res, tooSoon.waitMs);
    const said = tooSoon ? { problem: '刚刚已经发送过验证码，请一分钟后再试；已收到的，可以直接填写。' } : {};
    sendPage(res, tooSoon ? 429 : 200, partnerCodePage({ sandbox, phone, ...said }));
  };

  const signIn = async (req: Request, res: Response): Promise<void> => {
    const given = parse(partnerCodeBody, req.body);
    const opened = await partnerSignIn(deps.db, deps.links, { ...given, address: req.ip ?? '' });
    const json = wantsJson(req);
    if (opened === 'wrong') {
      if (json) throw unauthorized();
      return sendPage(res, 401, partnerCodePage({ sandbox, phone: given.phone, problem: WRONG }));
    }
    if ('lockedUntil' in opened) {
      const ms = opened.lockedUntil.getTime() - Date.now();
      if (json) throw tooMany(ms / 1_000, 'too many wrong tries');
      wait(res, ms);
      return sendPage(res, 429, partnerCodePage({ sandbox, phone: given.phone, problem: LOCKED }));
    }
    res.cookie(COOKIE, opened.token, { ...cookie, maxAge: PARTNER_SESSION_MS });
    res.redirect(303, '/p');
  };

  /** A form that was filled in wrongly is shown again. */
  const orAgain =
    (
      handle: (req: Request, res: Response) => Promise<void>,
      again: (req: Request, error: unknown) => string | undefined,
    ) =>
    async (req: Request, res: Response): Promise<void> => {
      try {
        await handle(req, res);
      } catch (error) {
        const page = wantsJson(req) ? undefined : again(req, error);
        if (page === undefined) throw error;
        sendPage(res, 422, page);
      }
    };

  const open = async (req: Request<{ id: string }>, res: Response): Promise<void> => {
    const partners = await partnersOf(deps.db, tokenOf(req) ?? '');
    if (partners.length === 0) return res.redirect(303, '/p');
    const ids = partners.map(({ id }) => id);
    const [referral] = (await referralsOf(deps.db, ids)).filter(({ id }) => id === req.params.id);
    if (!referral) throw notFound('there is no such referral');
    const { id: referralId, caseId, partnerId, sentAt } = referral;
    const expiresAt = sentAt.getTime() + deps.policies.current.partnerLinks.linkMs;
    const token = await deps.links.referralLink(deps.db, { caseId, referralId, partnerId, expiresAt });
    res.redirect(303, `/r/${token}`);
  };

  const signOut = async (req: Request, res: Response): Promise<void> => {
    await endPartnerSession(deps.db, tokenOf(req) ?? '');
    res.clearCookie(COOKIE, cookie);
    res.redirect(303, '/p');
  };

  return Router()
    .get('/', home)
    .post(
      '/code',
      orAgain(code, (req, error) => {
        const refused = refusedForm(error, req);
        return refused && partnerPhonePage({ sandbox, refused });
      }),
    )
    .post(
      '/sign-in',
      orAgain(signIn, (req, error) => {
        const refused = refusedForm(error, req);
        return refused && partnerCodePage({ sandbox, phone: refused.kept['phone'] ?? '', refused });
      }),
    )
    .get('/referrals/:id', open)
    .post('/sign-out', signOut)
    .use(failedPage(deps));
}
