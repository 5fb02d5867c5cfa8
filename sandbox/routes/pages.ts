import express, { type Request, type Router } from 'express';
import { z } from 'zod';
import type { ApiDeps } from '../../api/deps';
import { Problem } from '../../api/problem';
import { parse } from '../../api/validate';
import { CarrierClient } from './carrier-client';
import { reportExample } from './example';
import { fastForward } from './fast-forward';
import { overview } from './overview';
import { SANDBOX_SCRIPT } from './page-script';
import { SANDBOX_CSS } from './page-style';
import { overviewPage } from './page-view';
import { en, JUMPS, type Words, zh } from './page-words';

const ReplyForm = z.strictObject({ id: z.string().max(64), text: z.string().min(1).max(500) });
const KeyForm = z.strictObject({ id: z.string().max(64), key: z.string().max(1) });
const ClockForm = z
  .strictObject({
    caseId: z.string().max(64),
    /** Where the slider stands … */
    place: z.coerce
      .number()
      .int()
      .min(0)
      .max(JUMPS.length - 1)
      .optional(),
    /** … or how far exactly, which goes before it. */
    minutes: z.coerce.number().int().min(1).max(1_000_000).optional(),
  })
  .transform(({ caseId, place = 0, minutes }) => ({ caseId, minutes: minutes ?? JUMPS[place] ?? JUMPS[0] }));
const CarrierForm = z.strictObject({ texts: z.enum(['fail', 'ok']) });
/** As for a number that wants no texts: no second try helps. */
const TEXTS_FAIL = { mode: 'reject', code: 'FailedOperation.PhoneNumberInBlacklist', only: { channel: 'sms' } };
const LANGUAGE = 'sandbox-lang';

/** What the visitor has asked for, now or before. */
function wordsFor(req: Request): Words {
  const asked = typeof req.query['lang'] === 'string' ? req.query['lang'] : undefined;
  const kept = new RegExp(`(?:^|; )${LANGUAGE}=([\\w-]+)`).exec(req.headers.cookie ?? '')?.[1];
  return (asked ?? kept) === 'en' ? en : zh;
}

/** The page that shows every made-up phone and mailbox, and turns the clocks; works without its script too. */
export function createSandboxPages(deps: ApiDeps, setting: { carrierUrl: string; accountsFile: string }): Router {
  const carrier = new CarrierClient(setting.carrierUrl);
  const router = express.Router();
  const show = async (req: Request, said?: string): Promise<string> =>
    overviewPage(await overview(deps.db, carrier), { words: wordsFor(req), names: deps.policies.current.names, said });
  /** Does what a form asks, and says on the page what came of it. */
  const act = async (work: () => Promise<unknown>): Promise<{ status: number; said?: string }> => {
    try {
      await work();
      return { status: 303 };
    } catch (error) {
      if (error instanceof Problem) return { status: error.status, said: error.detail };
      throw error;
    }
  };
  const answer = async (req: Request, res: express.Response, work: () => Promise<unknown>): Promise<void> => {
    const { status, said } = await act(work);
    if (status === 303) res.redirect(303, '/sandbox');
    else
      res
        .status(status)
        .type('html')
        .send(await show(req, said));
  };
  router.get('/', async (req, res) => {
    if (req.query['lang'] !== undefined)
      res.cookie(LANGUAGE, wordsFor(req).lang, { httpOnly: true, sameSite: 'strict', path: '/sandbox' });
    res.type('html').send(await show(req));
  });
  router.post('/page/reply', async (req, res) => {
    const { id, text } = parse(ReplyForm, req.body);
    await answer(req, res, () => carrier.reply(id, { text }));
  });
  router.post('/page/press', async (req, res) => {
    const { id, key } = parse(KeyForm, req.body);
    await answer(req, res, () => carrier.press(id, { key }));
  });
  router.post('/page/clock', async (req, res) => {
    const { caseId, minutes } = parse(ClockForm, req.body);
    await answer(req, res, () => fastForward(deps, caseId, minutes * 60));
  });
  router.post('/page/carrier', async (req, res) => {
    const { texts } = parse(CarrierForm, req.body);
    await answer(req, res, () => carrier.misbehave(texts === 'fail' ? TEXTS_FAIL : { mode: 'ok' }));
  });
  router.post('/page/report', async (req, res) => {
    const url = `http://127.0.0.1:${req.socket.localPort ?? deps.config.port}`;
    await answer(req, res, () => reportExample(url, setting.accountsFile));
  });
  router.get('/page.css', (_req, res) => {
    res.type('text/css; charset=utf-8').send(SANDBOX_CSS);
  });
  router.get('/page.js', (_req, res) => {
    res.type('text/javascript; charset=utf-8').send(SANDBOX_SCRIPT);
  });
  return router;
}
