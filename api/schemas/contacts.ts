/** Contacts (联系方式) as they are entered and answered. */
import { z } from 'zod';
import { RUNG_ROLES } from '../../domain/model';
import { isMobile } from '../../domain/phone';
import { at, id } from './common';

const label = z.string().trim().min(1, 'must not be empty').max(20);
const KINDS = ['phone', 'email'] as const;

export const contactBody = z
  .strictObject({
    staffId: id.optional(),
    partnerId: id.optional(),
    dutyPhone: z.strictObject({ stationId: id.optional(), role: z.enum(RUNG_ROLES) }).optional(),
    kind: z.enum(KINDS),
    value: z.string().trim().min(3).max(120),
    label: label.optional(),
    replaces: id.optional().meta({ description: 'The contact whose place it takes once it is verified' }),
  })
  .meta({ description: "Of one owner: staffId, partnerId or dutyPhone; absent: the caller's own" })
  .superRefine((body, context) => {
    const refuse = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [path], message, input: undefined });
    const owners = [body.staffId, body.partnerId, body.dutyPhone].filter((one) => one !== undefined);
    if (owners.length > 1) refuse('staffId', 'name one owner: staffId, partnerId or dutyPhone');
    if (body.kind === 'phone' && !isMobile(body.value)) refuse('value', 'must be a mobile number of the mainland');
    if (body.kind === 'email' && !z.email().safeParse(body.value).success) refuse('value', 'must be a mailbox');
    if (body.kind === 'email' && body.dutyPhone) refuse('kind', 'must be phone: a duty phone has no mailbox');
  });
export type ContactBody = z.infer<typeof contactBody>;

export const contactPatch = z.strictObject({
  order: z.number().int().min(0).max(99).optional(),
  label: label.optional(),
});
export const codeBody = z.strictObject({ code: z.string().trim().min(1).max(20) });

export const contactAnswer = z.strictObject({
  id: z.string(),
  owner: z.union([
    z.strictObject({ kind: z.literal('staff'), staffId: z.string() }),
    z.strictObject({ kind: z.literal('partner'), partnerId: z.string() }),
    z.strictObject({ kind: z.literal('duty_phone'), stationId: z.string(), role: z.string() }),
  ]),
  kind: z.enum(KINDS),
  value: z.string(),
  label: z.string().nullable(),
  order: z.number(),
  verifiedAt: at.nullable(),
  replaces: z.string().nullable(),
});
export type ContactAnswer = z.infer<typeof contactAnswer>;
export const codeAnswer = z.strictObject({ sent: z.literal(true), goodUntil: at });
