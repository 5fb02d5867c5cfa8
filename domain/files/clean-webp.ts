/** WebP without Exif and XMP. */
import { type Bytes, ByteSource } from './byte-source';
import { FileUnfit } from './kinds';
import { checkPixels, type Size } from './pixels';

const KEPT = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF', 'ICCP']);
/** Of VP8X: says that there is Exif (8), or XMP (4). */
const SAYS_MORE = 0x0c;
const LEAD = 10;

/** Of a chunk's first ten bytes; undefined for one that says no size. */
function sizeOf(kind: string, body: Uint8Array): Size | undefined {
  const view = new DataView(body.buffer, body.byteOffset, body.length);
  if (kind === 'VP8X') {
    const three = (at: number) => view.getUint16(at, true) + (body[at + 2] ?? 0) * 65_536 + 1;
    return { width: three(4), height: three(7) };
  }
  if (kind === 'VP8 ') return { width: view.getUint16(6, true) & 0x3fff, height: view.getUint16(8, true) & 0x3fff };
  if (kind !== 'VP8L') return undefined;
  const bits = view.getUint32(1, true);
  return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
}

/**
 * @param size of the clean copy in bytes, which stands in its head; 0 while it is not known yet
 * @throws FileUnfit for what is no whole WebP, or has too many pixels
 */
export async function* cleanWebp(bytes: Bytes, seen: (size: Size) => void, size = 0): AsyncGenerator<Uint8Array> {
  const source = new ByteSource(bytes);
  const head = Uint8Array.from(await source.need(12));
  const view = new DataView(head.buffer);
  let left = view.getUint32(4, true) - 4;
  view.setUint32(4, Math.max(0, size - 8), true);
  yield head;
  let sized = false;
  while (left > 0) {
    const lead = Uint8Array.from(await source.need(8));
    const length = new DataView(lead.buffer).getUint32(4, true);
    const padded = length + (length % 2);
    const kind = String.fromCharCode(...lead.subarray(0, 4));
    left -= 8 + padded;
    if (left < 0) throw new FileUnfit('FileNotWhatItSays', 'the picture is damaged');
    if (padded >= LEAD) {
      const body = Uint8Array.from(await source.need(LEAD));
      const found = sizeOf(kind, body);
      if (found) seen(checkPixels(found));
      sized ||= found !== undefined;
      if (kind === 'VP8X') body[0] = (body[0] ?? 0) & ~SAYS_MORE;
      source.back(body);
    }
    if (KEPT.has(kind)) {
      yield lead;
      yield* source.pass(padded);
    } else await source.skip(padded);
  }
  if (!sized) throw new FileUnfit('FileNotWhatItSays', 'the picture has no size');
  await source.drain();
}
