/** Service records (服务记录), groups (小组) and the register of children (在册儿童): bodies, filters, answers. */
import { z } from 'zod';
import { GROUP_THEMES, PLACES, SERVICE_KINDS } from '../../domain/services/kinds';
import { cursor, day, freeText, id, limit, time, uuid } from './common';
import { birthDate, CLOCKS, idNumber, phone, SEXES, takenDown } from './report';

const some = (message: string) => z.array(id).max(60, message);
const children = z.array(uuid).max(300, 'at most 300 children');
const headCount = z.number().int().min(0).max(20_000);
const answered = z.number().int().min(0).max(100_000);
const title = freeText(60).meta({ description: 'A public name such as 六一游园会; no personal data' });

const fields = {
  kind: z.enum(SERVICE_KINDS),
  at: takenDown,
  clock: z.enum(CLOCKS).optional().meta({ description: 'Whose time it is where `at` has no offset' }),
  minutes: z.number().int().min(1).max(1440),
  place: z.enum(PLACES),
  title: title.nullable().optional(),
  groupId: uuid.nullable().optional(),
  caseId: uuid.nullable().optional(),
  staffIds: some('at most 60 people').min(1, 'needs somebody'),
  childIds: children,
  headCount,
  answers: answered.nullable().optional(),
  satisfied: answered.nullable().optional(),
};

/** Entered in under a minute: who is asking stands in for staffIds, nobody for childIds and headCount. */
export const serviceBody = z.strictObject({
  ...fields,
  staffIds: fields.staffIds.optional(),
  childIds: children.default([]),
  headCount: headCount.default(0),
  note: freeText().optional().meta({ description: 'What was done, and where exactly; sealed in the vault' }),
});

export const correctionBody = z.strictObject({
  ...z.strictObject(fields).partial().shape,
  note: freeText().optional(),
  reason: freeText().optional(),
});
export type CorrectionBody = z.infer<typeof correctionBody>;

export const withdrawBody = z.strictObject({ reason: freeText() });

export const serviceQuery = z.strictObject({
  kind: z.enum(SERVICE_KINDS).optional(),
  from: day.optional().meta({ description: 'First Beijing day' }),
  to: day.optional().meta({ description: 'Last Beijing day' }),
  staff: id.optional(),
  child: uuid.optional(),
  group: uuid.optional(),
  case: uuid.optional(),
  withdrawn: z.enum(['true', 'false']).default('false').meta({ description: 'true: withdrawn records alone' }),
  cursor: cursor.optional(),
  limit,
});

export const groupBody = z.strictObject({ title, theme: z.enum(GROUP_THEMES) });
export const groupChangeBody = z.strictObject({
  title: title.optional(),
  theme: z.enum(GROUP_THEMES).optional(),
  ended: z.boolean().optional(),
});
export const pageQuery = z.strictObject({ cursor: cursor.optional(), limit });

/** 留守、流动、低保、残疾、孤儿、事实无人抚养、其他困境 */
const SITUATIONS = [
  'left_behind',
  'migrant',
  'minimum_living_allowance',
  'disabled',
  'orphan',
  'de_facto_unattended',
  'other_difficulty',
] as const;

const childFields = {
  name: freeText(100),
  sex: z.enum(SEXES).optional(),
  birthDate: birthDate.optional(),
  idNumber: idNumber.optional(),
  phone: phone.optional(),
  address: freeText(500).optional(),
  guardian: freeText(100).optional(),
  guardianPhone: phone.optional(),
  situations: z.array(z.enum(SITUATIONS)).max(SITUATIONS.length).optional(),
  note: freeText(2_000).optional(),
};
export const childBody = z.strictObject(childFields);
export const childChangeBody = z.strictObject({
  data: childBody.optional().meta({ description: 'Everything that is known of the child, in place of what was' }),
  left: z.boolean().optional().meta({ description: 'true: no longer looked after by the station' }),
});
export const childQuery = z.strictObject({
  left: z.enum(['true', 'false']).default('false'),
  cursor: cursor.optional(),
  limit,
});
export const childCaseBody = z.strictObject({ caseId: uuid });

export const postBody = z.strictObject({
  staffId: id,
  fullTime: z.boolean().meta({ description: '专职' }),
  childWelfare: z.boolean().meta({ description: '儿童福利社工' }),
  from: day.meta({ description: 'First Beijing day of the post' }),
  to: day.nullable().optional().meta({ description: 'Its last day; null: still there' }),
});
export const postChangeBody = z.strictObject({
  ...postBody.omit({ staffId: true }).partial().shape,
  withdrawn: z.literal(true).optional().meta({ description: 'Entered by mistake; leaves every count' }),
});
export const postAnswer = z.strictObject({
  id: z.string(),
  stationId: z.string(),
  staffId: z.string(),
  fullTime: z.boolean(),
  childWelfare: z.boolean(),
  from: day,
  to: day.nullable(),
  withdrawn: z.boolean(),
});

export const serviceAnswer = z.strictObject({
  id: z.string(),
  stationId: z.string(),
  kind: z.enum(SERVICE_KINDS),
  name: z.string(),
  at: time,
  minutes: z.number(),
  place: z.enum(PLACES),
  title: z.string().nullable(),
  groupId: z.string().nullable(),
  caseId: z.string().nullable(),
  staffIds: z.array(z.string()),
  childIds: z.array(z.string()),
  headCount: z.number(),
  answers: z.number().nullable(),
  satisfied: z.number().nullable(),
  enteredBy: z.string(),
  enteredAt: time,
  withdrawnAt: time.nullable(),
  rev: z.number(),
});
export const listedService = serviceAnswer.extend({
  files: z.number().meta({ description: 'Its evidence: files that were not withdrawn' }),
});
/** One record with its note opened. */
export const serviceFile = serviceAnswer.extend({ note: z.string().nullable() });

export const serviceEventAnswer = z.strictObject({
  at: time,
  staffId: z.string(),
  action: z.string(),
  changes: z.record(z.string(), z.unknown()),
  reason: z.string().nullable(),
});

export const groupAnswer = z.strictObject({
  id: z.string(),
  stationId: z.string(),
  title: z.string(),
  theme: z.enum(GROUP_THEMES),
  sessions: z.number(),
  enteredAt: time,
  endedAt: time.nullable(),
});

export const childAnswer = z.strictObject({
  id: z.string(),
  stationId: z.string(),
  number: z.string(),
  enteredAt: time,
  leftAt: time.nullable(),
  rev: z.number(),
  data: z.record(z.string(), z.unknown()).nullable().meta({ description: 'null once the child’s key is destroyed' }),
});
export const childFile = childAnswer.extend({
  cases: z.array(z.string()),
  household: z.strictObject({ id: z.string(), number: z.string() }).nullable(),
});
