/** The bytes of an attachment, opened as they are read. */
import { isCleaned } from '../../domain/files/clean';
import type { MediaType } from '../../domain/files/kinds';
import type { Blobs } from '../blobs/blob';
import type { OpenedAttachment } from './records';
import { openStream, sealedStretch } from './sealed-stream';
import { openClean, thumbKey } from './stage';

/**
 * - clean: the copy that may leave, without place and whatever else a device wrote beside the content
 * - original: the file as it came, evidence
 * - thumb: a small JPEG of a picture
 */
export const COPIES = ['clean', 'original', 'thumb'] as const;
export type Copy = (typeof COPIES)[number];

export interface Content {
  type: MediaType;
  /** Bytes of the whole copy. */
  size: number;
  /** Bytes `from` up to and with `to`. */
  read(from: number, to: number): Promise<AsyncIterable<Uint8Array>>;
}

async function* slice(bytes: AsyncIterable<Uint8Array>, from: number, to: number): AsyncGenerator<Uint8Array> {
  let at = 0;
  for await (const piece of bytes) {
    const [start, end] = [Math.max(0, from - at), Math.min(piece.length, to + 1 - at)];
    if (start < end) yield piece.subarray(start, end);
    at += piece.length;
    if (at > to) return;
  }
}

/** @returns undefined where there is no such copy, or no key to open it with */
export function contentOf(blobs: Blobs, { row, words }: OpenedAttachment, copy: Copy): Content | undefined {
  if (!words || row.erasedAt) return undefined;
  const { blobKey, size, cleanSize, thumbSize } = row;
  const { fileKey } = words;
  const type = row.type as MediaType;
  if (copy === 'clean' && isCleaned(type)) {
    const file = { blobKey, fileKey, type, size, cleanSize };
    return { type, size: cleanSize, read: async (from, to) => slice(await openClean(blobs, file), from, to) };
  }
  const [variant, key, whole] =
    copy === 'thumb' ? (['thumb', thumbKey(blobKey), thumbSize] as const) : (['original', blobKey, size] as const);
  if (whole === null) return undefined;
  return {
    type: copy === 'thumb' ? 'image/jpeg' : type,
    size: whole,
    read: async (from, to) => {
      const wanted = { size: whole, from, to };
      return openStream({ fileKey, blobKey, variant }, await blobs.get(key, sealedStretch(wanted)), wanted);
    },
  };
}
