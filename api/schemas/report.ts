/** The body of a report (接报). */
import { z } from 'zod';
import { CASE_TYPES, RISKS, TRIGGERS } from '../../domain/model';
import { beijingDate, MINUTE, ZONES, type Zone } from '../../domain/zone';
import { AHEAD_MS, BACK_MS, freeText, id, msOf } from './common';

export const SEXES = ['female', 'male', 'unknown'] as const;
const REPORTER_ROLES = [
  'staff',
  'relative',
  'teacher',
  'doctor',
  'police',
  'neighbour',
  'child',
  'hotline',
  'other',
] as const;

/** Mobile and fixed lines of the mainland, hotlines (12345, 12355), and numbers abroad with their country's code. */
const PHONE = /^(?:(?:\+?86)?1[3-9]\d{9}|(?:0\d{2,3})?[2-9]\d{6,7}|(?:400|800)\d{7}|1\d{4}|\+\d{8,15})$/;

export const phone = z
  .string()
  .max(30)
  .refine((value) => PHONE.test(value.replace(/[\s()-]/g, '')), 'must be a telephone number');

export const birthDate = z.iso
  .date('must be a real date such as 2015-03-07')
  .refine((value) => value <= beijingDate(Date.now()), 'must not lie in the future')
  .refine((value) => value >= '1900-01-01', 'must not lie before 1900');

/**
 * 公民身份号码, by its shape alone: over the telephone a digit is misheard easily, and a wrong check digit
 * must not hold a report up.
 */
export const idNumber = z.string().regex(/^\d{17}[\dXx]$/, 'must be 17 digits and a digit or X');

export const child = z.strictObject({
  name: freeText(100).optional(),
  sex: z.enum(SEXES).optional(),
  birthDate: birthDate.optional(),
  idNumber: idNumber.optional(),
  phone: phone.optional(),
  address: freeText(500).optional(),
});

export const reporter = z.strictObject({
  name: freeText(100).optional(),
  phone: phone.optional(),
  role: z.enum(REPORTER_ROLES).optional(),
});

export type Child = z.infer<typeof child>;
export type Reporter = z.infer<typeof reporter>;

export const CLOCKS = ['beijing', 'xinjiang'] as const satisfies readonly Zone[];
export const WHOSE = 'needs an offset, such as +08:00; or say in clock whose time it is: beijing or xinjiang';
const OFFSET = /(?:Z|[+-]\d{2}:\d{2})$/;

export const takenDown = z.iso
  .datetime({ offset: true, local: true, message: 'must be a time, such as 2026-09-30T22:10:00+08:00' })
  .meta({ description: 'RFC 3339 with an offset; without one it is what the clock showed that `clock` names' });

/**
 * The moment, in milliseconds, of a time that was taken down. Over the telephone people in the west may mean Xinjiang
 * time, two hours behind Beijing's (北京时间、新疆时间); an offset leaves no doubt and goes before the clock.
 * @returns undefined for a time without an offset where no clock is named
 */
export function momentOf(value: string, clock: Zone | undefined): number | undefined {
  if (OFFSET.test(value)) return msOf(value);
  return clock && msOf(`${value}Z`) - ZONES[clock] * MINUTE;
}

/** When a report was received (now where it does not say) and when the thing happened, in milliseconds. */
export function momentsOf(
  { receivedAt, occurredAt, clock }: Pick<ReportBody, 'receivedAt' | 'occurredAt' | 'clock'>,
  now: number,
): { receivedAt?: number; occurredAt?: number } {
  return {
    receivedAt: receivedAt === undefined ? now : momentOf(receivedAt, clock),
    occurredAt: occurredAt === undefined ? undefined : momentOf(occurredAt, clock),
  };
}

const fields = z.strictObject({
  type: z.enum(CASE_TYPES),
  risk: z.enum(RISKS).optional(),
  stationId: id.optional(),
  receivedAt: takenDown.optional(),
  occurredAt: takenDown.optional(),
  clock: z
    .enum(CLOCKS)
    .optional()
    .meta({ description: 'Whose time it is where one has no offset: beijing +08:00, xinjiang +06:00' }),
  triggers: z.array(z.enum(TRIGGERS)).max(TRIGGERS.length).optional(),
  guardianIsSuspect: z.boolean().optional(),
  drill: z.boolean().optional().meta({ description: 'A drill (演练): made-up data only; needs case:drill' }),
  child,
  reporter: reporter.optional(),
  // As long as a body may be: what is too long is 413, and not refused twice in two ways.
  narrative: freeText(256 * 1024),
});

/** The clock that times are held against. */
let clock: () => number = Date.now;

/**
 * Reads a report as of a moment of whichever clock counts. One schema serves all moments, since making one has it compiled
 * anew; reading does not wait for anything, so nobody else's moment comes between.
 * @param now milliseconds since the epoch
 */
export function asOf<T>(now: number, read: () => T): T {
  clock = () => now;
  try {
    return read();
  } finally {
    clock = Date.now;
  }
}

/** What `POST /cases` takes. All that is wrong is said at once. */
export const reportBody = fields.superRefine((body, context) => {
  const now = clock();
  const refuse = (path: string, message: string): void =>
    context.addIssue({ code: 'custom', path: [path], message, input: undefined });
  const { receivedAt, occurredAt } = momentsOf(body, now);
  if (receivedAt === undefined) refuse('receivedAt', WHOSE);
  if (body.occurredAt !== undefined && occurredAt === undefined) refuse('occurredAt', WHOSE);
  if (receivedAt === undefined) return;
  if (receivedAt > now + AHEAD_MS) refuse('receivedAt', 'must not lie in the future');
  if (receivedAt < now - BACK_MS) refuse('receivedAt', 'must not lie more than 400 days back');
  if (occurredAt !== undefined && occurredAt > receivedAt + AHEAD_MS)
    refuse('occurredAt', 'must not lie after receivedAt');
});

export type ReportBody = z.infer<typeof reportBody>;
