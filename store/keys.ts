import { createHash } from 'node:crypto';

/** The key-encryption keys of the vault by their id; new data keys are wrapped with the current one. */
export interface KeyRing {
  current: string;
  byId: ReadonlyMap<string, Buffer>;
}

const KEY_BYTES = 32;

/** Says which key wrapped something without saying anything about the key. */
const idOf = (key: Buffer): string =>
  createHash('sha256').update('shouwang kek id').update(key).digest('hex').slice(0, 16);

/** The vault's keys of an installation. @throws RangeError as of {@link keyRing} */
export const ringOf = ({ vault: [current, ...older] }: { vault: readonly [string, ...string[]] }): KeyRing =>
  keyRing(current, older);

/**
 * @param current base64 of 32 bytes (VAULT_KEY)
 * @param older keys that still open what they wrapped
 * @throws RangeError when one has another length; the message does not show it
 */
export function keyRing(current: string, older: string[] = []): KeyRing {
  const keys = [current, ...older].map((text) => Buffer.from(text, 'base64'));
  if (keys.some((key) => key.length !== KEY_BYTES)) throw new RangeError('a vault key must be the base64 of 32 bytes');
  const entries = keys.map((key): [string, Buffer] => [idOf(key), key]);
  return { current: entries[0]?.[0] ?? '', byId: new Map(entries) };
}
