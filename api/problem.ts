/** A request that cannot be answered as asked, as RFC 9457 application/problem+json. */

export interface FieldError {
  /** Where in the body, query or address: `child.idNumber`, `triggers.0`; empty: the whole. */
  path: string;
  message: string;
}

/** What the access log says of a refusal. */
export interface Audit {
  action: string;
  caseId?: string;
}

interface ProblemOptions {
  errors?: FieldError[];
  /** What the caller can do instead. */
  possible?: string[];
  /** What stands there now: ids, figures, names of staff. */
  current?: Record<string, string | number>;
  headers?: Record<string, string>;
  /** Given: the refusal is written to the access log. */
  audit?: Audit;
  cause?: unknown;
}

export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance?: string;
  errors?: FieldError[];
  possible?: string[];
  current?: Record<string, string | number>;
}

/** Throw it anywhere below a route; the frame turns it into the answer. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly errors: FieldError[] | undefined;
  readonly possible: string[] | undefined;
  readonly current: Record<string, string | number> | undefined;
  readonly headers: Record<string, string>;
  readonly audit: Audit | undefined;

  constructor(
    readonly status: number,
    /** Short name in CamelCase, such as StepOver; stable, programs may compare it. */
    readonly type: string,
    readonly title: string,
    readonly detail: string,
    options: ProblemOptions = {},
  ) {
    super(detail, { cause: options.cause });
    this.errors = options.errors;
    this.possible = options.possible;
    this.current = options.current;
    this.headers = options.headers ?? {};
    this.audit = options.audit;
  }

  /** @param requestId the reference by which the log line is found */
  body(requestId: string): ProblemBody {
    return {
      type: problemType(this.type),
      title: this.title,
      status: this.status,
      detail: this.detail,
      instance: `urn:shouwang:request:${requestId}`,
      ...(this.errors && { errors: this.errors }),
      ...(this.possible && { possible: this.possible }),
      ...(this.current && { current: this.current }),
    };
  }
}

const problemType = (name: string): string =>
  `urn:shouwang:problem:${name.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `-${letter}`).toLowerCase()}`;

/** Says how long to wait, in whole seconds. */
const retryAfter = (seconds: number): Record<string, string> => ({
  'Retry-After': String(Math.max(1, Math.ceil(seconds))),
});

export const badRequest = (detail: string): Problem => new Problem(400, 'BadRequest', 'Bad request', detail);

export const unauthorized = (): Problem =>
  new Problem(401, 'Unauthorized', 'Not signed in', 'sign in, or send a valid token as Authorization: Bearer <token>', {
    headers: { 'WWW-Authenticate': 'Bearer' },
  });

export const forbidden = (detail: string, audit?: Audit): Problem =>
  new Problem(403, 'Forbidden', 'Not allowed', detail, { audit });

/** For what is unknown and for what belongs to somebody else alike; with an audit entry in the second case. */
export const notFound = (what = 'there is nothing here', audit?: Audit): Problem =>
  new Problem(404, 'NotFound', 'Not found', what, { audit });

export const conflict = (type: string, detail: string, options: ProblemOptions = {}): Problem =>
  new Problem(409, type, 'Not possible now', detail, options);

export const gone = (type: string, detail: string): Problem => new Problem(410, type, 'No longer there', detail);

export const tooLarge = (detail: string): Problem => new Problem(413, 'TooLarge', 'Too large', detail);

export const wrongMediaType = (detail: string): Problem =>
  new Problem(415, 'UnsupportedMediaType', 'Unsupported media type', detail);

/** Names every wrong field at once. */
export const unprocessable = (errors: FieldError[]): Problem => {
  const fields = errors.map(({ path, message }) => (path ? `${path}: ${message}` : message));
  return new Problem(422, 'InvalidFields', 'Fields to correct', fields.join('; '), { errors });
};

export const tooMany = (seconds: number, detail: string): Problem =>
  new Problem(429, 'TooManyRequests', 'Too many requests', detail, { headers: retryAfter(seconds) });

export const unavailable = (seconds: number, detail: string, cause?: unknown): Problem =>
  new Problem(503, 'Unavailable', 'Temporarily unavailable', detail, { headers: retryAfter(seconds), cause });
