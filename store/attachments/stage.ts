/**
 * An upload's first half (暂存): streamed, checked and sealed into the store, without a row. Nothing points to it until it is
 * kept; what is neither kept nor discarded, the sweep takes away. What is refused has never lain there under its name.
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { clean } from '../../domain/files/clean';
import {
  familyOf,
  FileUnfit,
  type MediaType,
  MOST_FILE_BYTES,
  MOST_THUMBNAIL_BYTES,
  MOST_THUMBNAIL_PIXELS,
} from '../../domain/files/kinds';
import { checkSaid, HEAD_BYTES, typeOf } from '../../domain/files/magic';
import type { Size } from '../../domain/files/pixels';
import type { Blobs } from '../blobs/blob';
import type { Db } from '../db';
import { openStream, type Sealed, sealedStretch, sealStream } from './sealed-stream';

/** More than may be attached. */
export class FileTooLarge extends Error {
  override readonly name = 'FileTooLarge';
  constructor(readonly most: number) {
    super(`a file may have at most ${most / 1_048_576} MB`);
  }
}

/** A file as it comes in. Its name is the child's, and goes to the vault. */
export interface Incoming {
  name: string;
  /** Its Content-Type. */
  said: string;
  bytes: AsyncIterable<Uint8Array>;
}

/** Where files go. */
export interface Shelf {
  db: Db;
  blobs: Blobs;
}

/** What lies in the store and belongs to nobody yet. */
export interface Staged {
  blobKey: string;
  fileKey: Buffer;
  name: string;
  type: MediaType;
  /** Bytes of the file as it came, and of its clean copy. */
  size: number;
  cleanSize: number;
  /** Hex; of the file as it came. */
  sha256: string;
  picture: Size | null;
  /** Bytes of the small copy; null: there is none. */
  thumbSize: number | null;
}

export const thumbKey = (blobKey: string): string => `${blobKey}.thumb`;

/** A stream that hands each piece to a second reader as well, which has to be content with the whole before it ends. */
async function* shown(
  bytes: AsyncIterable<Uint8Array>,
  reader: (copy: AsyncIterable<Uint8Array>) => Promise<void>,
): AsyncGenerator<Uint8Array> {
  let give: (next: IteratorResult<Uint8Array>) => void = () => undefined;
  let wants: () => void = () => undefined;
  let wanted = new Promise<void>((resolve) => (wants = resolve));
  const copy: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => ({
      next: () =>
        new Promise((resolve) => {
          give = resolve;
          wants();
        }),
    }),
  };
  const reading = reader(copy);
  // Its failure is thrown below, at the next piece or at the end.
  const failed = reading.then(
    () => undefined,
    () => undefined,
  );
  for await (const piece of bytes) {
    await Promise.race([wanted, failed.then(() => reading)]);
    wanted = new Promise<void>((resolve) => (wants = resolve));
    give({ value: piece, done: false });
    yield piece;
  }
  await Promise.race([wanted, failed.then(() => reading)]);
  give({ value: undefined, done: true });
  await reading;
}

/** The first bytes of a stream, and the whole of it again. */
async function peek(bytes: AsyncIterable<Uint8Array>): Promise<{ head: Uint8Array; whole: AsyncIterable<Uint8Array> }> {
  const source = bytes[Symbol.asyncIterator]();
  const pieces: Uint8Array[] = [];
  for (let held = 0; held < HEAD_BYTES;) {
    const next = await source.next();
    if (next.done) break;
    pieces.push(next.value);
    held += next.value.length;
  }
  async function* whole(): AsyncGenerator<Uint8Array> {
    yield* pieces;
    for (let next = await source.next(); !next.done; next = await source.next()) yield next.value;
  }
  return { head: Buffer.concat(pieces).subarray(0, HEAD_BYTES), whole: whole() };
}

async function* counted(
  bytes: AsyncIterable<Uint8Array>,
  count: (piece: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  for await (const piece of bytes) {
    count(piece);
    yield piece;
  }
}

/**
 * Streams a file into the store.
 * @throws FileTooLarge, FileUnfit, or what the incoming stream fails with; nothing is left in the store then
 */
export async function stage(shelf: Shelf, { name, said, bytes }: Incoming): Promise<Staged> {
  const { db, blobs } = shelf;
  const { head, whole } = await peek(bytes);
  if (head.length === 0) throw new FileUnfit('FileNotWhatItSays', 'the file is empty');
  const type = typeOf(head);
  checkSaid(type, said, name);
  const of: Sealed = { fileKey: randomBytes(32), blobKey: randomUUID(), variant: 'original' };
  const sha = createHash('sha256');
  let size = 0;
  let cleanSize = 0;
  let picture: Size | undefined;
  const limited = counted(whole, (piece) => {
    size += piece.length;
    if (size > MOST_FILE_BYTES) throw new FileTooLarge(MOST_FILE_BYTES);
    sha.update(piece);
  });
  const check = async (copy: AsyncIterable<Uint8Array>): Promise<void> => {
    for await (const piece of clean(type, copy, { seen: (found) => (picture ??= found) })) cleanSize += piece.length;
  };
  // Known before it lies there: whatever crashes from here on, the sweep finds it.
  await db.attachmentStage.create({ data: { blobKey: of.blobKey } });
  try {
    await blobs.put(of.blobKey, sealStream(of, shown(limited, check)));
    const { blobKey, fileKey } = of;
    const content = { type, size, cleanSize, sha256: sha.digest('hex'), picture: picture ?? null };
    const staged = { blobKey, fileKey, name, ...content, thumbSize: null };
    return { ...staged, thumbSize: await makeThumbnail(blobs, staged) };
  } catch (error) {
    await discard(shelf, of);
    throw error;
  }
}

/** The file without what a device wrote beside it. */
export async function openClean(
  blobs: Blobs,
  file: Pick<Staged, 'blobKey' | 'fileKey' | 'type' | 'size' | 'cleanSize'>,
) {
  const wanted = { size: file.size, from: 0, to: file.size - 1 };
  const sealed = await blobs.get(file.blobKey, sealedStretch(wanted));
  return clean(file.type, openStream({ ...file, variant: 'original' }, sealed, wanted), { size: file.cleanSize });
}

async function makeThumbnail(blobs: Blobs, staged: Staged): Promise<number | null> {
  const { type, size, picture, fileKey, blobKey } = staged;
  if (familyOf(type) !== 'picture' || !picture || size > MOST_THUMBNAIL_BYTES) return null;
  if (picture.width * picture.height > MOST_THUMBNAIL_PIXELS) return null;
  // Loaded when the first picture comes: most processes never need it.
  const { thumbnail } = await import('./thumbnail.js');
  const small = await thumbnail(() => openClean(blobs, staged));
  const of: Sealed = { fileKey, blobKey, variant: 'thumb' };
  async function* once(): AsyncGenerator<Uint8Array> {
    yield small;
  }
  await blobs.put(thumbKey(blobKey), sealStream(of, once()));
  return small.length;
}

/** Takes a staged file away again. */
export async function discard({ db, blobs }: Shelf, { blobKey }: Pick<Staged, 'blobKey'>): Promise<void> {
  await removeBlobs(blobs, blobKey);
  await db.attachmentStage.deleteMany({ where: { blobKey } });
}

/** A file and its small copy. */
export async function removeBlobs(blobs: Blobs, blobKey: string): Promise<void> {
  await blobs.remove(thumbKey(blobKey));
  await blobs.remove(blobKey);
}
