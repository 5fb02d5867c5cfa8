/** What is left of the carrier's limits for each phone. */
import { z } from 'zod';
import { at } from './common';

export const budgetAnswer = z.strictObject({
  /** Its middle is hidden: 138****1101. */
  phone: z.string(),
  /** Whose it is; a duty phone is shared. */
  people: z.array(z.strictObject({ kind: z.enum(['staff', 'partner', 'contact']), id: z.string(), name: z.string() })),
  channel: z.enum(['sms', 'voice']),
  /** As configured, such as `same:30s:1,day:10`; null where nothing is limited. */
  limits: z.string().nullable(),
  /** Since midnight in Beijing. */
  usedToday: z.number(),
  /** null: no limit by the day. */
  leftToday: z.number().nullable(),
  /** Of those, how many only a critical case gets. */
  keptForCritical: z.number(),
  /** When the next one may go, to a critical case and to any other; null: not as the limits are. */
  nextFreeAt: z.strictObject({ critical: at.nullable(), normal: at.nullable() }),
  /** Messages that wait for their turn. */
  waiting: z.number(),
});
export type BudgetAnswer = z.infer<typeof budgetAnswer>;
