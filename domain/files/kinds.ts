/** What may be attached (附件): pictures, sound and PDF. Everything else is refused before it is stored. */

export type Family = 'picture' | 'sound' | 'document';

interface FileType {
  family: Family;
  /** Endings of names that go with it, the usual one first. */
  endings: readonly [string, ...string[]];
  /** Other names that phones and browsers give it. */
  aliases: readonly string[];
}

export const FILE_TYPES = {
  'image/jpeg': { family: 'picture', endings: ['jpg', 'jpeg', 'jfif'], aliases: ['image/jpg', 'image/pjpeg'] },
  'image/png': { family: 'picture', endings: ['png'], aliases: [] },
  'image/webp': { family: 'picture', endings: ['webp'], aliases: [] },
  'audio/mpeg': { family: 'sound', endings: ['mp3'], aliases: ['audio/mp3', 'audio/x-mpeg'] },
  'audio/mp4': {
    family: 'sound',
    endings: ['m4a', 'mp4', '3gp', 'aac'],
    aliases: ['audio/x-m4a', 'audio/m4a', 'audio/aac', 'audio/3gpp', 'video/mp4', 'video/3gpp'],
  },
  'audio/aac': { family: 'sound', endings: ['aac'], aliases: ['audio/x-aac', 'audio/aacp', 'audio/x-hx-aac-adts'] },
  'audio/wav': { family: 'sound', endings: ['wav'], aliases: ['audio/x-wav', 'audio/wave', 'audio/vnd.wave'] },
  'audio/ogg': { family: 'sound', endings: ['ogg', 'oga', 'opus'], aliases: ['audio/opus', 'application/ogg'] },
  'audio/webm': { family: 'sound', endings: ['webm', 'weba'], aliases: ['video/webm'] },
  'audio/amr': { family: 'sound', endings: ['amr'], aliases: ['audio/amr-wb', 'audio/3gpp', 'audio/x-amr'] },
  'application/pdf': { family: 'document', endings: ['pdf'], aliases: ['application/x-pdf'] },
} as const satisfies Record<string, FileType>;

export type MediaType = keyof typeof FILE_TYPES;
export const MEDIA_TYPES = Object.keys(FILE_TYPES) as [MediaType, ...MediaType[]];

/** Bytes of one file at most: 50 MB. */
export const MOST_FILE_BYTES = 50 * 1024 * 1024;
/** Pixels of a picture at most: beyond every phone's camera, and far below what a bomb unpacks to. */
export const MOST_PIXELS = 120_000_000;
/** Larger pictures, in bytes or pixels, are kept without a small copy: making one would need too much memory. */
export const MOST_THUMBNAIL_BYTES = 16 * 1024 * 1024;
export const MOST_THUMBNAIL_PIXELS = 64_000_000;

/**
 * - FileTypeUnsupported: nothing that may be attached
 * - FileNotWhatItSays: its type or its name's ending says something else, or it is not whole
 * - FileUnsafe: it carries programs, or unpacks to more than is sensible
 */
export type UnfitKind = 'FileTypeUnsupported' | 'FileNotWhatItSays' | 'FileUnsafe';

/** A file that is refused; the message says why and never quotes the file or its name. */
export class FileUnfit extends Error {
  override readonly name = 'FileUnfit';
  constructor(
    readonly kind: UnfitKind,
    message: string,
  ) {
    super(message);
  }
}

export const familyOf = (type: MediaType): Family => FILE_TYPES[type].family;
export const endingOf = (type: MediaType): string => FILE_TYPES[type].endings[0];
