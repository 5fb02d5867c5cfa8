/** Policy versions (时限规则版本), and moving a case from one to another. */
import { z } from 'zod';
import { caseAnswer, stepAnswer } from './answers';
import { freeText } from './common';

const version = z.string().trim().min(1).max(100);

export const movePolicyBody = z
  .strictObject({
    version,
    preview: z.boolean().optional().meta({ description: 'true: says what would change, and changes nothing' }),
    reason: freeText().optional().meta({ description: 'Needed unless it is a preview' }),
  })
  .refine((body) => body.preview === true || body.reason !== undefined, { path: ['reason'], message: 'required' });

const { id: stepId, kind, name, dueAt, basis } = stepAnswer.shape;

const changes = z.array(
  z.strictObject({
    ...{ stepId, kind, name },
    change: z.enum(['moved', 'added', 'removed']),
    /** The deadline before and after; null where the step was, or is, not there. */
    ...{ from: dueAt.nullable(), to: dueAt.nullable() },
    basis,
  }),
);
export type PolicyChanges = z.infer<typeof changes>;

export const policyPreview = z.strictObject({ from: version, to: version, changes });
export type PolicyPreview = z.infer<typeof policyPreview>;

export const movedCase = caseAnswer.extend({ changes });
export type MovedCase = z.infer<typeof movedCase>;

export const policyAnswer = z.strictObject({ version, name: z.string(), current: z.boolean() });
