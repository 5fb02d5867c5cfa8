/** Who reports by key: a system, never a person. Its key is good for reports alone, and dead with the revocation. */
import { defaultKeyHasher } from '@better-auth/api-key';
import type { Request, RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import { sourceOfKey } from '../../store/reports/sources';
import type { ApiDeps } from '../deps';
import { tooMany, unauthorized } from '../problem';
import { sourceOf } from '../request';
import { bearerToken } from './authenticate';

/** Sets req.source, read anew for each request; everybody else gets 401. */
export const authenticateSource =
  ({ db }: ApiDeps): RequestHandler =>
  async (req, _res, next) => {
    const token = bearerToken(req);
    const source = token ? await sourceOfKey(db, await defaultKeyHasher(token)) : undefined;
    if (!source) throw unauthorized();
    req.source = source;
    next();
  };

/** Each source as often as it was allowed. Counted in this process alone, as everywhere. */
export const throttleSource = (): RequestHandler =>
  rateLimit({
    windowMs: 60_000,
    limit: (req: Request) => sourceOf(req).perMinute,
    keyGenerator: (req: Request) => sourceOf(req).id,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    handler: () => {
      throw tooMany(60, 'more reports in a minute than this key is allowed');
    },
  });
