/** Accounts of staff (工作人员账号) and what belongs to one's own. */
import { z } from 'zod';
import { FACTORS } from '../../domain/sign-in';
import { ROLES } from '../permissions';
import { id, limit } from './common';

/** better-auth's bounds of a user name, in small letters. */
export const newStaffId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_.]{2,29}$/, 'must be 3 to 30 small letters, digits, _ or .');
const name = z.string().trim().min(1, 'must not be empty').max(40);
const role = z.enum(ROLES);
const at = z.string();

export const accountBody = z.strictObject({ staffId: newStaffId, name, role, stationId: id });
export const accountPatch = z
  .strictObject({
    name: name.optional(),
    role: role.optional(),
    stationId: id.optional(),
    active: z.boolean().optional(),
  })
  .refine((body) => Object.keys(body).length > 0, 'say what is to change');

export const accountAnswer = z.strictObject({
  staffId: z.string(),
  username: z.string().nullable(),
  name: z.string(),
  role,
  stationId: z.string(),
  stationName: z.string(),
  active: z.boolean(),
  /** Has set a password. */
  ready: z.boolean(),
  secondFactor: z.array(z.enum(FACTORS)),
  sessions: z.number().int(),
  lastUsedAt: at.nullable(),
  setupLinkUntil: at.nullable(),
  /** Held back somewhere after wrong tries. */
  held: z.boolean(),
});
export type AccountAnswer = z.infer<typeof accountAnswer>;

export const setupLinkAnswer = z.strictObject({
  /** Shown this once; null when the request is repeated. */
  url: z.string().nullable(),
  expiresAt: at,
});
export type SetupLinkAnswer = z.infer<typeof setupLinkAnswer>;

export const sessionAnswer = z.strictObject({
  id: z.string(),
  /** The one that asks. */
  current: z.boolean(),
  createdAt: at,
  usedAt: at,
  address: z.string(),
  /** What the browser calls itself. */
  agent: z.string(),
});
export type SessionAnswer = z.infer<typeof sessionAnswer>;
export const endedAnswer = z.strictObject({ ended: z.number().int() });

export const accountEventAnswer = z.strictObject({
  id: z.string(),
  at,
  staffId: z.string(),
  subjectId: z.string(),
  action: z.string(),
  data: z.record(z.string(), z.unknown()),
});
export type AccountEventAnswer = z.infer<typeof accountEventAnswer>;
export const accountEventQuery = z.strictObject({
  before: z
    .string()
    .regex(/^\d{1,18}$/)
    .optional(),
  limit,
});

export const ownAnswer = z.strictObject({
  staffId: z.string(),
  username: z.string(),
  name: z.string(),
  role,
  secondFactor: z.strictObject({
    /** Set up, and may be used. */
    methods: z.array(z.enum(FACTORS)),
    /** What the role may use. */
    allowed: z.array(z.enum(FACTORS)),
    demanded: z.boolean(),
    /** Where codes by text go; null: there is no verified phone. */
    phoneTail: z.string().nullable(),
  }),
  idleMinutes: z.number(),
  longestMinutes: z.number(),
});
export type OwnAnswer = z.infer<typeof ownAnswer>;

const token = z.string().regex(/^[\w-]{20,100}$/, 'must be the end of a set-up link');
export const setupOpenBody = z.strictObject({ token });
export const setupOpenAnswer = z.strictObject({ username: z.string(), name: z.string(), role });
export const setupBody = z.strictObject({ token, password: z.string().min(1).max(200) });
export const setupAnswer = z.strictObject({ username: z.string() });
export type SetupAnswer = z.infer<typeof setupAnswer>;
