import { createHash } from 'node:crypto';

/** What is kept of a token: it has bits enough that its hash needs neither salt nor key. */
export const sha256 = (text: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(createHash('sha256').update(text).digest());
