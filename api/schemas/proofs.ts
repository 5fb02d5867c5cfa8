/** Evidence that is fit for the evaluator (可供评估): marks, and pictures by number. */
import { z } from 'zod';
import { MEDIA_TYPES } from '../../domain/files/kinds';
import { time } from './common';

export const markBody = z.strictObject({
  fit: z.boolean().meta({ description: 'true: nobody is to be known from it, neither a face nor a name' }),
});
export const markAnswer = z.strictObject({
  attachmentId: z.string(),
  serviceId: z.string(),
  fit: z.boolean(),
  markedBy: z.string(),
  markedAt: time,
});
export const proofAnswer = z.strictObject({
  n: z.number().meta({ description: 'The n-th of the record, from 1' }),
  type: z.enum(MEDIA_TYPES),
  size: z.number(),
  width: z.number().nullable(),
  height: z.number().nullable(),
});
