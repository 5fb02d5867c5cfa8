/** One text for all that waits for a phone: who is told of in it, and what it says. */
import { z } from 'zod';
import { decide, type Limit, type Use } from '../domain/budget';
import { FAMILY, isReminder, textOf, together } from '../domain/bundle';
import { TEXT_KINDS } from '../domain/text-kinds';
import { TextUnfit, VARIABLES, type TextValues } from '../domain/texts';
import { priorityOf } from '../domain/urgency';
import type { Delivery } from '../prisma/generated/client';
import { contentOf } from '../store/budget';
import { waitingFor, type Waiting } from '../store/bundles';
import { replyCode } from '../store/reply-codes';
import type { Outgoing } from './channels/channel';
import type { Composed } from './compose';
import type { SendDeps } from './deps';

/** What a bundle's row keeps, so that it is sent again as it was. */
const Kept = z.object({ kind: z.enum(TEXT_KINDS), values: z.partialRecord(z.enum(VARIABLES), z.string()) });
export type BundleText = z.infer<typeof Kept>;

export interface Bundle {
  message: Outgoing;
  /** Keys of the messages that end with this one. */
  carried: string[];
  /** Absent where they are all about the same step: then its own text says it. */
  bundle?: BundleText;
}

/** The phone's budget before this message is counted. */
export interface BudgetNow {
  limits: readonly Limit[];
  uses: readonly Use[];
  /** The case's own time, milliseconds. */
  at: number;
  /** A unit that comes later than this is no use. */
  patienceMs: number;
}

/**
 * Who goes with this text: messages that wait for the phone, those that were kept from it, and, when this is the last unit
 * for long, those that were made in the same moment. Undefined: nobody.
 */
export async function bundleFor(
  deps: SendDeps,
  row: Delivery,
  { message, vars, drill }: Composed,
  { limits, uses, at, patienceMs }: BudgetNow,
): Promise<Bundle | undefined> {
  const { key, kind, channel } = row;
  if (channel !== 'sms' || row.bundle !== null || !FAMILY.some((one) => one === kind)) return undefined;
  const after = [...uses, { at, content: contentOf(message.body) }];
  const isLastFor = (rank: number): boolean => {
    const next = decide(limits, after, at, { priority: priorityOf(rank), content: '' });
    return !next.free && next.waitMs > patienceMs;
  };
  const waiting = await waitingFor(deps.db, row, message.to, at);
  const going = waiting.filter((one) => one.key === key || one.why !== 'fresh' || isLastFor(one.priority));
  const found = together(going, key);
  if (!found) return undefined;
  const { named, carried, more } = found;
  if (more === 0) return { message, carried };
  const bundle = textOf(named, named.key === key ? vars : await valuesOf(deps, named, message.to), more);
  try {
    return { message: { ...message, ...deps.texts.sms(bundle.kind, bundle.values, drill) }, carried, bundle };
  } catch (error) {
    if (!(error instanceof TextUnfit)) throw error;
    deps.log.warn({ key, code: 'TextUnfit' }, 'messages cannot be bundled');
    return undefined;
  }
}

/** What the text says of another message: its code acknowledges that one and nothing else. */
async function valuesOf({ db }: SendDeps, named: Waiting, phone: string): Promise<TextValues> {
  const { vars, alertId, caseId, personId } = named;
  if (alertId === null || isReminder(named.kind)) return vars;
  const code = await replyCode(db, { personId, alertId, caseId, phone });
  return { ...vars, code };
}

/** The bundle that an attempt before has sent. */
export const keptBundle = ({ bundle }: Delivery): BundleText | undefined => Kept.safeParse(bundle).data;

/** The message as the attempt before sent it: what the carrier's records are searched for, and what goes out again. */
export function asSent({ texts }: Pick<SendDeps, 'texts'>, row: Delivery, composed: Composed): Outgoing {
  const kept = row.state === 'sending' ? keptBundle(row) : undefined;
  return kept ? { ...composed.message, ...texts.sms(kept.kind, kept.values, composed.drill) } : composed.message;
}
