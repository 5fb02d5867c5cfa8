import { z } from 'zod';
import { FAILURES, isFailureType, type FailureType } from '../domain/failures';
import { badRequest, Problem, tooLarge, unavailable, wrongMediaType } from './problem';

/** Codes by which the network, Prisma and PostgreSQL say that nobody is there just now, or that two got in each other's way. */
const AWAY = new Set(
  [
    'ECONNREFUSED ECONNRESET EPIPE ETIMEDOUT ENOTFOUND EAI_AGAIN',
    'P1001 P1002 P1008 P1017 P2024 P2028 P2034 P2037',
    '08000 08001 08003 08006 40001 40P01 53300 57P01 57P02 57P03',
    'DatabaseNotReachable ConnectionClosed TooManyConnections SocketTimeout',
  ].flatMap((line) => line.split(' ')),
);
const AWAY_NAMES = new Set(['TemporalAway', 'PrismaClientInitializationError', 'PrismaClientRustPanicError']);
/** Words of the driver for a connection that ended under it; it gives them no code. */
const AWAY_WORDS = /Connection terminated|timeout exceeded when trying to connect/i;
/** Nothing can be written until somebody makes room: disk_full of PostgreSQL, and the system's own. */
const FULL = new Set(['53100', 'ENOSPC', 'EDQUOT']);
const FULL_WORDS = /No space left on device/i;
const RETRY_SECONDS = 5;
const FULL_RETRY_SECONDS = 60;

const Named = z.object({
  name: z.string().catch(''),
  message: z.string().catch(''),
  code: z.string().catch(''),
  type: z.string().catch(''),
  originalCode: z.string().catch(''),
  kind: z.string().catch(''),
  status: z.number().optional().catch(undefined),
  possible: z.array(z.string()).optional().catch(undefined),
  details: z.array(z.unknown()).optional().catch(undefined),
  cause: z.unknown().optional(),
  /** Prisma hides the driver's own error in here. */
  meta: z.object({ driverAdapterError: z.unknown() }).optional().catch(undefined),
});

type Said = z.infer<typeof Named>;

/** Does the error, or one in the chain of its causes, say so? */
function says(error: unknown, so: (said: Said) => boolean, depth = 0): boolean {
  const parsed = Named.safeParse(error);
  if (!parsed.success || depth > 5) return false;
  if (so(parsed.data)) return true;
  const { cause, meta } = parsed.data;
  return [cause, meta?.driverAdapterError].some((inner) => inner !== undefined && says(inner, so, depth + 1));
}

/** Is the database or Temporal away? */
export const isAway = (error: unknown): boolean =>
  says(
    error,
    ({ name, message, code, originalCode, kind }) =>
      [code, originalCode, kind].some((one) => AWAY.has(one)) || AWAY_NAMES.has(name) || AWAY_WORDS.test(message),
  );

const isDiskFull = (error: unknown): boolean =>
  says(
    error,
    ({ message, code, originalCode }) => FULL.has(code) || FULL.has(originalCode) || FULL_WORDS.test(message),
  );

/** Its name stands in the log, so that whoever reads it knows what to do. */
const diskFull = (cause: unknown): Problem =>
  new Problem(
    503,
    'DiskFull',
    'No room left',
    'the disk of the system is full and nothing was written; try again later',
    {
      headers: { 'Retry-After': String(FULL_RETRY_SECONDS) },
      cause,
    },
  );

const Possible = z.array(z.string());

/** Which field a rule of the case found wrong, for those that answer 422. */
const FIELDS: Partial<Record<FailureType, string>> = {
  ExtensionNotLater: 'until',
  DueNotLater: 'due',
  NoteMissing: 'note',
  DoneInFuture: 'doneAt',
  DoneTooEarly: 'doneAt',
};

/** What the body parser and the router throw, in our words. */
function fromFramework(status: number, type: string): Problem | undefined {
  if (type === 'entity.too.large') return tooLarge('a body may have at most 256 KiB');
  // Never unpacked, so that no bomb goes off: to whoever sends one it is a body that cannot be read.
  if (type === 'encoding.unsupported') return badRequest('send the body uncompressed');
  if (type === 'charset.unsupported') return wrongMediaType('send the body as UTF-8');
  if (type === 'parameters.too.many') return tooLarge('the form has too many fields');
  if (type.startsWith('entity.') || type.startsWith('request.')) return badRequest('the body cannot be read as JSON');
  return status === 400 ? badRequest('the request cannot be read') : undefined;
}

/**
 * Turns whatever a route threw into a problem: refusals by the rules by their name, what is away into 503, and what
 * nobody expected into a 500 that says nothing but its reference.
 */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const parsed = Named.safeParse(error);
  if (parsed.success) {
    const { type, message, status, possible, details } = parsed.data;
    if (isFailureType(type) && FAILURES[type] !== 500) {
      const listed = Possible.safeParse(possible ?? details?.[0]);
      const errors = FAILURES[type] === 422 ? [{ path: FIELDS[type] ?? '', message }] : undefined;
      const options = { cause: error, errors, ...(listed.success && { possible: listed.data }) };
      return new Problem(FAILURES[type], type, 'Refused by the rules of the case', message || type, options);
    }
    if (isDiskFull(error)) return diskFull(error);
    if (isAway(error)) return unavailable(RETRY_SECONDS, 'a part of the system is away; try again shortly', error);
    const known = status !== undefined && status >= 400 && status < 500 ? fromFramework(status, type) : undefined;
    if (known) return known;
  }
  return new Problem(500, 'Unexpected', 'Unexpected failure', 'give the reference in "instance" to the administrator', {
    cause: error,
  });
}
