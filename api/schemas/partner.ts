/** What partners (协作单位) send from the pages behind a text or a mail; forms and JSON alike. */
import { z } from 'zod';
import { freeText } from './common';

/** Drawn anew for each form that is shown, so that a double tap counts once. */
const once = z.uuid().optional();

export const FEEDBACK_OUTCOMES = ['in_progress', 'done', 'cannot'] as const;

export const pickupBody = z.strictObject({
  code: z.string().trim().min(1, '请填写短信中的取件码').max(20, '取件码是 6 位字母或数字'),
  phoneTail: z
    .string()
    .trim()
    .regex(/^\d{4}$/, '请填写收到短信的手机号后四位'),
});

export const confirmBody = z.strictObject({ once });
export const declineBody = z.strictObject({
  reason: freeText(2_000),
  // A field that nobody filled in comes with a form all the same.
  suggestion: z.string().trim().max(2_000).optional(),
  once,
});
export const misdirectBody = z.strictObject({ reason: z.string().trim().max(2_000).optional(), once });
export const feedbackBody = z.strictObject({ outcome: z.enum(FEEDBACK_OUTCOMES), text: freeText(), once });
export const acknowledgeFormBody = z.strictObject({ once });

/** Signing in by a code to the phone that is entered for the partner. */
export const partnerPhoneBody = z.strictObject({
  phone: z
    .string()
    .trim()
    .regex(/^(\+?86)?1\d{10}$/, '请填写手机号码'),
});
export const partnerCodeBody = partnerPhoneBody.extend({
  code: z
    .string()
    .trim()
    .regex(/^[\d\s]{6,12}$/, '请填写短信中的 6 位验证码'),
});
