import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { Logger } from 'pino';
import { z } from 'zod';

/** A control call that cannot be done, answered as application/problem+json (RFC 9457). */
export class ControlProblem extends Error {
  override readonly name = 'ControlProblem';
  constructor(
    readonly status: number,
    readonly title: string,
    detail: string,
    readonly extra: Record<string, unknown> = {},
  ) {
    super(detail);
  }
}

/**
 * Checks what came in against its schema.
 * @throws ControlProblem 422 with a path and a message for each fault, unknown fields included
 */
export function checked<T>(schema: z.ZodType<T>, given: unknown): T {
  const parsed = schema.safeParse(given ?? {});
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
  throw new ControlProblem(422, 'Unprocessable content', 'the request does not fit', { errors });
}

/** For addresses that nothing answers. */
export const notFound: RequestHandler = () => {
  throw new ControlProblem(404, 'Not found', 'there is nothing here');
};

/** Turns whatever a route threw into a problem; what nobody expected is logged and told apart from nothing. */
export function problemHandler(log: Logger): ErrorRequestHandler {
  return (error: unknown, _req, res, next) => {
    if (res.headersSent) return next(error);
    const problem = asProblem(error);
    if (problem.status >= 500) log.error({ err: error }, 'control call failed');
    const { status, title, message: detail, extra } = problem;
    res
      .status(status)
      .type('application/problem+json')
      .send(JSON.stringify({ type: 'about:blank', title, status, detail, ...extra }));
  };
}

/** What the body parser throws: a status meant for the client. */
const BodyError = z.object({ status: z.number().int().min(400).max(499), message: z.string() });

function asProblem(error: unknown): ControlProblem {
  if (error instanceof ControlProblem) return error;
  const unreadable = BodyError.safeParse(error);
  if (unreadable.success) {
    return new ControlProblem(unreadable.data.status, 'Unreadable body', 'the body cannot be read as JSON of 256 KiB');
  }
  return new ControlProblem(500, 'Internal error', 'the carrier could not do this');
}
