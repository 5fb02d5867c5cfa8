/** record: one transaction for journal, read side and the messages that follow. The workflow's only way to write. */
import { ApplicationFailure } from '@temporalio/common';
import type { RecordInput, RecordOutput, Told } from '../domain/messages';
import type { Tell } from '../domain/model';
import type { Tx } from '../store/db';
import { makeDeliveries } from '../store/deliveries';
import { nextEntries, tailOf } from '../store/journal';
import { writeCase } from '../store/projection';
import { whoIsTold, type Reachable } from '../store/roster';
import type { ActivityDeps } from './deps';

export const createRecord = (deps: ActivityDeps) => ({
  /**
   * Writes what happened and makes the messages, keys before anything is sent. Safe to repeat: entries and deliveries
   * that are there already stay as they are, and the answer is the same.
   * @throws ApplicationFailure CaseUnknown where the case has no row.
   */
  async record(input: RecordInput): Promise<RecordOutput> {
    // One statement is a transaction of its own.
    if (input.tells.length === 0) {
      await writeDown(deps.db, input);
      return { told: [] };
    }
    return deps.db.$transaction(async (tx) => {
      await writeDown(tx, input);
      const told: Told[] = [];
      const reached = new Set<string>();
      for (const tell of input.tells) told.push(await tellOne(tx, input, tell, reached));
      return { told };
    });
  },
});

async function writeDown(tx: Tx, { caseId, events, projection }: RecordInput): Promise<void> {
  const tail = await tailOf(tx, caseId);
  if (tail === false) throw ApplicationFailure.retryable(`no row for case ${caseId}`, 'CaseUnknown');
  await writeCase(tx, caseId, projection, nextEntries(tail, caseId, events));
}

async function tellOne(tx: Tx, input: RecordInput, tell: Tell, reached: Set<string>): Promise<Told> {
  const { caseId, stationId, at } = input;
  const { channels, id: tellId } = tell;
  const found = await whoIsTold(tx, tell.to, { stationId, assigneeId: input.projection.assigneeId, at });
  if (found.empty) return { tellId, deliveries: [], empty: found.empty };
  const fresh = found.people.filter((person) => isNew(reached, tell, person));
  const deliveries = [];
  for (const person of fresh) deliveries.push(...(await makeDeliveries(tx, { caseId, at, tell, person, channels })));
  // Everybody here was told on another rung already, or has no contact that this message could take.
  if (deliveries.length === 0 && fresh.length > 0) return { tellId, deliveries, empty: 'no_contact' };
  return { tellId, deliveries };
}

/** Somebody who stands on two rungs is told once in a round, not twice in the same minute. */
function isNew(reached: Set<string>, tell: Tell, person: Reachable): boolean {
  const once = `${tell.alertId ?? tell.id}|${person.kind}|${person.id}`;
  if (reached.has(once)) return false;
  reached.add(once);
  return true;
}
