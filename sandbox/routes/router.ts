import express, { type RequestHandler, type Router } from 'express';
import { z } from 'zod';
import type { ApiDeps } from '../../api/deps';
import { forbidden } from '../../api/problem';
import { parse } from '../../api/validate';
import { rfc3339 } from '../../domain/zone';
import { readAccounts } from '../data/accounts';
import { CarrierClient } from './carrier-client';
import { fastForward, fastForwardReport } from './fast-forward';
import { keepStep, keepStepFromStart } from './limits';
import { withCases } from './messages';

const FIVE_YEARS = 5 * 366 * 86_400;
export const Forward = z.strictObject({ seconds: z.number().int().min(1).max(FIVE_YEARS) });
const Since = z.strictObject({ since: z.string().max(64).optional() });

/** No sign-in stands in front of these routes, so a name that a stranger points at this machine must not reach them. */
export const loopbackOnly: RequestHandler = (req, _res, next) => {
  if (!['127.0.0.1', 'localhost', '[::1]'].includes(req.hostname)) {
    throw forbidden('the sandbox is reached as 127.0.0.1 or localhost');
  }
  next();
};

/** What made-up people see and do, and the hands of the clock. */
export function createSandboxRouter(deps: ApiDeps, setting: { carrierUrl: string; accountsFile: string }): Router {
  const carrier = new CarrierClient(setting.carrierUrl);
  deps.background.push(keepStepFromStart(deps.db, carrier, deps.log));
  const router = express.Router();
  router.get('/accounts', (_req, res) => {
    res.json(readAccounts(setting.accountsFile));
  });
  router.get('/messages', async (req, res) => {
    const { since } = parse(Since, req.query);
    res.json(await withCases(deps.db, await carrier.messages(since)));
  });
  router.post('/messages/:id/reply', async (req, res) => {
    res.json(await carrier.reply(req.params.id, req.body ?? {}));
  });
  router.post('/messages/:id/keypress', async (req, res) => {
    res.json(await carrier.press(req.params.id, req.body ?? {}));
  });
  router.post('/carrier', async (req, res) => {
    const state = await carrier.misbehave(req.body ?? {});
    await keepStep(deps.db, req.body);
    res.json(state);
  });
  router.post('/cases/:id/fast-forward', async (req, res) => {
    const { seconds } = parse(Forward, req.body);
    const aheadMs = await fastForward(deps, req.params.id, seconds);
    res.json({ caseId: req.params.id, asOf: rfc3339(Date.now() + aheadMs), aheadSeconds: Math.round(aheadMs / 1000) });
  });
  router.post('/reports/:id/fast-forward', async (req, res) => {
    const { seconds } = parse(Forward, req.body);
    const aheadMs = await fastForwardReport(deps, req.params.id, seconds);
    res.json({ reportId: req.params.id, aheadSeconds: Math.round(aheadMs / 1000) });
  });
  return router;
}
