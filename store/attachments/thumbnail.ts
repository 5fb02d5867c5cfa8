/** Small copies of pictures (缩略图), made one at a time: decoding is what takes memory. */
import sharp from 'sharp';
import { FileUnfit, MOST_THUMBNAIL_PIXELS } from '../../domain/files/kinds';

/** Longest side in pixels. */
const SIDE = 320;
/** A picture that takes longer to decode, in seconds, was made to do so. */
const LONGEST = 20;

sharp.cache(false);
sharp.concurrency(1);

let last: Promise<unknown> = Promise.resolve();

/** Runs jobs one after another, whatever comes of the one before. */
function oneByOne<T>(job: () => Promise<T>): Promise<T> {
  const mine = last.then(job, job);
  last = mine.catch(() => undefined);
  return mine;
}

/**
 * @param clean the picture without what a device wrote beside it; it holds the way up alone
 * @returns JPEG without any metadata. @throws FileUnfit where it cannot be decoded; what the stream throws
 */
export const thumbnail = (clean: () => Promise<AsyncIterable<Uint8Array>>): Promise<Buffer> =>
  oneByOne(async () => {
    const pieces: Uint8Array[] = [];
    for await (const piece of await clean()) pieces.push(piece);
    try {
      return await sharp(Buffer.concat(pieces), { limitInputPixels: MOST_THUMBNAIL_PIXELS, failOn: 'error' })
        .timeout({ seconds: LONGEST })
        .autoOrient()
        .resize({ width: SIDE, height: SIDE, fit: 'inside', withoutEnlargement: true })
        .flatten({ background: '#ffffff' })
        .jpeg({ quality: 70 })
        .toBuffer();
    } catch {
      // libvips' words are about the picture's inside, and it may be hostile.
      throw new FileUnfit('FileNotWhatItSays', 'the picture cannot be decoded');
    }
  });
