import type { RequestHandler } from 'express';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { routePattern } from './log';

/** What /metrics shows. Other parts register their own counters with `registry`, named shouwang_…, never with personal data. */
export interface Metrics {
  registry: Registry;
  /** Seconds per answered request, by method, route pattern and status. */
  requests: Histogram<'method' | 'route' | 'status'>;
}

/** The process's own metrics, and those of its requests. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'shouwang_' });
  const requests = new Histogram({
    name: 'shouwang_http_request_seconds',
    help: 'Time to answer a request',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.005, 0.02, 0.1, 0.3, 1, 3, 10],
    registers: [registry],
  });
  return { registry, requests };
}

/** Counts every request by the pattern of its route, so that no address of a person's link becomes a label. */
export const measured =
  ({ requests }: Metrics): RequestHandler =>
  (req, res, next) => {
    const stop = requests.startTimer();
    res.once('finish', () => {
      if (res.locals.endless) return;
      stop({ method: req.method, route: routePattern(req), status: res.statusCode });
    });
    next();
  };
