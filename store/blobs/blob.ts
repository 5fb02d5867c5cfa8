/** What a store of sealed files can do (存储). It sees ciphertext alone. */

/** There is no such file. */
export class BlobUnknown extends Error {
  override readonly name = 'BlobUnknown';
  constructor(readonly key: string) {
    super(`no file ${key}`);
  }
}

export interface StoredBlob {
  key: string;
  bytes: number;
  /** Milliseconds since the epoch. */
  at: number;
}

/** From the first byte up to and with the last one. */
export interface Stretch {
  from: number;
  to: number;
}

export interface Blobs {
  /** All of it under the key, or, where the source fails, nothing. Nothing is held in memory as a whole. */
  put(key: string, source: AsyncIterable<Uint8Array>): Promise<void>;
  /** @throws BlobUnknown before the first byte is read */
  get(key: string, stretch?: Stretch): Promise<AsyncIterable<Uint8Array>>;
  /** What is not there needs no removing. */
  remove(key: string): Promise<void>;
  list(): AsyncIterable<StoredBlob>;
  /** Takes away what uploads left that began before a time (ms) and were cut off by a crash. */
  sweepParts(before: number): Promise<void>;
}

/** Random names: nothing of them says what a file is or whose. */
export const isBlobKey = (key: string): boolean => /^[0-9a-f-]{36}(?:\.thumb)?$/.test(key);
