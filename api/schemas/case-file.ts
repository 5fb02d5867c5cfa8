/** A case's file (案卷) as PDF, and proving it later. */
import { z } from 'zod';

export const verifyBody = z.strictObject({
  sha256: z
    .string()
    .trim()
    .toLowerCase()
    .regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hexadecimal: 64 digits')
    .meta({ description: 'Of the file in question, as `sha256sum` or `certutil -hashfile` has it' }),
});

export const verdictAnswer = z.strictObject({
  /** false: no file of this case with this hash was made here: it was changed, or is another case's. */
  genuine: z.boolean(),
  madeAt: z.iso.datetime({ offset: true }).nullable(),
  madeBy: z.strictObject({ id: z.string(), name: z.string().nullable() }).nullable(),
  pages: z.number().nullable(),
  /** The last entry of the journal that stands in it. */
  untilSeq: z.number().nullable(),
  /** Is the journal whole today, and that entry still what it was? Null: the file is not known. */
  journalHolds: z.boolean().nullable(),
});
export type VerdictAnswer = z.infer<typeof verdictAnswer>;
