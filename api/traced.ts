import type { RequestHandler } from 'express';
import { tracing } from '../runtime/tracing';
import { routePattern } from './log';

/** Each request as a span, by the pattern of its route: addresses hold secrets. Nothing at all where nothing is traced. */
export function tracedRequests(): RequestHandler[] {
  const on = tracing();
  if (on === undefined) return [];
  const { context, SpanKind, SpanStatusCode, trace } = on.api;
  const tracer = trace.getTracer('shouwang');
  return [
    (req, res, next) => {
      const span = tracer.startSpan(req.method, { kind: SpanKind.SERVER });
      res.once('close', () => {
        const route = routePattern(req);
        span.updateName(`${req.method} ${route}`);
        span.setAttributes({
          'http.request.method': req.method,
          'http.route': route,
          'http.response.status_code': res.statusCode,
          'shouwang.request_id': req.requestId,
        });
        if (res.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      });
      context.with(trace.setSpan(context.active(), span), next);
    },
  ];
}
