/** Files as devices make them, for tests of attachments. */
import sharp from 'sharp';

export const bytesOf = async (stream: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const pieces: Uint8Array[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
};

/** A buffer in pieces of a size, as a network brings them. */
export async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** What a phone writes into its pictures: where it was taken, and by what. */
export const OWNER = 'OWNER-ZHANGSAN';
const EXIF = {
  IFD0: { Make: 'PhoneMaker', Artist: OWNER },
  IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '43/1 49/1 30/1', GPSLongitudeRef: 'E', GPSLongitude: '87/1 37/1 0/1' },
};

/** A picture that has detail, upright or turned by its Exif. */
export async function picture(
  kind: 'jpeg' | 'png' | 'webp',
  { width = 400, height = 200, orientation = 1 }: { width?: number; height?: number; orientation?: number } = {},
): Promise<Buffer> {
  const raw = Buffer.alloc(width * height * 3);
  for (let at = 0; at < raw.length; at += 1) raw[at] = (at * 7 + Math.floor(at / (width * 3)) * 13) % 256;
  const drawn = sharp(raw, { raw: { width, height, channels: 3 } })
    .withExif(EXIF)
    .withMetadata({ exif: EXIF, orientation });
  return drawn.toFormat(kind).toBuffer();
}

export const pdf = (inside = ''): Buffer =>
  Buffer.from(`%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R${inside}>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj
trailer<</Root 1 0 R>>\n%%EOF\n`);

/** A second of silence and so many bytes more. */
export function wav(bytes: number): Buffer {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + bytes, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.write('data', 36);
  head.writeUInt32LE(bytes, 40);
  const data = Buffer.alloc(bytes);
  for (let at = 0; at < bytes; at += 1) data[at] = (at * 31) % 251;
  return Buffer.concat([head, data]);
}

const box = (name: string, ...inside: Buffer[]): Buffer => {
  const body = Buffer.concat(inside);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + body.length, 0);
  head.write(name, 4, 'latin1');
  return Buffer.concat([head, body]);
};

export const PLACE = '+43.8256+087.6168/';
/** A recording as a phone makes it, with the place in its table of contents. */
export function m4a(handler: 'soun' | 'vide' = 'soun'): Buffer {
  const place = box('udta', box('\u00a9xyz', Buffer.from([0, PLACE.length, 0x15, 0xc7]), Buffer.from(PLACE)));
  const track = box('trak', box('mdia', box('hdlr', Buffer.alloc(8), Buffer.from(handler), Buffer.alloc(12))));
  return Buffer.concat([
    box('ftyp', Buffer.from('M4A \0\0\0\0')),
    box('mdat', Buffer.alloc(5_000, 7)),
    box('moov', track, place),
  ]);
}
