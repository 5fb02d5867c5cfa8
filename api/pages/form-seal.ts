/** The seal of a form that anybody may open: that it is one of ours, and how old it is. Nothing is kept of it. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

export interface FormSeals {
  /** @param now milliseconds since the epoch */
  make(about: string, now: number): string;
  /** Milliseconds since it was made; undefined: it is not ours, or of another form. */
  ageOf(about: string, seal: string, now: number): number | undefined;
}

/** @param secret the API's, from which the seals' own is derived */
export function createFormSeals(secret: string): FormSeals {
  const key = createHmac('sha256', secret).update('form seal').digest();
  const sign = (about: string, at: string, nonce: string): string =>
    createHmac('sha256', key)
      .update(JSON.stringify([about, at, nonce]))
      .digest('base64url');
  return {
    make(about, now) {
      const [at, nonce] = [now.toString(36), randomBytes(9).toString('base64url')];
      return `${at}.${nonce}.${sign(about, at, nonce)}`;
    },
    ageOf(about, seal, now) {
      const [at = '', nonce = '', given = ''] = seal.split('.');
      const [right, theirs] = [Buffer.from(sign(about, at, nonce)), Buffer.from(given)];
      if (right.length !== theirs.length || !timingSafeEqual(right, theirs)) return undefined;
      return now - Number.parseInt(at, 36);
    },
  };
}
