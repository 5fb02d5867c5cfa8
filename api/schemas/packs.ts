/** Evaluation packs (评估资料包): what is asked for, and how far it is. */
import { z } from 'zod';
import { MOST_SAMPLE, PACK_STATES, STAGES } from '../../domain/services/pack';
import { evidenceAnswer } from './indicators';
import { cursor, id, limit, time } from './common';

const size = z.number().int().min(0).max(MOST_SAMPLE);
const seed = z.string().trim().min(1).max(100);

export const packBody = z.strictObject({
  contract: id,
  stage: z.enum(STAGES),
  sample: size.default(10).meta({ description: 'Records an indicator in the sample' }),
  seed: seed.optional().meta({ description: 'Draws the same sample again; contract and stage where nothing is said' }),
});
export const packQuery = z.strictObject({ cursor: cursor.optional(), limit });

export const packAnswer = z.strictObject({
  id: z.string(),
  contract: z.string(),
  stationId: z.string(),
  stage: z.enum(STAGES),
  sample: z.number(),
  seed: z.string(),
  askedBy: z.string(),
  askedAt: time,
  state: z.enum(PACK_STATES),
  progress: z.strictObject({
    doing: z.string().meta({ description: 'counting, collecting, drawing, writing, sealing; empty before' }),
    done: z.number(),
    total: z.number(),
  }),
  failure: z.string().nullable(),
  bytes: z.number().nullable(),
  sha256: z.string().nullable(),
  expiresAt: time.nullable(),
});

export const sampleQuery = z.strictObject({
  seed,
  size: z.coerce.number().int().min(1).max(MOST_SAMPLE).default(10),
  at: time.optional().meta({ description: 'As it stood then. Default: now' }),
});
export const sampleAnswer = z.strictObject({
  id: z.string(),
  seed: z.string(),
  asOf: time,
  of: z.number().meta({ description: 'How many records it was drawn from' }),
  items: z.array(evidenceAnswer),
});
