import { z } from 'zod';
import { MEDIA_TYPES } from '../../domain/files/kinds';
import { COPIES } from '../../store/attachments/content';
import { OWNER_KINDS } from '../../store/attachments/records';
import { at, freeText } from './common';

const captionOf = freeText(500);
/** The form's fields beside `file`. */
export const uploadFields = z.strictObject({ caption: captionOf.optional() });

/** name, caption and checksum are null once the child's key was destroyed. */
export const attachmentAnswer = z.strictObject({
  id: z.string(),
  ownerKind: z.enum(OWNER_KINDS),
  ownerId: z.string(),
  type: z.enum(MEDIA_TYPES),
  size: z.number().meta({ description: 'Bytes of the file as it came' }),
  width: z.number().nullable(),
  height: z.number().nullable(),
  thumbnail: z.boolean(),
  name: z.string().nullable(),
  caption: z.string().nullable(),
  sha256: z.string().nullable(),
  addedBy: z.strictObject({ kind: z.enum(['staff', 'partner']), id: z.string() }),
  addedAt: at,
  withdrawnAt: at.nullable(),
  withdrawnBy: z.string().nullable(),
  reason: z.string().nullable(),
  erasedAt: at.nullable(),
});
export type AttachmentAnswer = z.infer<typeof attachmentAnswer>;

export const contentQuery = z.strictObject({
  copy: z.enum(COPIES).default('clean').meta({
    description:
      'clean: without the place and whatever else a device wrote beside the content; original: as it came, for those who may; thumb: a small JPEG of a picture',
  }),
});
export const withdrawBody = z.strictObject({ reason: freeText(2_000) });
export const withdrawnAnswer = z.strictObject({
  id: z.string(),
  withdrawnAt: at.nullable(),
  withdrawnBy: z.string().nullable(),
});
