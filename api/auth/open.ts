/** What of better-auth is open, and what each may be told; everything else of it is 404, whatever a later version adds. */
import { z } from 'zod';

const password = z.string().min(1).max(200);
const code = z.string().trim().min(1).max(40);
const nothing = z.strictObject({});
const withPassword = z.strictObject({ password });
const withCode = z.strictObject({ code });

export const SIGN_IN = '/sign-in/username';
export const CHANGE_PASSWORD = '/change-password';
export const ENABLE = '/two-factor/enable';
export const DISABLE = '/two-factor/disable';
export const SEND_TEXT = '/two-factor/send-otp';
const VERIFY_TOTP = '/two-factor/verify-totp';
export const VERIFY_TEXT = '/two-factor/verify-otp';
export const VERIFY_BACKUP = '/two-factor/verify-backup-code';
export const NEW_BACKUP_CODES = '/two-factor/generate-backup-codes';
export const NEW_KEY = '/api-key/create';

export const OPEN = {
  [`POST ${SIGN_IN}`]: z.strictObject({ username: z.string().min(1).max(100), password }),
  'POST /sign-out': nothing,
  'GET /get-session': nothing,
  [`POST ${CHANGE_PASSWORD}`]: z.strictObject({ currentPassword: password, newPassword: password }),
  'POST /revoke-other-sessions': nothing,
  [`POST ${ENABLE}`]: withPassword,
  [`POST ${DISABLE}`]: withPassword,
  [`POST ${SEND_TEXT}`]: nothing,
  [`POST ${VERIFY_TOTP}`]: withCode,
  [`POST ${VERIFY_TEXT}`]: withCode,
  [`POST ${VERIFY_BACKUP}`]: withCode,
  [`POST ${NEW_BACKUP_CODES}`]: withPassword,
  [`POST ${NEW_KEY}`]: z.strictObject({
    name: z.string().trim().min(1).max(60).optional(),
    /** Seconds. */
    expiresIn: z
      .number()
      .int()
      .min(3600)
      .max(366 * 86_400)
      .optional(),
  }),
  'GET /api-key/list': nothing,
  'POST /api-key/delete': z.strictObject({ keyId: z.string().min(1).max(100) }),
} as const satisfies Record<string, z.ZodType>;

export const schemaOf = (method: string, path: string): z.ZodType | undefined =>
  new Map<string, z.ZodType>(Object.entries(OPEN)).get(`${method} ${path}`);

/** Where somebody's own password is asked for again: as guessable as at the sign-in. */
export const WITH_PASSWORD = new Set([CHANGE_PASSWORD, ENABLE, DISABLE, NEW_BACKUP_CODES]);
/** Codes of a second factor, at the sign-in or while it is set up. */
export const WITH_CODE = new Set([VERIFY_TOTP, VERIFY_TEXT, VERIFY_BACKUP]);
/** Needs nobody signed in. */
export const FOR_ANYBODY = new Set([SIGN_IN, '/sign-out', '/get-session', SEND_TEXT, ...WITH_CODE]);
/** Closed to who has to set up a second factor first. */
export const FOR_WHOLE = new Set([NEW_KEY, '/api-key/list', '/api-key/delete']);
