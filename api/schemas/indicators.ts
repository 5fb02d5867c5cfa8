/** Contracts and their indicators (合同指标). */
import { z } from 'zod';
import { UNITS } from '../../domain/services/contract';
import { STATES } from '../../domain/services/standing';
import { cursor, id, limit, time } from './common';

const moment = time
  .optional()
  .meta({ description: 'As it stood then: records dated later do not count. Default: now' });

export const indicatorQuery = z.strictObject({ contract: id.optional(), at: moment });
export const evidenceQuery = z.strictObject({ at: moment, cursor: cursor.optional(), limit });

const day = z.iso.date();

export const contractAnswer = z.strictObject({
  id: z.string(),
  name: z.string(),
  buyer: z.string(),
  contractor: z.string(),
  stationId: z.string(),
  term: z.strictObject({ from: day, to: day }),
  evaluations: z.array(z.strictObject({ stage: z.string(), name: z.string(), on: day, daysLeft: z.number() })),
  budget: z.number(),
  payments: z.array(z.strictObject({ name: z.string(), amount: z.number(), on: day.nullable() })),
  /** From 0 to 1. */
  shareGone: z.number(),
});

export const indicatorAnswer = z.strictObject({
  id: z.string(),
  name: z.string(),
  part: z.enum(['output', 'performance']),
  unit: z.enum(UNITS),
  unitName: z.string(),
  target: z.number(),
  actual: z.number().nullable(),
  /** Of a rate: counted, of how many. */
  of: z.strictObject({ count: z.number(), whole: z.number() }).nullable(),
  forecast: z.number().nullable(),
  forecastOn: day,
  state: z.enum(STATES),
  short: z.number(),
  note: z.string().nullable(),
  /** What is behind, in a sentence; null where nothing is. */
  warning: z.string().nullable(),
});

export const indicatorsAnswer = z.strictObject({
  contract: contractAnswer,
  asOf: time,
  items: z.array(indicatorAnswer),
});

export const progressQuery = z.strictObject({ at: moment });
export const progressAnswer = z.strictObject({
  id: z.string(),
  target: z.number(),
  term: z.strictObject({ from: day, to: day }),
  items: z.array(z.strictObject({ at: time, actual: z.number().nullable() })),
});

export const evidenceAnswer = z.strictObject({
  source: z.enum(['service', 'case', 'staff', 'survey']),
  id: z.string(),
  at: time.nullable(),
  kind: z.string(),
  label: z.string().nullable(),
  title: z.string().nullable(),
  place: z.string().nullable(),
  minutes: z.number().nullable(),
  people: z.number().nullable(),
  groupId: z.string().nullable(),
  children: z.array(z.string()).meta({ description: 'Numbers of the register, never names' }),
  staffIds: z.array(z.string()),
  answers: z.number().nullable(),
  satisfied: z.number().nullable(),
  verdict: z.enum(['in_time', 'late', 'pending']).nullable(),
  proofs: z.number().meta({ description: 'How many pictures of it are fit for the evaluator' }),
});
