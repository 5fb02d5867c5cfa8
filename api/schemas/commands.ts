/** The bodies of everything that is done to a case. */
import { z } from 'zod';
import { RISKS, START_EVENTS, TRIGGERS } from '../../domain/model';
import { freeText, id, time } from './common';

export const PURPOSES = [
  'investigate',
  'protect',
  'medical',
  'forensic',
  'school_support',
  'legal_aid',
  'counselling',
  'placement',
  'other',
] as const;
export type Purpose = (typeof PURPOSES)[number];

const OUTCOMES = ['done', 'not_possible', 'not_applicable'] as const;

const note = freeText().optional();

export const assignBody = z.strictObject({ staffId: id });

export const completeBody = z
  .strictObject({ doneAt: time.optional(), outcome: z.enum(OUTCOMES), note })
  .refine((body) => body.outcome === 'done' || body.note !== undefined, {
    path: ['note'],
    message: 'is needed when a step was not done',
  });

/** What people report as having happened; the other starts are seen by the case itself. */
const CLOCK_EVENTS = START_EVENTS.filter(
  (event) =>
    !['receipt', 'trigger', 'previous', 'step_done', 'closed'].includes(event) && !/^referral_|_asked$/.test(event),
);

export const triggerBody = z.strictObject({ trigger: z.enum(TRIGGERS), learntAt: time.optional(), note });
export const clockBody = z
  .strictObject({
    event: z.enum(CLOCK_EVENTS),
    eventAt: time.optional(),
    until: time.optional().meta({ description: 'When a protection order (order_issued) expires' }),
    note,
  })
  .refine(({ event, until }) => until === undefined || event === 'order_issued', {
    path: ['until'],
    message: 'goes with order_issued only',
  });

export const extendBody = z.strictObject({ until: time, reason: freeText() });
export const decisionBody = z.strictObject({ approve: z.boolean(), note });
export const riskBody = z.strictObject({ risk: z.enum(RISKS), reason: freeText() });
export const referralBody = z
  .strictObject({
    partnerId: id,
    purpose: z.enum(PURPOSES),
    note,
    draft: z.boolean().optional().meta({ description: 'true: written (草拟), and sent later' }),
    phonedAt: time.optional().meta({ description: 'The partner was called before; ends the step referral_phone' }),
  })
  .refine(({ draft, phonedAt }) => !draft || phonedAt === undefined, {
    path: ['phonedAt'],
    message: 'goes with what is sent, not with a draft',
  });
export const optionalNoteBody = z.strictObject({ note });
export const reasonBody = z.strictObject({ reason: freeText() });
export const noteBody = z.strictObject({ text: freeText(), stepId: id.optional() });
export const acknowledgeBody = z.strictObject({ note });
