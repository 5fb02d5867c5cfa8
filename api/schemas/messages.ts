/** Messages (消息) of a case: who was told what by which channel, and what came back. */
import { z } from 'zod';
import { CHANNELS } from '../../domain/channels';
import { at } from './common';

export const caseMessage = z.strictObject({
  /** When it was made, by the case's own clock. */
  at,
  /** Which text it is, such as overdue. */
  kind: z.string(),
  channel: z.enum(CHANNELS).nullable(),
  personKind: z.enum(['staff', 'partner', 'contact', 'robot']).nullable(),
  personId: z.string(),
  name: z.string().nullable(),
  alertId: z.string().nullable(),
  stepId: z.string().nullable(),
  referralId: z.string().nullable(),
  /** pending, sending, sent, delivered, failed */
  state: z.string(),
  /** Why it failed, in the carrier's words. */
  code: z.string().nullable(),
  /** When the carrier said what became of it, by the case's own clock. */
  receiptAt: at.nullable(),
});
export type CaseMessage = z.infer<typeof caseMessage>;
