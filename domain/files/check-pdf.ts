/** Reads through a PDF for what has no business in evidence: programs, other files, calls of programs. */
import { type Bytes, ByteSource, joined } from './byte-source';
import { FileUnfit } from './kinds';

const ACTIVE = /\/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|XFA)(?![A-Za-z0-9])/;
/** A name may be written with its letters in hexadecimal: /#4aavaScript. */
const ESCAPED = /#([0-9A-Fa-f]{2})/g;
/** The longest of these names with every letter escaped, and one more. */
const OVERLAP = 64;
const TAIL = 2_048;

const latin = (bytes: Uint8Array): string => {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8_192) text += String.fromCharCode(...bytes.subarray(at, at + 8_192));
  return text;
};

/** @throws FileUnfit for what is not whole, or carries programs */
export async function* checkPdf(bytes: Bytes): AsyncGenerator<Uint8Array> {
  const source = new ByteSource(bytes);
  let tail: Uint8Array = new Uint8Array(0);
  for (let piece = await source.piece(); piece; piece = await source.piece()) {
    const looked = joined([tail.subarray(-OVERLAP), piece]);
    const text = latin(looked).replaceAll(ESCAPED, (_all, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    );
    if (ACTIVE.test(text))
      throw new FileUnfit('FileUnsafe', 'the PDF carries programs, forms that run, or other files');
    tail = joined([tail, piece]).slice(-TAIL);
    yield piece;
  }
  if (!latin(tail).includes('%%EOF')) throw new FileUnfit('FileNotWhatItSays', 'the PDF is not whole');
}
