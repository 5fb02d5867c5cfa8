import { randomUUID } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import type { Logger } from 'pino';

/** The route as it is declared (`/r/:token`): addresses hold secrets and stay out of logs and metrics. */
export function routePattern(req: Request): string {
  const route = req.route as { path?: unknown } | undefined;
  if (typeof route?.path !== 'string') return `${req.res?.locals.mount ?? ''}/*`;
  return `${req.res?.locals.mount ?? ''}${route.path}`;
}

/** Gives each request a reference and logs its end. */
export const logged =
  (log: Logger): RequestHandler =>
  (req, res, next) => {
    const from = process.hrtime.bigint();
    req.requestId = randomUUID();
    req.operationId = randomUUID();
    res.setHeader('X-Request-Id', req.requestId);
    res.once('close', () => {
      const ms = Math.round(Number(process.hrtime.bigint() - from) / 1e6);
      const { requestId, method, caller } = req;
      const line = {
        requestId,
        method,
        route: routePattern(req),
        status: res.statusCode,
        ms,
        staffId: caller?.staffId,
      };
      if (res.writableFinished || res.locals.endless) log.info(line, 'answered');
      else log.warn(line, 'client gone before the answer');
    });
    next();
  };

/** Names the place where a router is mounted, for routePattern. */
export const mountedAt =
  (mount: string): RequestHandler =>
  (_req, res, next) => {
    res.locals.mount = mount;
    next();
  };
