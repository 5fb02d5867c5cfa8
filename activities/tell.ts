/** A tell (告知) becomes deliveries (消息): one a person and channel, and one a group's robot. */
import type { RecordInput, Told } from '../domain/messages';
import type { Tell } from '../domain/alert';
import { isRobot } from '../domain/channels';
import { isShielded, NO_SHIELD, type Shield } from '../domain/sight';
import { sameAddress } from '../store/contacts';
import type { Tx } from '../store/db';
import type { NewDeliveries, Recipient } from '../store/deliveries';
import { heard, shieldedRung } from '../store/hearers';
import { groupsTold } from '../store/robots';
import { whoIsTold, type Reachable } from '../store/roster';
import { shieldOf } from '../store/sight';
import { reachableAgain, toldOf, unheardOf } from '../store/told';
import type { ActivityDeps } from './deps';
import { madeBefore, rosterMoment } from './tell-late';

/** What the tells of one moment have in common. */
export interface Moment {
  /** Who was told, and which numbers were used, by the tells before. */
  reached: Set<string>;
  /** Makes the messages to one person. */
  make: (of: NewDeliveries) => Promise<Told['deliveries']>;
}

/** Makes the messages of one tell. */
export async function tellOne(
  { texts }: Pick<ActivityDeps, 'texts'>,
  tx: Tx,
  input: RecordInput & { number: string; shielded?: boolean },
  tell: Tell,
  { reached, make: makeOne }: Moment,
): Promise<Told> {
  const { caseId, stationId, at } = input;
  const of = { caseId, number: input.number, risk: input.projection.risk, at, tell };
  const { channels, id: tellId } = tell;
  // Read with each message: who is shut out now hears nothing from now on.
  const shield = input.shielded === false ? NO_SHIELD : await shieldOf(tx, caseId);
  const make = async (people: Recipient[]): Promise<Told['deliveries']> => {
    const made = [];
    for (const person of people) made.push(...(await makeOne({ ...of, person, channels })));
    return made;
  };
  // The next channel, for those of the tell whom none so far is known to have reached and who have not had this one.
  if (tell.unheard) {
    return { tellId, deliveries: await make(await again(tx, shield, await unheardOf(tx, tell, at))), further: true };
  }
  // That it is over. A message too few is no reason to climb.
  if ('toldOf' in tell.to) {
    return { tellId, deliveries: await make(await again(tx, shield, await toldOf(tx, tell.to))) };
  }
  const worded = channels.filter((channel) => isRobot(channel) && texts.has(tell.kind, channel));
  const inGroups = isShielded(shield) ? [] : await groupsTold(tx, tell.to, { stationId, channels: worded });
  const groups = await make(inGroups.filter((one) => isNew(reached, tell, one)));
  // A tell to groups alone is told when they are; beside people they are no reason to wait, nor to climb.
  if (channels.every(isRobot)) {
    return { tellId, deliveries: groups, ...(inGroups.length === 0 && { empty: 'no_contact' as const }) };
  }
  const beside = groups.length > 0 ? { groups } : {};
  const { assigneeId } = input.projection;
  // An assignee with a conflict is as one who has left: the worker on duty answers.
  const isOut = shield.conflicts.some(({ staffId }) => staffId === assigneeId);
  const rosterAt = await rosterMoment(tx, at);
  const duty = await whoIsTold(tx, tell.to, { stationId, assigneeId: isOut ? undefined : assigneeId, at: rosterAt });
  const found = await shieldedRung(tx, shield, tell.to, { found: duty, stationId });
  const before = rosterAt === at ? [] : await madeBefore(tx, caseId, tell);
  if (found.empty && before.length === 0) return { tellId, deliveries: [], ...beside, empty: found.empty };
  const fresh = found.people.filter((person) => isNew(reached, tell, person));
  const numbers = fresh.map((person) => ownAddresses(reached, tell, person));
  const made = await make(numbers);
  const deliveries = [...before.filter(({ key }) => !made.some((one) => one.key === key)), ...made];
  // Everybody here was told on another rung already, or has no contact that this message could take.
  const isShared = numbers.some((one) => one.shared);
  if (deliveries.length === 0 && fresh.length > 0 && !isShared)
    return { tellId, deliveries, ...beside, empty: 'no_contact' };
  return { tellId, deliveries, ...beside };
}

const again = async (tx: Tx, shield: Shield, who: Parameters<typeof reachableAgain>[1]): Promise<Reachable[]> =>
  heard(tx, shield, await reachableAgain(tx, who));

/** Somebody who stands on two rungs is told once in a round, not twice in the same minute. */
function isNew(reached: Set<string>, tell: Tell, person: Pick<Recipient, 'kind' | 'id'>): boolean {
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
    const used = tell.channels.some((channel) => !isRobot(channel) && (channel === 'email') === (kind === 'email'));
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
