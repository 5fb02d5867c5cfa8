/** The copy of a file that may leave (外发副本): without the place and whatever else a device wrote beside the content. */
import type { Bytes } from './byte-source';
import { checkPdf } from './check-pdf';
import { cleanJpeg } from './clean-jpeg';
import { cleanMp4 } from './clean-mp4';
import { cleanPng } from './clean-png';
import { cleanWebp } from './clean-webp';
import type { MediaType } from './kinds';
import type { Size } from './pixels';

/** Types whose clean copy may differ from the original. */
const CHANGED: readonly MediaType[] = ['image/jpeg', 'image/png', 'image/webp', 'audio/mp4'];
export const isCleaned = (type: MediaType): boolean => CHANGED.includes(type);

interface Options {
  /** Hears of a picture's size. */
  seen?: (size: Size) => void;
  /** Of the clean copy in bytes, where it is known. */
  size?: number;
}

/**
 * The clean copy as a stream; reading it to its end also checks the whole file.
 * @throws FileUnfit where the file is not what its first bytes promise
 */
export function clean(type: MediaType, bytes: Bytes, { seen = () => undefined, size = 0 }: Options = {}): Bytes {
  switch (type) {
    case 'image/jpeg':
      return cleanJpeg(bytes, seen);
    case 'image/png':
      return cleanPng(bytes, seen);
    case 'image/webp':
      return cleanWebp(bytes, seen, size);
    case 'audio/mp4':
      return cleanMp4(bytes);
    case 'application/pdf':
      return checkPdf(bytes);
    default:
      return bytes;
  }
}
