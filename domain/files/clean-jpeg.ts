/** JPEG without what the camera wrote beside the picture: place, time, owner, a second picture behind the first. */
import { type Bytes, ByteSource, cutShort, joined } from './byte-source';
import { FileUnfit } from './kinds';
import { checkPixels, type Size } from './pixels';

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const COMMENT = 0xfe;
const isApp = (marker: number): boolean => marker >= 0xe0 && marker <= 0xef;
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

const says = (body: Uint8Array, word: string): boolean =>
  [...word].every((letter, at) => body[at] === letter.charCodeAt(0));

/** What of the segments for applications belongs to the picture: its form, its colours. */
const isKept = (marker: number, body: Uint8Array): boolean =>
  (marker === 0xe0 && says(body, 'JFIF\0')) ||
  (marker === 0xe2 && says(body, 'ICC_PROFILE\0')) ||
  (marker === 0xee && says(body, 'Adobe'));

const ORIENTATION = 0x0112;
const EXIF_LEAD = 6;

/** Which way up the picture is, 1 to 8; 1 where nothing says so. @param body of a segment that begins with `Exif` */
function orientationOf(body: Uint8Array): number {
  const tiff = new DataView(body.buffer, body.byteOffset + EXIF_LEAD, Math.max(0, body.length - EXIF_LEAD));
  if (tiff.byteLength < 8) return 1;
  const little = tiff.getUint16(0) === 0x4949;
  const from = tiff.getUint32(4, little);
  if (from + 2 > tiff.byteLength) return 1;
  const count = tiff.getUint16(from, little);
  for (let n = 0; n < count; n += 1) {
    const entry = from + 2 + n * 12;
    if (entry + 12 > tiff.byteLength) return 1;
    if (tiff.getUint16(entry, little) !== ORIENTATION) continue;
    const value = tiff.getUint16(entry + 8, little);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

/** An Exif segment that holds the orientation alone. */
const orientationSegment = (value: number): Uint8Array =>
  Uint8Array.from([
    ...[0xff, 0xe1, 0, 34, 0x45, 0x78, 0x69, 0x66, 0, 0],
    ...[0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1],
    ...[0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, value, 0, 0, 0, 0, 0, 0],
  ]);

/** After 0xff within a picture's data: a byte of it, or a restart. */
const isData = (code: number): boolean => code === 0 || (code >= 0xd0 && code <= 0xd7);

/** The picture's data after a start of scan, up to the next marker. @returns that marker */
async function* scan(source: ByteSource): AsyncGenerator<Uint8Array, number> {
  for (let piece = await source.piece(); piece; piece = await source.piece()) {
    let at = piece.indexOf(0xff);
    while (at >= 0 && at + 1 < piece.length && isData(piece[at + 1] ?? 0)) at = piece.indexOf(0xff, at + 2);
    if (at < 0) {
      yield piece;
      continue;
    }
    if (at > 0) yield piece.subarray(0, at);
    source.back(piece.subarray(at));
    const [lead = 0xff, marker = 0] = await source.need(2);
    if (marker === 0xff) source.back(Uint8Array.of(marker));
    else if (isData(marker)) yield Uint8Array.of(lead, marker);
    else return marker;
  }
  throw cutShort();
}

/**
 * @param seen hears of the picture's size before anything behind it is read
 * @throws FileUnfit for what is no whole JPEG, or has too many pixels
 */
export async function* cleanJpeg(bytes: Bytes, seen: (size: Size) => void): AsyncGenerator<Uint8Array> {
  const source = new ByteSource(bytes);
  const [, first] = await source.need(2);
  if (first !== SOI) throw cutShort();
  yield Uint8Array.of(0xff, SOI);
  let pending: number | undefined;
  let sized = false;
  let oriented = false;
  for (;;) {
    let marker = pending;
    pending = undefined;
    while (marker === undefined) {
      const [lead, code] = await source.need(2);
      if (lead !== 0xff) throw new FileUnfit('FileNotWhatItSays', 'the picture is damaged');
      if (code === 0xff) source.back(Uint8Array.of(0xff));
      else marker = code;
    }
    if (marker === EOI) {
      if (!sized) throw cutShort();
      yield Uint8Array.of(0xff, EOI);
      // What follows is no part of the picture: a film, a map, a second picture with its own place.
      return await source.drain();
    }
    const [high = 0, low = 0] = await source.need(2);
    const length = high * 256 + low;
    if (length < 2) throw new FileUnfit('FileNotWhatItSays', 'the picture is damaged');
    const body = Uint8Array.from(await source.need(length - 2));
    if (isFrame(marker)) {
      if (body.length < 6) throw cutShort();
      const view = new DataView(body.buffer);
      seen(checkPixels({ height: view.getUint16(1), width: view.getUint16(3) }));
      sized = true;
    }
    if (marker === 0xe1 && says(body, 'Exif\0') && !oriented) {
      const orientation = orientationOf(body);
      oriented = true;
      if (orientation !== 1) yield orientationSegment(orientation);
    }
    if (marker === COMMENT || (isApp(marker) && !isKept(marker, body))) continue;
    yield joined([Uint8Array.of(0xff, marker, high, low), body]);
    if (marker === SOS) pending = yield* scan(source);
  }
}
