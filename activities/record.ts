/** record: one transaction for journal, read side and the messages that follow. The workflow's only way to write. */
import { ApplicationFailure } from '@temporalio/common';
import type { RecordInput, RecordOutput, Told } from '../domain/messages';
import type { Tell } from '../domain/model';
import type { Tx } from '../store/db';
import { makeDeliveries } from '../store/deliveries';
import { toldOf, unheardOf } from '../store/told';
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
  if (tell.unheard) return tellFurther(tx, input, tell);
  if ('toldOf' in tell.to) return tellOver(tx, input, tell, tell.to);
  const found = await whoIsTold(tx, tell.to, { stationId, assigneeId: input.projection.assigneeId, at });
  if (found.empty) return { tellId, deliveries: [], empty: found.empty };
  const fresh = found.people.filter((person) => isNew(reached, tell, person));
  const deliveries = [];
  for (const person of fresh) deliveries.push(...(await makeDeliveries(tx, { caseId, at, tell, person, channels })));
  // Everybody here was told on another rung already, or has no contact that this message could take.
  if (deliveries.length === 0 && fresh.length > 0) return { tellId, deliveries, empty: 'no_contact' };
  return { tellId, deliveries };
}

/** The next channel, for those of the tell whom none so far is known to have reached and who have not had this one. */
async function tellFurther(tx: Tx, { caseId, stationId, at }: RecordInput, tell: Tell): Promise<Told> {
  const { channels, id: tellId } = tell;
  const deliveries = [];
  for (const staffId of await unheardOf(tx, tell)) {
    const { people } = await whoIsTold(tx, { staffId }, { stationId, at });
    for (const person of people) deliveries.push(...(await makeDeliveries(tx, { caseId, at, tell, person, channels })));
  }
  return { tellId, deliveries, further: true };
}

/** That it is over, to those who were told of it. A message too few is no reason to climb. */
async function tellOver(
  tx: Tx,
  { caseId, stationId, at }: RecordInput,
  tell: Tell,
  to: { toldOf: string; except: string },
): Promise<Told> {
  const { channels, id: tellId } = tell;
  const deliveries = [];
  for (const staffId of await toldOf(tx, to)) {
    const { people } = await whoIsTold(tx, { staffId }, { stationId, at });
    for (const person of people) deliveries.push(...(await makeDeliveries(tx, { caseId, at, tell, person, channels })));
  }
  return { tellId, deliveries };
}

/** Somebody who stands on two rungs is told once in a round, not twice in the same minute. */
function isNew(reached: Set<string>, tell: Tell, person: Reachable): boolean {
  const once = `${tell.alertId ?? tell.id}|${person.kind}|${person.id}`;
  if (reached.has(once)) return false;
  reached.add(once);
  return true;
}
