/** Words that many bodies share. Nothing here transforms, so that OpenAPI can be made from the very same schemas. */
import { z } from 'zod';
import { DAY, MINUTE } from '../../domain/zone';

/** How far a time may lie ahead: clocks differ a little. */
export const AHEAD_MS = 5 * MINUTE;
/** How far back a report may have been received. */
export const BACK_MS = 400 * DAY;

/** Beyond these a time is a slip of the keyboard, and further out the database would not take it. */
const isThinkable = (value: string): boolean => {
  const year = new Date(value).getUTCFullYear();
  return year >= 2000 && year < 2100;
};

/** RFC 3339 with an offset, e.g. `2026-09-30T22:10:00+08:00`. */
export const time = z.iso
  .datetime({ offset: true, message: 'must be a time with an offset, such as 2026-09-30T22:10:00+08:00' })
  .refine(isThinkable, 'must lie between the years 2000 and 2100')
  .meta({ description: 'RFC 3339 with an offset' });

/** A Beijing day. */
export const day = z.iso.date('must be a real date such as 2025-03-07');

/** Milliseconds since the epoch of a time that `time` let through. */
export const msOf = (value: string): number => Date.parse(value);

/** Ids of staff, partners, stations: short words without anything that a database or a URL could trip over. */
export const id = z.string().regex(/^[\w.:-]{1,120}$/, 'must be an id');

export const uuid = z.uuid();
export const isUuid = (value: string | undefined): value is string => uuid.safeParse(value).success;

/** Free text of a person; it goes to the vault and nowhere else. */
export const freeText = (max = 10_000): z.ZodString => z.string().trim().min(1, 'must not be empty').max(max);

/** What lists are paged by; opaque to callers. */
export const cursor = z
  .string()
  .max(300)
  .regex(/^[\w-]+$/, 'must be the nextCursor of an earlier answer');
export const limit = z.coerce.number().int().min(1).max(200).default(50);

/** A moment in an answer. */
export const at = z.iso.datetime({ offset: true });
