/** What a file is, by its first bytes; what it is called counts only as something to hold against them. */
import { FILE_TYPES, FileUnfit, type MediaType } from './kinds';

/** As many first bytes as are looked at. */
export const HEAD_BYTES = 4_096;

const ascii = (head: Uint8Array, from: number, length: number): string =>
  String.fromCharCode(...head.subarray(from, from + length));
const startsWith = (head: Uint8Array, ...bytes: number[]): boolean => bytes.every((byte, at) => head[at] === byte);

const SOUND_BRANDS = /^(M4A |M4B |mp4[12]|isom|iso[2-6]|3gp\d|3g2\w|dash|MSNV)/;
const HEIF_BRANDS = /^(heic|heix|hevc|heim|heis|mif1|msf1|avif)/;

/** A frame of MPEG sound, layers I to III, with no reserved value in it. */
const isMpegFrame = (head: Uint8Array): boolean => {
  const [sync = 0, second = 0, third = 0] = head;
  const layer = (second >> 1) & 3;
  return (
    sync === 0xff &&
    (second & 0xe0) === 0xe0 &&
    ((second >> 3) & 3) !== 1 &&
    layer !== 0 &&
    third >> 4 !== 15 &&
    ((third >> 2) & 3) !== 3
  );
};
const isAdts = (head: Uint8Array): boolean => head[0] === 0xff && ((head[1] ?? 0) & 0xf6) === 0xf0;

function found(head: Uint8Array): MediaType | undefined {
  if (startsWith(head, 0xff, 0xd8, 0xff)) return 'image/jpeg';
  if (startsWith(head, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'image/png';
  const [lead, form] = [ascii(head, 0, 4), ascii(head, 8, 4)];
  if (lead === 'RIFF' && form === 'WEBP') return 'image/webp';
  if (lead === 'RIFF' && form === 'WAVE') return 'audio/wav';
  if (ascii(head, 0, 5) === '%PDF-') return 'application/pdf';
  if (ascii(head, 4, 4) === 'ftyp' && SOUND_BRANDS.test(form)) return 'audio/mp4';
  if (ascii(head, 0, 3) === 'ID3') return 'audio/mpeg';
  if (lead === 'OggS') return 'audio/ogg';
  if (/^#!AMR(-WB)?\n/.test(ascii(head, 0, 9))) return 'audio/amr';
  if (startsWith(head, 0x1a, 0x45, 0xdf, 0xa3) && ascii(head, 0, 64).includes('webm')) return 'audio/webm';
  if (isAdts(head)) return 'audio/aac';
  return isMpegFrame(head) ? 'audio/mpeg' : undefined;
}

/** Why what people send most often is not taken, so that they know what to do. */
function whyNot(head: Uint8Array): string {
  if (startsWith(head, 0x50, 0x4b, 3, 4) || startsWith(head, 0xd0, 0xcf, 0x11, 0xe0)) {
    return 'Office documents and archives are not taken, since they can carry programs; save it as PDF';
  }
  if (ascii(head, 4, 4) === 'ftyp' && HEIF_BRANDS.test(ascii(head, 8, 4)))
    return 'HEIC pictures are not taken; send JPEG';
  if (ascii(head, 4, 4) === 'ftyp') return 'films are not taken';
  return 'only pictures (JPEG, PNG, WebP), sound (MP3, M4A, AAC, WAV, OGG, WebM, AMR) and PDF are taken';
}

/**
 * @param head the first {@link HEAD_BYTES} bytes, or all of a shorter file
 * @throws FileUnfit FileTypeUnsupported
 */
export function typeOf(head: Uint8Array): MediaType {
  const type = found(head);
  if (type === undefined) throw new FileUnfit('FileTypeUnsupported', whyNot(head));
  if (type === 'audio/webm' && /V_(VP8|VP9|AV1|MPEG)/.test(ascii(head, 0, head.length))) {
    throw new FileUnfit('FileTypeUnsupported', 'films are not taken');
  }
  return type;
}

/** What says nothing about a file. */
const SILENT = new Set(['', 'application/octet-stream']);

/**
 * Holds what a file says of itself against what it is.
 * @param said its Content-Type, with or without parameters
 * @param name what it is called
 * @throws FileUnfit FileNotWhatItSays
 */
export function checkSaid(type: MediaType, said: string, name: string): void {
  const { endings, aliases } = FILE_TYPES[type];
  const declared = (said.split(';')[0] ?? '').trim().toLowerCase();
  if (!SILENT.has(declared) && declared !== type && !(aliases as readonly string[]).includes(declared)) {
    throw new FileUnfit('FileNotWhatItSays', `the file is ${type} and not what its Content-Type says`);
  }
  const ending = /\.([A-Za-z0-9]{1,8})$/.exec(name)?.[1]?.toLowerCase();
  if (ending !== undefined && !(endings as readonly string[]).includes(ending)) {
    throw new FileUnfit('FileNotWhatItSays', `the file is ${type}, and the ending of its name says something else`);
  }
}
