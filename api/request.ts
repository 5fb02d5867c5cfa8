import type { Request } from 'express';
import type { ReportSource } from '../prisma/generated/client';
import type { Role } from './permissions';
import { unauthorized } from './problem';

/** Who is asking: a sign-in joined with the active member of staff it belongs to. */
export interface Caller {
  userId: string;
  staffId: string;
  role: Role;
  stationId: string;
  /** Does the station stand for the bureau (民政局)? */
  bureau: boolean;
  name: string;
  via: 'session' | 'token';
  /** When they asked, by the database's clock, in milliseconds: this machine's may be wrong, and there may be several of them. */
  at: number;
  /** Of who is at a screen. */
  sessionId?: string;
  /** The role's second factor (第二步验证) is not set up yet: nothing is open but that. */
  mustEnrol?: boolean;
}

declare global {
  namespace Express {
    interface Request {
      /** Reference that stands in logs and problems of this request. */
      requestId: string;
      /** Set by authenticate(). */
      caller?: Caller;
      /** Set by authenticateSource(): the system whose key came with the request. */
      source?: ReportSource;
      /** The same for each repetition under one Idempotency-Key; the id of what the request makes. */
      operationId: string;
    }
    interface Locals {
      /** Where the router in charge is mounted, so that logs can name the route by its pattern. */
      mount?: string;
      /** The answer goes on until one side has enough, as a stream of changes does: nobody waits for its end. */
      endless?: boolean;
      /** Keeps the answer under the caller's Idempotency-Key before it is sent. */
      settle?: (status: number, body: unknown) => Promise<void>;
      /** A repetition finds what was done under the operation's id: its answer is kept while it is sent, and not before. */
      foundAgain?: boolean;
    }
  }
}

/** The caller of a route behind authenticate(). @throws Problem 401 where nobody is signed in */
export function callerOf(req: Request): Caller {
  if (!req.caller) throw unauthorized();
  return req.caller;
}

/** The system behind a route for reports by key. @throws Problem 401 */
export function sourceOf(req: Request): ReportSource {
  if (!req.source) throw unauthorized();
  return req.source;
}
