/** Who looked at what. */
import { z } from 'zod';
import { ACCESS_PATTERNS } from '../../domain/access-patterns';
import { GROUNDS } from '../../store/access-log';
import { at, cursor, limit } from './common';

export const accessQuery = z.strictObject({ cursor: cursor.optional(), limit });

export const accessLine = z.strictObject({
  at,
  /** Null: a partner's page, or nobody was signed in. */
  staffId: z.string().nullable(),
  name: z.string().nullable(),
  /** A permission, or what was tried. */
  action: z.string(),
  allowed: z.boolean(),
  ground: z.enum(GROUNDS).nullable(),
  address: z.string().nullable(),
});
export type AccessLine = z.infer<typeof accessLine>;

export const accessFinding = z.strictObject({
  id: z.string(),
  kind: z.enum(ACCESS_PATTERNS),
  /** A member of staff, or an address where nobody was signed in. */
  who: z.string(),
  name: z.string().nullable(),
  count: z.number(),
  since: at,
  foundAt: at,
});
export type AccessFinding = z.infer<typeof accessFinding>;
