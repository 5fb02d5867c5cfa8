/** What is kept too long, and who decided about it. */
import { z } from 'zod';
import { RETENTION_KINDS } from '../../domain/access-policy';
import { at, freeText, time } from './common';

export const erasureQuery = z.strictObject({ waiting: z.enum(['true', 'false']).default('true') });
export const keepBody = z.strictObject({
  until: time.meta({ description: 'Proposed again after that' }),
  reason: freeText(),
});

export const erasureAnswer = z.strictObject({
  id: z.string(),
  entity: z.enum(['case', 'child']),
  entityId: z.string(),
  /** Of the case, or in the register. */
  number: z.string().nullable(),
  stationId: z.string(),
  kind: z.string(),
  /** What the period rests on. */
  basis: z.string(),
  state: z.enum(['proposed', 'approved', 'erased', 'kept']),
  dueAt: at,
  proposedAt: at,
  approvedBy: z.string().nullable(),
  approvedAt: at.nullable(),
  decidedBy: z.string().nullable(),
  decidedAt: at.nullable(),
  keptUntil: at.nullable(),
});
export type ErasureAnswer = z.infer<typeof erasureAnswer>;

export const retentionRule = z.strictObject({
  kind: z.enum(RETENTION_KINDS as unknown as [string, ...string[]]),
  years: z.number(),
  basis: z.strictObject({ kind: z.enum(['legal', 'professional']), text: z.string() }),
});
