import express, { type Router } from 'express';
import { z } from 'zod';
import type { ApiDeps } from '../deps';
import { readiness } from '../health';

const Ready = z.object({
  ok: z.boolean(),
  checks: z.object({ database: z.boolean(), temporal: z.boolean(), worker: z.boolean() }),
  warnings: z.array(z.string()),
});

/** For load balancers, container platforms and Prometheus; nothing here needs a sign-in or names anybody. */
export function createHealthRouter(deps: ApiDeps): Router {
  const { docs, metrics } = deps;
  const tag = 'operation';
  docs.add(
    {
      method: 'get',
      path: '/healthz',
      summary: '存活 · The process is alive',
      tag,
      answers: { 200: { description: 'Alive', schema: z.object({ ok: z.boolean() }) } },
    },
    {
      method: 'get',
      path: '/readyz',
      summary: '就绪 · Database, Temporal and a worker are there',
      tag,
      answers: {
        200: { description: 'Able to work', schema: Ready },
        503: { description: 'Something is away', schema: Ready },
      },
    },
    {
      method: 'get',
      path: '/metrics',
      summary: '指标 · Figures for Prometheus',
      tag,
      answers: { 200: { description: 'Prometheus text format' } },
    },
  );
  const router = express.Router();
  router.get('/healthz', (_req, res) => {
    res.json({ ok: true });
  });
  router.get('/readyz', async (_req, res) => {
    const ready = await readiness(deps);
    if (!ready.ok) res.setHeader('Retry-After', '5');
    res.status(ready.ok ? 200 : 503).json(ready);
  });
  router.get('/metrics', async (_req, res) => {
    res.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
  return router;
}
