/** Who may know of a case. */
import { z } from 'zod';
import { at, freeText, id } from './common';

const named = z.strictObject({ staffId: z.string(), name: z.string().nullable(), by: z.string(), since: at });

export const restrictBody = z.strictObject({
  /** Whoever restricts is among them, named or not. */
  staffIds: z.array(id).min(1).max(50),
  reason: freeText(),
});
export const reasonOnly = z.strictObject({ reason: freeText() });
export const nothingBody = z.strictObject({});
export const conflictBody = z.strictObject({ staffId: id, reason: freeText() });
export const glassBody = z.strictObject({
  number: z
    .string()
    .trim()
    .regex(/^[A-Za-z]\d{4}$/, 'must be a case number such as A0123')
    .meta({ description: 'The number of the case, as texts and mails have it' }),
  reason: freeText(),
});

export const restrictionAnswer = z.strictObject({
  restricted: z.boolean(),
  named: z.array(named),
  conflicts: z.array(named),
});
export type RestrictionAnswer = z.infer<typeof restrictionAnswer>;

export const glassAnswer = z.strictObject({
  id: z.string(),
  caseId: z.string(),
  number: z.string(),
  staffId: z.string(),
  name: z.string().nullable(),
  openedAt: at,
  until: at,
  endedAt: at.nullable(),
});
export type GlassAnswer = z.infer<typeof glassAnswer>;
