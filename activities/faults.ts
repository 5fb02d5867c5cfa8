/** What providers refuse until somebody mends it is written down and told to administrators (通道故障). */
import { faultOf } from '../domain/faults';
import type { Delivery } from '../prisma/generated/client';
import { noteFault } from '../store/faults';
import type { Outgoing, Tried } from './channels/channel';
import type { ActivityDeps } from './deps';

/** What a message that was taken shows to be in order besides the account: its template and its recipient. */
export const subjectsOf = ({ personId }: Pick<Delivery, 'personId'>, { templateId }: Outgoing): string[] => [
  personId,
  ...(templateId === undefined ? [] : [templateId]),
];

/** Also where a second provider took the message in the end: the first one's trouble is still there. */
export async function noteFaults(
  { db, log }: Pick<ActivityDeps, 'db' | 'log'>,
  { personId }: Pick<Delivery, 'personId'>,
  message: Outgoing,
  tried: readonly Tried[],
): Promise<void> {
  for (const { provider, outcome } of tried) {
    if (outcome.kind !== 'refused') continue;
    const { code } = outcome;
    const fault = faultOf(code);
    if (!fault) continue;
    const subject = { account: '', template: message.templateId ?? '', recipient: personId }[fault.scope];
    const told = await noteFault(db, { provider, code, fault, subject });
    log.warn({ provider, code, fault: fault.kind, told }, 'provider needs mending');
  }
}
