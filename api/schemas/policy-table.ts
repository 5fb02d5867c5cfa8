/** The policy as people read it, and what a case would have by it. */
import { z } from 'zod';
import { CASE_TYPES, RISKS, RUNG_ROLES, START_EVENTS, TRIGGERS } from '../../domain/model';
import { stepAnswer } from './answers';

const risk = z.enum(RISKS);
const type = z.enum(CASE_TYPES);
const perRisk = z.record(risk, z.string().nullable());

/** When a rule holds; everything that is said must be true of the case. */
export const whenAnswer = z.strictObject({
  types: z.array(type).optional(),
  risks: z.array(risk).optional(),
  triggers: z.array(z.enum(TRIGGERS)).optional(),
  guardianIsSuspect: z.boolean().optional(),
  underSix: z.boolean().optional(),
  safe: z.boolean().optional(),
  returned: z.boolean().optional(),
  happenedWithinHours: z.number().optional(),
  once: z.array(z.string()).optional(),
  unless: z.array(z.string()).optional(),
});

export const policyTable = z.strictObject({
  version: z.string(),
  name: z.string(),
  types: z.array(
    z.strictObject({
      type,
      name: z.string(),
      usual: risk,
      least: z.array(z.strictObject({ risk, why: z.string() })),
      notes: z.array(z.string()),
    }),
  ),
  rules: z.array(
    z.strictObject({
      kind: z.string(),
      name: z.string(),
      start: z.enum(START_EVENTS),
      binds: z.enum(['station', 'watch']),
      /** Risk → deadline in words; null: no such step at that level. */
      due: perRisk,
      every: perRisk.nullable(),
      extendable: z.boolean(),
      when: whenAnswer,
      basis: stepAnswer.shape.basis.extend({ figure: z.string().optional() }),
    }),
  ),
  ladders: z.record(
    risk,
    z.strictObject({
      rungs: z.array(z.strictObject({ to: z.enum(RUNG_ROLES), afterMinutes: z.number() })),
      repeatMinutes: z.number(),
      ackBuysMinutes: z.number(),
    }),
  ),
});
export type PolicyTable = z.infer<typeof policyTable>;

const yes = z.enum(['true', 'false']);

export const whatIfQuery = z.strictObject({
  type,
  risk: risk.optional(),
  receivedAt: z.iso.datetime({ offset: true }).optional(),
  guardianIsSuspect: yes.optional(),
  underSix: yes.optional(),
  triggers: z
    .string()
    .regex(/^[a-z_,]*$/)
    .refine(
      (value) => value.split(',').every((one) => one === '' || z.enum(TRIGGERS).safeParse(one).success),
      'must be triggers, separated by commas',
    )
    .optional()
    .meta({ description: 'Triggers, separated by commas' }),
});

const planned = stepAnswer.pick({
  ...{ id: true, kind: true, name: true, binds: true, startAt: true, dueAt: true },
  ...{ remindAt: true, basis: true, extendable: true },
});

export const whatIfAnswer = z.strictObject({
  risk,
  raisedFrom: risk.nullable(),
  why: z.string().nullable(),
  receivedAt: z.iso.datetime({ offset: true }),
  steps: z.array(planned),
});
export type WhatIfAnswer = z.infer<typeof whatIfAnswer>;
