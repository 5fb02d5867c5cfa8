/** Everything that is on the record about one alert: who was told, what providers said, what came back. */
import type { AlertReply, Delivery, DeliveryAttempt, Event } from '../prisma/generated/client';
import { namesOf } from './cases';
import type { Tx } from './db';

/** An alert that nobody answers for weeks has told thousands: these many messages are shown, the latest. */
const MOST_MESSAGES = 500;

export interface AlertStory {
  /** Earlier messages are left out. */
  cut: boolean;
  events: Event[];
  deliveries: Delivery[];
  attempts: DeliveryAttempt[];
  replies: AlertReply[];
  /** By the id of staff, partner or robot. */
  names: Map<string, string>;
}

/** Reads it in a few queries, however many messages there were. */
export async function readAlertStory(
  tx: Tx,
  { id: alertId, caseId }: { id: string; caseId: string },
): Promise<AlertStory> {
  const [events, latest, replies] = await Promise.all([
    tx.event.findMany({ where: { caseId, data: { path: ['alertId'], equals: alertId } }, orderBy: { seq: 'asc' } }),
    tx.delivery.findMany({
      where: { alertId },
      orderBy: [{ createdAt: 'desc' }, { key: 'desc' }],
      take: MOST_MESSAGES + 1,
    }),
    tx.alertReply.findMany({ where: { alertId }, orderBy: { id: 'asc' } }),
  ]);
  const deliveries = latest.slice(0, MOST_MESSAGES).toReversed();
  const attempts = await tx.deliveryAttempt.findMany({
    where: { key: { in: deliveries.map(({ key }) => key) } },
    orderBy: { id: 'asc' },
  });
  const told = (kind: string): string[] =>
    deliveries.filter((one) => one.personKind === kind).map((one) => one.personId);
  const actors = (kind: string): string[] => events.filter((one) => one.actorKind === kind).map((one) => one.actorId);
  const [people, robots] = await Promise.all([
    namesOf(tx, {
      staff: [...new Set([...told('staff'), ...actors('staff'), ...replies.map((one) => one.personId)])],
      partners: [...new Set([...told('partner'), ...actors('partner')])],
    }),
    tx.robot.findMany({ where: { id: { in: told('robot') } }, select: { id: true, name: true } }),
  ]);
  const names = new Map([...people, ...robots.map(({ id, name }): [string, string] => [id, name])]);
  return { cut: latest.length > MOST_MESSAGES, events, deliveries, attempts, replies, names };
}
