/** Who works a case: handing over (交接), standing in (代管), moving to another station (移交). */
import { z } from 'zod';
import { TRANSFER_GROUNDS } from '../../domain/custody';
import { CASE_TYPES, RISKS } from '../../domain/model';
import { at, freeText, id, time } from './common';

export const nothing = z.strictObject({});
export const takeOverBody = z.strictObject({ reason: freeText(2_000).optional() });
export const handOverBody = z.strictObject({ staffId: id, note: freeText().optional() });
export const transferBody = z.strictObject({
  stationId: id,
  ground: z.enum(TRANSFER_GROUNDS).meta({
    description: 'consent (同意): of guardian or child; statutory (法定事由): the law or an order says so',
  }),
  reason: freeText().meta({
    description: 'Why, who consented and when, or which article or order; the other station reads it',
  }),
});
const askedAt = time.optional().meta({
  description: 'Which offer is answered, by its `askedAt` of `GET /transfers`: refused where that one was withdrawn',
});
export const acceptTransferBody = z.strictObject({
  staffId: id
    .optional()
    .meta({ description: 'Who has the case from now on; absent: whoever is on duty answers for it' }),
  askedAt,
});
export const declineTransferBody = z.strictObject({ reason: freeText(), askedAt });

const COVER_SPAN = { from: time.optional(), until: time.optional() };
export const coverBody = z
  .strictObject({
    staffId: id.meta({ description: 'Who is away' }),
    byId: id.meta({ description: 'Who stands in' }),
    ...COVER_SPAN,
    leaveId: id.optional().meta({ description: 'A leave of the roster (请假) gives the times' }),
    preview: z.boolean().optional().meta({ description: 'true: says what would move, and moves nothing' }),
  })
  .refine(({ leaveId, until }) => (leaveId === undefined) !== (until === undefined), {
    path: ['until'],
    message: 'either until, or leaveId',
  })
  .refine(({ staffId, byId }) => staffId !== byId, { path: ['byId'], message: 'must be somebody else' });

const held = z.strictObject({
  caseId: z.string(),
  number: z.string(),
  steps: z.array(z.strictObject({ id: z.string(), name: z.string(), state: z.string(), dueAt: at })),
  /** Why it does not move; null: it does. */
  stays: z.string().nullable(),
});
export const coverAnswer = z.strictObject({
  id: z.string(),
  stationId: z.string(),
  staffId: z.string(),
  byId: z.string(),
  from: at,
  until: at,
  leaveId: z.string().nullable(),
  endedAt: at.nullable(),
});
export const coverMade = z.strictObject({
  cover: coverAnswer.nullable(),
  cases: z.array(held),
  /** What to know before: whoever stands in is away too. */
  warnings: z.array(z.enum(['by_is_away', 'no_cases'])),
});
export type CoverMade = z.infer<typeof coverMade>;

export const transferQuery = z.strictObject({
  way: z.enum(['in', 'out', 'past']).default('in').meta({
    description: 'in: offered to us; out: offered by us; past: what left us and we still read',
  }),
});
export const transferItem = z.strictObject({
  caseId: z.string(),
  number: z.string(),
  type: z.enum(CASE_TYPES),
  risk: z.enum(RISKS),
  stationId: z.string(),
  stationName: z.string(),
  toStationId: z.string().nullable(),
  toStationName: z.string().nullable(),
  ground: z.enum(TRANSFER_GROUNDS).nullable(),
  askedBy: z.string().nullable(),
  askedAt: at.nullable(),
  acceptBy: at.nullable(),
  reason: z.string().nullable(),
  leftAt: at.nullable(),
});
export type TransferItem = z.infer<typeof transferItem>;
export const declinedAnswer = z.strictObject({ caseId: z.string(), declined: z.literal(true) });
