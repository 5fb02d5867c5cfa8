/** Filters of the lists. */
import { z } from 'zod';
import { CASE_TYPES, REFERRAL_STATES, RISKS } from '../../domain/model';
import { cursor, day, id, limit } from './common';
import { idNumber } from './report';

export const PARTNER_KINDS = [
  'police',
  'school',
  'hospital',
  'civil_affairs',
  'womens_federation',
  'procuratorate',
  'court',
  'other',
] as const;

export const caseQuery = z.strictObject({
  status: z.enum(['open', 'closing', 'closed']).optional(),
  risk: z.enum(RISKS).optional(),
  type: z.enum(CASE_TYPES).optional(),
  overdue: z.enum(['true', 'false']).optional(),
  drill: z
    .enum(['true', 'false'])
    .optional()
    .meta({ description: 'true: drills (演练) alone; they are left out otherwise' }),
  assignee: id.optional(),
  q: z.string().trim().max(40).optional().meta({ description: 'The case number or a part of it' }),
  cursor: cursor.optional(),
  limit,
});
export type CaseQuery = z.infer<typeof caseQuery>;

/** At least one; what fits any of them is found. */
export const caseSearch = z
  .strictObject({
    name: z.string().trim().min(2).max(60).optional(),
    phone: z.string().trim().min(7).max(30).optional(),
    idNumber: idNumber.optional(),
  })
  .refine((asked) => Object.values(asked).some((value) => value !== undefined), {
    message: 'say a name, a phone or an identity number',
  });

export const alertQuery = z.strictObject({
  state: z.enum(['open', 'acknowledged', 'resolved']).optional(),
  cursor: cursor.optional(),
  limit,
});

/** The register of referrals (转介台账); days are those of sending. */
export const referralQuery = z.strictObject({
  state: z.enum(REFERRAL_STATES).optional(),
  partner: id.optional(),
  kind: z.enum(PARTNER_KINDS).optional(),
  from: day.optional().meta({ description: 'First Beijing day' }),
  to: day.optional().meta({ description: 'Last Beijing day' }),
});

export const partnerQuery = z.strictObject({ kind: z.enum(PARTNER_KINDS).optional() });
export const emptyQuery = z.strictObject({});
