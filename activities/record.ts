/** record: one transaction for journal, read side and the messages that follow. The workflow's only way to write. */
import { ApplicationFailure } from '@temporalio/common';
import type { RecordInput, RecordOutput, Told } from '../domain/messages';
import { isRobot, type Tell } from '../domain/model';
import type { Tx } from '../store/db';
import { makeDeliveries, type Recipient } from '../store/deliveries';
import { toldOf, unheardOf } from '../store/told';
import { appendEvents } from '../store/journal';
import { writeProjection } from '../store/projection';
import { groupsTold } from '../store/robots';
import { whoIsTold } from '../store/roster';
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
      for (const tell of input.tells) told.push(await tellOne(deps, tx, input, tell, reached));
      return { told };
    });
  },
});

async function tellOne(
  deps: ActivityDeps,
  tx: Tx,
  input: RecordInput,
  tell: Tell,
  reached: Set<string>,
): Promise<Told> {
  const { caseId, stationId, at } = input;
  const { channels, id: tellId } = tell;
  if (tell.unheard) return tellFurther(tx, input, tell);
  if ('toldOf' in tell.to) return tellOver(tx, input, tell, tell.to);
  const make = async (people: Recipient[]): Promise<Told['deliveries']> => {
    const made = [];
    for (const person of people) made.push(...(await makeDeliveries(tx, { caseId, at, tell, person, channels })));
    return made;
  };
  const worded = channels.filter((channel) => isRobot(channel) && deps.texts.has(tell.kind, channel));
  const heard = await groupsTold(tx, tell.to, { stationId, channels: worded });
  const groups = await make(heard.filter((one) => isNew(reached, tell, one)));
  // A tell to groups alone is told when they are; beside people they are no reason to wait, nor to climb.
  if (channels.every(isRobot)) {
    return { tellId, deliveries: groups, ...(heard.length === 0 && { empty: 'no_contact' as const }) };
  }
  const beside = groups.length > 0 ? { groups } : {};
  const found = await whoIsTold(tx, tell.to, { stationId, assigneeId: input.projection.assigneeId, at });
  if (found.empty) return { tellId, deliveries: [], ...beside, empty: found.empty };
  const fresh = found.people.filter((person) => isNew(reached, tell, person));
  const deliveries = await make(fresh);
  // Everybody here was told on another rung already, or has no contact that this message could take.
  if (deliveries.length === 0 && fresh.length > 0) return { tellId, deliveries, ...beside, empty: 'no_contact' };
  return { tellId, deliveries, ...beside };
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
function isNew(reached: Set<string>, tell: Tell, person: Pick<Recipient, 'kind' | 'id'>): boolean {
  const once = `${tell.alertId ?? tell.id}|${person.kind}|${person.id}`;
  if (reached.has(once)) return false;
  reached.add(once);
  return true;
}
