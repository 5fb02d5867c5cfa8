/**
 * Messages that belong to no case, such as the audit's and the day's digest. Their deliveries are made in the transaction that decides
 * them, and wait in `notices` until the worker's courier has seen them end. Counted on the database's clock.
 */
import { deliveryKey } from '../domain/ids';
import type { TextKind } from '../domain/text-kinds';
import type { TextValues } from '../domain/texts';
import type { Db, Tx } from './db';
import type { Reachable } from './roster';

/** A courier that has taken a message and died holds it for so long. */
const LEASE_MS = 60_000;
const BATCH = 20;

export interface NewNotice {
  /** What it is about and when; with channel and person the key. */
  name: string;
  kind: TextKind;
  channels: readonly ('sms' | 'email')[];
  vars: TextValues;
  /** Milliseconds since the epoch. */
  at: number;
  /** Of no use after that many milliseconds. */
  withinMs: number;
}

/** Makes a message to one person by those of the channels that reach them; the same call again changes nothing. */
export async function makeNotice(tx: Tx, person: Reachable, notice: NewNotice): Promise<void> {
  const { name, kind, channels, vars, at, withinMs } = notice;
  for (const channel of channels.filter((one) => (one === 'email' ? person.email : person.phone))) {
    const key = deliveryKey(`notice/${name}`, channel, person.id);
    const who = { personKind: person.kind, personId: person.id };
    const row = { key, kind, channel, ...who, vars: { ...vars }, at: new Date(at) };
    const { count } = await tx.delivery.createMany({ data: [row], skipDuplicates: true });
    if (count > 0) await tx.notice.create({ data: { key, deliverBy: new Date(at + withinMs) } });
  }
}

/** Takes waiting messages for this process alone. `late`: of no use any more. */
export async function takeNotices(db: Db): Promise<{ key: string; late: boolean }[]> {
  return db.$queryRaw<{ key: string; late: boolean }[]>`
    UPDATE notices SET held_until = now() + ${LEASE_MS} * interval '1 millisecond'
    WHERE key IN (
      SELECT key FROM notices WHERE held_until IS NULL OR held_until < now()
      ORDER BY deliver_by LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
    RETURNING key, deliver_by < now() AS late`;
}

/** The delivery has ended. */
export async function endNotice(db: Db, key: string): Promise<void> {
  await db.notice.deleteMany({ where: { key } });
}

/** What has waited for hours, as for a mail server that is away for a night, is tried every so many milliseconds, no oftener. */
const LONGEST_PAUSE_MS = 5 * 60_000;

/** To be tried again after so many milliseconds, or a tenth of what it has waited for already. */
export async function holdNotice(db: Db, key: string, ms: number): Promise<void> {
  await db.$executeRaw`
    UPDATE notices n SET held_until = now() + greatest(
      ${Math.max(1_000, ms)} * interval '1 millisecond',
      least(${LONGEST_PAUSE_MS} * interval '1 millisecond', (now() - d.created_at) / 10))
    FROM deliveries d WHERE n.key = ${key} AND d.key = n.key`;
}
