import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** What was sealed does not open: it was changed, moved to another row, or sealed with another key. */
export class VaultSealBroken extends Error {
  override readonly name = 'VaultSealBroken';
  constructor(readonly id: string) {
    super(`vault entry ${id} does not open: changed, moved, or under another key`);
  }
}

/** Layout: version (1), nonce (12), tag (16), ciphertext. */
const VERSION = 1;
const NONCE = 12;
const TAG = 16;
const HEAD = 1 + NONCE + TAG;

/** AES-256-GCM under a random nonce. @param context is authenticated with it: the row that it belongs to */
export function encrypt(key: Buffer, plain: Buffer, context: readonly string[]): Uint8Array<ArrayBuffer> {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG });
  cipher.setAAD(Buffer.from(JSON.stringify(context)));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return new Uint8Array(Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), body]));
}

/**
 * @param id what to name when it fails
 * @throws VaultSealBroken
 */
export function decrypt(key: Buffer, sealed: Uint8Array, context: readonly string[], id: string): Buffer {
  if (sealed.length < HEAD || sealed[0] !== VERSION) throw new VaultSealBroken(id);
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 1 + NONCE), { authTagLength: TAG });
  decipher.setAAD(Buffer.from(JSON.stringify(context)));
  decipher.setAuthTag(sealed.subarray(1 + NONCE, HEAD));
  const body = decipher.update(sealed.subarray(HEAD));
  try {
    return Buffer.concat([body, decipher.final()]);
  } catch {
    // OpenSSL's word for a wrong tag says nothing more than this.
    throw new VaultSealBroken(id);
  }
}
