/** record: one transaction for journal, read side and the messages that follow. The workflow's only way to write. */
import { ApplicationFailure } from '@temporalio/common';
import type { RecordInput, RecordOutput, Told } from '../domain/messages';
import type { Tell } from '../domain/model';
import { sameAddress } from '../store/contacts';
import type { Tx } from '../store/db';
import { makeDeliveries } from '../store/deliveries';
import { appendEvents } from '../store/journal';
import { writeProjection } from '../store/projection';
import { whoIsTold, type Reachable } from '../store/roster';
import type { ActivityDeps } from './deps';

export const createRecord = (deps: ActivityDeps) => ({
  /**
   * Writes what happened and makes the messages, keys before anything is sent. Safe to repeat: entries and deliveries
   * that are there already stay as they are, and the answer is the same.
   * @throws ApplicationFailure CaseUnknown where the case has no row.
   */
  async record(input: RecordInput): Promise<RecordOutput> {
    return deps.db.$transaction(async (tx) => {
      const known = await tx.caseRow.findUnique({ where: { id: input.caseId }, select: { id: true } });
      if (!known) throw ApplicationFailure.retryable(`no row for case ${input.caseId}`, 'CaseUnknown');
      await appendEvents(tx, input.caseId, input.events);
      await writeProjection(tx, input.caseId, input.projection);
      const told: Told[] = [];
      const reached = new Set<string>();
      for (const tell of input.tells) told.push(await tellOne(tx, input, tell, reached));
      return { told };
    });
  },
});

async function tellOne(tx: Tx, input: RecordInput, tell: Tell, reached: Set<string>): Promise<Told> {
  const { caseId, stationId, at } = input;
  const { channels, id: tellId } = tell;
  const found = await whoIsTold(tx, tell.to, { stationId, assigneeId: input.projection.assigneeId, at });
  if (found.empty) return { tellId, deliveries: [], empty: found.empty };
  const fresh = found.people.filter((person) => isNew(reached, tell, person));
  const numbers = fresh.map((person) => ownAddresses(reached, tell, person));
  const deliveries = [];
  for (const person of numbers) deliveries.push(...(await makeDeliveries(tx, { caseId, at, tell, person, channels })));
  // Everybody here was told on another rung already, or has no contact that this message could take.
  if (deliveries.length === 0 && fresh.length > 0 && !numbers.some((one) => one.shared))
    return { tellId, deliveries, empty: 'no_contact' };
  return { tellId, deliveries };
}

/** Somebody who stands on two rungs is told once in a round, not twice in the same minute. */
function isNew(reached: Set<string>, tell: Tell, person: Reachable): boolean {
  const once = `${tell.alertId ?? tell.id}|${person.kind}|${person.id}`;
  if (reached.has(once)) return false;
  reached.add(once);
  return true;
}

/** People who share a number, or a duty phone that is somebody's own, get one text and not several. */
function ownAddresses(reached: Set<string>, tell: Tell, person: Reachable): Reachable & { shared: boolean } {
  const isFirst = (kind: 'phone' | 'email'): boolean => {
    const value = person[kind];
    // A mailbox that this tell does not write to is not used up by it.
    const used = tell.channels.some((channel) => (channel === 'email') === (kind === 'email'));
    if (value === null || !used) return true;
    const once = `${tell.alertId ?? tell.id}|${kind}|${sameAddress(kind, value)}`;
    if (reached.has(once)) return false;
    reached.add(once);
    return true;
  };
  const [phone, email] = [isFirst('phone'), isFirst('email')];
  const own = { ...person, ...(!phone && { phone: null }), ...(!email && { email: null }) };
  return { ...own, shared: !phone || !email };
}
