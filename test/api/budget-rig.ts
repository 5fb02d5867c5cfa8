/** Messages to one phone under limits, as the record activity makes them and the deliver activities try them. */
import { createDeliver } from '../../activities/deliver';
import type { Tell } from '../../domain/alert';
import { RISKS, type Risk } from '../../domain/model';
import { configureLimits } from '../../store/budget';
import { makeDeliveries } from '../../store/deliveries';
import { hire, lateCase, overdueTell, sendDeps, startDelivering, type Shown } from './deliver-rig';

type Person = Awaited<ReturnType<typeof hire>>;

export interface Message {
  key: string;
  caseId: string;
  alertId: string;
  number: string;
}

export async function startBudgetRig() {
  const { field, rig, stop } = await startDelivering();
  const { db } = field;
  const deps = sendDeps(db, rig);
  const deliver = createDeliver(deps);

  /** A late step, and the text that tells the person of it. */
  async function late(
    person: Person,
    more: { risk?: Risk; dueAgoMs?: number; tell?: Partial<Tell> } = {},
  ): Promise<Message> {
    const { caseId, alertId, number } = await lateCase(db);
    const { risk = 'high', dueAgoMs = 60_000, tell } = more;
    await db.caseRow.update({ where: { id: caseId }, data: { risk } });
    const dueAt = new Date(Date.now() - dueAgoMs);
    const common = { caseId, id: 'first_contact', kind: 'first_contact', state: 'overdue', binds: 'station', ord: 0 };
    await db.stepRow.create({ data: { ...common, startAt: dueAt, dueAt, basis: {}, extendable: false } });
    const told = { ...overdueTell(alertId, { staffId: person.id }), ...tell };
    const recipient = { kind: 'staff', id: person.id, phone: person.phone, email: person.email } as const;
    const made = await db.$transaction((tx) =>
      makeDeliveries(tx, { caseId, number, risk, at: Date.now(), tell: told, person: recipient, channels: ['sms'] }),
    );
    return { key: made[0]?.key ?? '', caseId, alertId, number };
  }

  return {
    db,
    deps,
    rig,
    stop,
    deliver,
    late,
    hire: () => hire(db),
    limits: (sms: string, voice = 'off') => configureLimits(db, { sms, voice }),
    /** One attempt. @param at the case's own time; @param until when waiting is no use any more */
    try: ({ caseId, key }: Message, at: number, until?: number) => deliver.deliver({ caseId, key, at, until }),
    row: ({ key }: Message) => db.delivery.findUniqueOrThrow({ where: { key } }),
    /** Texts that reached the person, oldest first. */
    async texts(person: Person): Promise<Shown[]> {
      return (await rig.messages()).filter((m) => m.to === `+86${person.phone}` && m.status !== 'rejected');
    },
    worst: RISKS[0],
  };
}

export type BudgetRig = Awaited<ReturnType<typeof startBudgetRig>>;
