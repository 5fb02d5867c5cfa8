/** What one person has to do (我的工作), what waits for a decision (待审批), and whom an alert was told. */
import { z } from 'zod';
import { CASE_TYPES, RISKS, RUNG_ROLES } from '../../domain/model';
import { stepAnswer } from './answers';
import { at } from './common';

const about = {
  caseId: z.string(),
  number: z.string(),
  stationId: z.string(),
  type: z.enum(CASE_TYPES),
  risk: z.enum(RISKS),
  drill: z.boolean(),
  /** The case's own clock. */
  asOf: at,
};

export const workItem = z.strictObject({
  ...about,
  /** Nobody has taken the case on yet. */
  unassigned: z.boolean(),
  step: stepAnswer,
});
export type WorkItem = z.infer<typeof workItem>;

export const workChild = z.strictObject({ caseId: z.string(), name: z.string().nullable() });

export const approvalAnswer = z.strictObject({
  ...about,
  kind: z.enum(['extension', 'closing']),
  stepId: z.string().nullable(),
  stepName: z.string().nullable(),
  dueAt: at.nullable(),
  /** Until when more time is asked for. */
  until: at.nullable(),
  askedAt: at,
  askedBy: z.string(),
  askedByName: z.string().nullable(),
});
export type ApprovalAnswer = z.infer<typeof approvalAnswer>;

export const toldAnswer = z.strictObject({
  ladder: z.array(z.strictObject({ to: z.enum(RUNG_ROLES), afterMinutes: z.number() })),
  items: z.array(
    z.strictObject({
      at,
      channel: z.string(),
      personKind: z.string(),
      personId: z.string(),
      name: z.string().nullable(),
      state: z.string(),
      code: z.string().nullable(),
    }),
  ),
});
export type ToldAnswer = z.infer<typeof toldAnswer>;
