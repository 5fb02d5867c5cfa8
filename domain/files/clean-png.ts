/** PNG without text, time and Exif. */
import { type Bytes, ByteSource } from './byte-source';
import { FileUnfit } from './kinds';
import { checkPixels, type Size } from './pixels';

/** What belongs to the picture: its form, colours, density, and the frames of one that moves. */
const KEPT = new Set('IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP sBIT pHYs bKGD hIST acTL fcTL fdAT'.split(' '));

/** @throws FileUnfit for what is no whole PNG, or has too many pixels */
export async function* cleanPng(bytes: Bytes, seen: (size: Size) => void): AsyncGenerator<Uint8Array> {
  const source = new ByteSource(bytes);
  yield Uint8Array.from(await source.need(8));
  for (let first = true; ; first = false) {
    const lead = Uint8Array.from(await source.need(8));
    const length = new DataView(lead.buffer).getUint32(0);
    const kind = String.fromCharCode(...lead.subarray(4));
    if (first !== (kind === 'IHDR') || (first && length !== 13) || length > 0x7fff_ffff) {
      throw new FileUnfit('FileNotWhatItSays', 'the picture is damaged');
    }
    if (first) {
      const body = Uint8Array.from(await source.need(length));
      const view = new DataView(body.buffer);
      seen(checkPixels({ width: view.getUint32(0), height: view.getUint32(4) }));
      source.back(body);
    }
    if (KEPT.has(kind)) {
      yield lead;
      yield* source.pass(length + 4);
    } else await source.skip(length + 4);
    if (kind === 'IEND') return await source.drain();
  }
}
