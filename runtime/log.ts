/** The one log: JSON lines on stdout, with ids and names of failures only. */
import pino, { type Logger } from 'pino';

const PERSONAL = ['phone', 'email', 'name', 'password', 'token', 'idNumber'];

/** @param part which process speaks: api, worker */
export const createLogger = (level: string, part: string): Logger =>
  pino({
    level,
    base: { part },
    timestamp: pino.stdTimeFunctions.isoTime,
    // A second net under the rule that nothing personal is logged at all.
    redact: PERSONAL.flatMap((field) => [field, `*.${field}`]),
  });
