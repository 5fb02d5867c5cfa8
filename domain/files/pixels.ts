import { FileUnfit, MOST_PIXELS } from './kinds';

export interface Size {
  width: number;
  height: number;
}

/** Looked at before anything is decoded. @throws FileUnfit FileUnsafe for a picture that unpacks to too much */
export function checkPixels({ width, height }: Size): Size {
  if (width === 0 || height === 0) throw new FileUnfit('FileNotWhatItSays', 'the picture has no size');
  if (width * height <= MOST_PIXELS) return { width, height };
  throw new FileUnfit('FileUnsafe', `the picture has more than ${MOST_PIXELS / 1_000_000} million pixels`);
}
