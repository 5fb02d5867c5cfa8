/** How long a client may take to send its request. */
import type { RequestHandler } from 'express';

/** A client that dribbles its request is let go of. */
export const REQUEST_MS = 30_000;
/**
 * A connection that nobody uses stays open longer than whoever holds its other end keeps it (a proxy a minute, as a rule), or a
 * request would be sent into one that is being closed in this very moment.
 */
export const KEPT_OPEN_MS = 65_000;
/** 50 MB over a village's telephone line. */
export const UPLOAD_MS = 10 * 60_000;

const UPLOAD = /^\/(?:api\/v1\/uploads|r)\//;

/** Lets go of a client whose request is not whole in time; files get longer, as long as something keeps coming. */
export const patience: RequestHandler = (req, res, next) => {
  if (UPLOAD.test(req.path)) req.setTimeout(REQUEST_MS, () => req.destroy());
  else {
    const timer = setTimeout(() => {
      if (!req.complete) req.destroy();
    }, REQUEST_MS);
    timer.unref();
    res.once('close', () => clearTimeout(timer));
  }
  next();
};
