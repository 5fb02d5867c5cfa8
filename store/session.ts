import { createHash } from 'node:crypto';

/** What a message is called at the carrier: SessionContext when it is sent, ext in its receipt where that is enabled. */
export const sessionOf = (key: string): string => createHash('sha256').update(key).digest('base64url').slice(0, 22);
