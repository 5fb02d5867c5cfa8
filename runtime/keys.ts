/**
 * Which key is for what (密钥用途): one purpose each, so that none opens what another locks. VAULT_KEY wraps children's keys and
 * nothing else once LINK_KEY, INDEX_KEY and PAYLOAD_KEYS are set; until then those derive from it. It can be replaced only when
 * nothing derives from it any more.
 */
import { hkdfSync } from 'node:crypto';

const KEY_BYTES = 32;

export interface KeySetting {
  /** Base64 of 32 bytes: wraps from now on. */
  vaultKey: string;
  /** Others that still open what they wrapped, or are to be known before they wrap. */
  vaultKeysOld?: readonly string[] | undefined;
  linkKey?: string | undefined;
  indexKey?: string | undefined;
}

export interface InstallationKeys {
  /** Key-encryption keys of the vault; the first wraps. */
  vault: readonly [string, ...string[]];
  /** What links, pick-up codes and codes for contacts derive from. */
  links: Buffer;
  /**
   * The key of one blind index (盲索引), such as `register`: hashes that find a child without opening the vault. A new index takes a
   * purpose of its own here, and never the vault's key.
   */
  index(purpose: string): Buffer;
}

const bytesOf = (text: string): Buffer => Buffer.from(text, 'base64');

/** Another key for each purpose, of which none leads back to the root or to the others. */
export const derive = (root: Uint8Array, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', root, Buffer.alloc(0), purpose, KEY_BYTES));

/** Every key by its purpose; links and indexes derive from the vault’s where they have none of their own. */
export function keysOf({ vaultKey, vaultKeysOld = [], linkKey, indexKey }: KeySetting): InstallationKeys {
  const root = bytesOf(indexKey ?? vaultKey);
  return {
    vault: [vaultKey, ...vaultKeysOld],
    links: linkKey === undefined ? derive(bytesOf(vaultKey), 'links') : bytesOf(linkKey),
    index: (purpose) => derive(root, purpose),
  };
}
