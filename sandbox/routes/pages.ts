import express, { type Router } from 'express';
import { z } from 'zod';
import type { ApiDeps } from '../../api/deps';
import { Problem } from '../../api/problem';
import { parse } from '../../api/validate';
import { CarrierClient } from './carrier-client';
import { fastForward } from './fast-forward';
import { overview } from './overview';
import { SANDBOX_CSS, SANDBOX_SCRIPT } from './page-assets';
import { overviewPage } from './page-view';

const ReplyForm = z.strictObject({ id: z.string().max(64), text: z.string().min(1).max(500) });
const ClockForm = z.strictObject({
  caseId: z.string().max(64),
  minutes: z.coerce.number().int().min(1).max(1_000_000),
});

/** The page that shows every made-up phone and mailbox, and turns the clocks; works without its script too. */
export function createSandboxPages(deps: ApiDeps, carrierUrl: string): Router {
  const carrier = new CarrierClient(carrierUrl);
  const router = express.Router();
  const show = async (said?: string): Promise<string> => overviewPage(await overview(deps.db, carrier), said);
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
  const answer = async (res: express.Response, work: () => Promise<unknown>): Promise<void> => {
    const { status, said } = await act(work);
    if (status === 303) res.redirect(303, '/sandbox');
    else
      res
        .status(status)
        .type('html')
        .send(await show(said));
  };
  router.get('/', async (_req, res) => {
    res.type('html').send(await show());
  });
  router.post('/page/reply', async (req, res) => {
    const { id, text } = parse(ReplyForm, req.body);
    await answer(res, () => carrier.reply(id, { text }));
  });
  router.post('/page/clock', async (req, res) => {
    const { caseId, minutes } = parse(ClockForm, req.body);
    await answer(res, () => fastForward(deps, caseId, minutes * 60));
  });
  router.get('/page.css', (_req, res) => {
    res.type('text/css; charset=utf-8').send(SANDBOX_CSS);
  });
  router.get('/page.js', (_req, res) => {
    res.type('text/javascript; charset=utf-8').send(SANDBOX_SCRIPT);
  });
  return router;
}
