/**
 * A file sealed in chunks, so that it is written and read as a stream, also from its middle. AES-256-GCM; the key is this
 * file's own, so nonces may count; the last chunk is sealed as the last, so that a file cut short does not open.
 */
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { VaultSealBroken } from '../vault-cipher';

/** Plain bytes of a chunk. */
export const CHUNK = 64 * 1024;
const TAG = 16;
const VERSION = 1;
const HEAD = 1;

/** Which of a file's sealed streams: the file as it came, or the small picture of it. */
export type Variant = 'original' | 'thumb';

/** What a stream is sealed with: the file's key, and the name that it lies under. */
export interface Sealed {
  fileKey: Buffer;
  blobKey: string;
  variant: Variant;
}

const keyOf = ({ fileKey, variant }: Sealed): Buffer =>
  Buffer.from(hkdfSync('sha256', fileKey, Buffer.alloc(0), `attachment/${variant}`, 32));

const aadOf = ({ blobKey, variant }: Sealed): Buffer => Buffer.from(JSON.stringify(['attachment', blobKey, variant]));

/** last (1), zeros (3), number of the chunk (8) */
function nonceOf(chunk: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt8(last ? 1 : 0, 0);
  nonce.writeBigUInt64BE(BigInt(chunk), 4);
  return nonce;
}

/** Seals a stream. An empty one becomes one empty chunk. */
export async function* sealStream(of: Sealed, plain: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const key = keyOf(of);
  const aad = aadOf(of);
  let chunk = 0;
  const seal = (bytes: Buffer, last: boolean): Buffer => {
    const cipher = createCipheriv('aes-256-gcm', key, nonceOf(chunk, last), { authTagLength: TAG });
    chunk += 1;
    cipher.setAAD(aad);
    return Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
  };
  yield Buffer.of(VERSION);
  let waiting: Uint8Array[] = [];
  let held = 0;
  for await (const piece of plain) {
    waiting.push(piece);
    held += piece.length;
    if (held <= CHUNK) continue;
    let whole = Buffer.concat(waiting);
    // A full chunk is sealed once there is more: only then it is known not to be the last.
    for (; whole.length > CHUNK; whole = whole.subarray(CHUNK)) yield seal(whole.subarray(0, CHUNK), false);
    waiting = [whole];
    held = whole.length;
  }
  yield seal(Buffer.concat(waiting), true);
}

const chunksOf = (size: number): number => Math.max(1, Math.ceil(size / CHUNK));

/** Plain bytes `from` up to and with `to` of a file of `size` bytes. */
export interface Wanted {
  size: number;
  from: number;
  to: number;
}

/** Where the chunks lie that hold what is wanted. */
export function sealedStretch({ size, from, to }: Wanted): { from: number; to: number } {
  const [first, last] = [Math.floor(from / CHUNK), Math.floor(to / CHUNK)];
  const end = last + 1 === chunksOf(size) ? HEAD + size + chunksOf(size) * TAG : HEAD + (last + 1) * (CHUNK + TAG);
  return { from: HEAD + first * (CHUNK + TAG), to: end - 1 };
}

/**
 * Opens the chunks that hold what is wanted, and yields exactly that.
 * @param sealed the bytes of sealedStretch()
 * @throws VaultSealBroken where it was changed, cut short, or is another file
 */
export async function* openStream(
  of: Sealed,
  sealed: AsyncIterable<Uint8Array>,
  { size, from, to }: Wanted,
): AsyncGenerator<Buffer> {
  const key = keyOf(of);
  const aad = aadOf(of);
  const [count, until] = [chunksOf(size), Math.floor(to / CHUNK) + 1];
  let chunk = Math.floor(from / CHUNK);
  const next = (): number => (chunk === until ? 1 : (chunk + 1 === count ? size - chunk * CHUNK : CHUNK) + TAG);
  const open = (bytes: Buffer): Buffer => {
    const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(chunk, chunk + 1 === count), { authTagLength: TAG });
    decipher.setAAD(aad);
    decipher.setAuthTag(bytes.subarray(-TAG));
    const plain = decipher.update(bytes.subarray(0, -TAG));
    try {
      decipher.final();
    } catch {
      // OpenSSL's word for a wrong tag says nothing more than this.
      throw new VaultSealBroken(of.blobKey);
    }
    const at = chunk * CHUNK;
    return plain.subarray(Math.max(0, from - at), Math.min(plain.length, to + 1 - at));
  };
  let waiting: Uint8Array[] = [];
  let held = 0;
  for await (const piece of sealed) {
    waiting.push(piece);
    held += piece.length;
    if (held < next()) continue;
    let whole = Buffer.concat(waiting);
    while (chunk < until && whole.length >= next()) {
      const length = next();
      yield open(whole.subarray(0, length));
      chunk += 1;
      whole = whole.subarray(length);
    }
    waiting = [whole];
    held = whole.length;
  }
  if (held > 0 || chunk !== until) throw new VaultSealBroken(of.blobKey);
}
