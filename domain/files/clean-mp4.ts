/** Sound in MP4 without what a phone writes beside it, such as where it was recorded. Nothing moves: offsets stay right. */
import { type Bytes, ByteSource } from './byte-source';
import { FileUnfit } from './kinds';

/** A table of contents of an hour's recording is some hundred kB. */
const MOST_MOOV = 8 * 1024 * 1024;
/** Boxes that hold others. */
const PARENTS = new Set(['moov', 'trak', 'mdia']);
/** What people and phones add: names, places, dates. */
const ADDED = new Set(['udta', 'meta', 'uuid']);
const DAMAGED = 'the recording is damaged';

const nameAt = (view: DataView, at: number): string =>
  String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3));

function blank(view: DataView, at: number, size: number): void {
  for (const [n, letter] of [...'free'].entries()) view.setUint8(at + 4 + n, letter.charCodeAt(0));
  for (let n = at + 8; n < at + size; n += 1) view.setUint8(n, 0);
}

/** Blanks what was added, and refuses films. @param from a box's first byte, up to but without `until` */
function cleanBoxes(view: DataView, from: number, until: number): void {
  for (let at = from; at < until;) {
    const size = until - at < 8 ? 0 : view.getUint32(at);
    if (size < 8 || at + size > until) throw new FileUnfit('FileNotWhatItSays', DAMAGED);
    const name = nameAt(view, at + 4);
    if (name === 'hdlr' && size >= 20 && nameAt(view, at + 16) === 'vide') {
      throw new FileUnfit('FileTypeUnsupported', 'films are not taken');
    }
    if (ADDED.has(name)) blank(view, at, size);
    else if (PARENTS.has(name)) cleanBoxes(view, at + 8, at + size);
    at += size;
  }
}

/** @throws FileUnfit for what is no whole MP4, or holds a film */
export async function* cleanMp4(bytes: Bytes): AsyncGenerator<Uint8Array> {
  const source = new ByteSource(bytes);
  let known = false;
  for (let lead = await source.take(8); lead; lead = await source.take(8)) {
    const head = Uint8Array.from(lead);
    const name = String.fromCharCode(...head.subarray(4));
    let size = new DataView(head.buffer).getUint32(0);
    let done = 8;
    let wide: Uint8Array | undefined;
    if (size === 1) {
      wide = Uint8Array.from(await source.need(8));
      size = Number(new DataView(wide.buffer).getBigUint64(0));
      done = 16;
    }
    // Size 0: up to the end of the file, which only the sound itself may be.
    if (size === 0 && name === 'mdat') {
      yield head;
      for (let piece = await source.piece(); piece; piece = await source.piece()) yield piece;
      break;
    }
    if (size < done) throw new FileUnfit('FileNotWhatItSays', DAMAGED);
    if (name !== 'moov' && !ADDED.has(name)) {
      yield head;
      if (wide) yield wide;
      yield* source.pass(size - done);
      continue;
    }
    if (size > MOST_MOOV || wide) throw new FileUnfit('FileUnsafe', 'the recording has an unusual table of contents');
    const box = new Uint8Array(size);
    box.set(head);
    box.set(await source.need(size - done), done);
    cleanBoxes(new DataView(box.buffer), 0, size);
    known ||= name === 'moov';
    yield box;
  }
  if (!known) throw new FileUnfit('FileNotWhatItSays', 'the recording is not whole');
}
