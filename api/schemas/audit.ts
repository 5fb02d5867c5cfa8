/** What the audit's list is asked for and answers with. */
import { z } from 'zod';
import { FINDING_KINDS } from '../../domain/audit';
import { cursor, limit } from './common';

export const findingQuery = z.strictObject({
  state: z.enum(['open', 'resolved']).optional(),
  cursor: cursor.optional(),
  limit,
});

const at = z.string().meta({ description: 'RFC 3339 with +08:00' });
const kind = z.enum(FINDING_KINDS);

const findingAnswer = z.strictObject({
  id: z.string(),
  kind,
  /** For people, in Chinese. */
  text: z.string(),
  state: z.enum(['open', 'resolved']),
  caseId: z.string().nullable(),
  number: z.string().nullable(),
  stationId: z.string().nullable(),
  stepId: z.string().nullable(),
  alertId: z.string().nullable(),
  /** Which clock or message it is about, where it is about one. */
  ref: z.string(),
  drill: z.boolean(),
  firstSeen: at,
  lastSeen: at,
  toldAt: at.nullable(),
  repair: z.enum(['nudge', 'start', 'attempt', 'none']),
  repairedAt: at.nullable(),
  outcome: z.string().nullable(),
  resolvedAt: at.nullable(),
});
export type FindingAnswer = z.infer<typeof findingAnswer>;

export const findingsAnswer = z.strictObject({
  items: z.array(findingAnswer),
  nextCursor: z.string().nullable(),
  /** Open findings in the caller's scope by kind; kinds without any are left out. */
  open: z.partialRecord(kind, z.number()),
  lastRunAt: at.nullable(),
  lastCleanAt: at.nullable(),
});
