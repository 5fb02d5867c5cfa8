/** Deliveries (消息): one message to one person by one channel, stored under its key before anything is sent. */
import { deliveryKey } from '../domain/ids';
import type { Channel, DeliveryOutcome, Tell, TextKind } from '../domain/model';
import { lateness, timeLeft, timeOfDay } from '../domain/short';
import type { TextValues } from '../domain/texts';
import type { Delivery } from '../prisma/generated/client';
import type { Db, Tx } from './db';

export interface Recipient {
  kind: 'staff' | 'partner';
  id: string;
  phone?: string | null;
  email?: string | null;
}

export interface NewDeliveries {
  caseId: string;
  /** The case's own time, milliseconds since the epoch. */
  at: number;
  tell: Tell;
  person: Recipient;
  channels: readonly Channel[];
}

/** Only lateness is worth a call. */
const CALLED: readonly TextKind[] = ['overdue', 'overdue_skipped'];

function reaches(channel: Channel, kind: TextKind, person: Recipient): boolean {
  if (channel === 'email') return Boolean(person.email);
  return Boolean(person.phone) && (channel === 'sms' || CALLED.includes(kind));
}

/** A step's id begins with its kind; occurrence or referral follow after a hyphen. */
const kindOfStep = (stepId: string): string => stepId.split('-')[0] ?? stepId;

function valuesOf(tell: Tell, at: number, number: string): TextValues {
  return {
    number,
    ...(tell.stepId !== undefined && { step: kindOfStep(tell.stepId) }),
    ...(tell.lateMs !== undefined && { late: lateness(tell.lateMs) }),
    ...(tell.leftMs !== undefined && { left: timeLeft(tell.leftMs) }),
    ...(tell.kind === 'acknowledged' && { time: timeOfDay(at) }),
  };
}

/**
 * Makes the deliveries of a tell to one person, by those of the channels that reach them; the same call again changes
 * nothing. Empty: the person has no contact for any of them. Codes and links are made when the message is composed.
 */
export async function makeDeliveries(
  tx: Tx,
  { caseId, at, tell, person, channels }: NewDeliveries,
): Promise<{ key: string; channel: Channel }[]> {
  const made = channels
    .filter((channel) => reaches(channel, tell.kind, person))
    .map((channel) => ({ key: deliveryKey(tell.id, channel, person.id), channel }));
  if (made.length === 0) return made;
  const { number } = await tx.caseRow.findUniqueOrThrow({ where: { id: caseId }, select: { number: true } });
  const common = {
    caseId,
    alertId: tell.alertId ?? null,
    referralId: tell.referralId ?? null,
    stepId: tell.stepId ?? null,
    kind: tell.kind,
    personKind: person.kind,
    personId: person.id,
    vars: { ...valuesOf(tell, at, number) },
    at: new Date(at),
  };
  await tx.delivery.createMany({ data: made.map((one) => ({ ...one, ...common })), skipDuplicates: true });
  return made;
}

/** How a delivery ended, or undefined while it has not. */
export function endOf(row: Pick<Delivery, 'state' | 'code'>): { outcome: DeliveryOutcome; code?: string } | undefined {
  if (row.state === 'sent' || row.state === 'delivered') return { outcome: 'sent' };
  return row.state === 'failed' ? { outcome: 'failed', ...(row.code !== null && { code: row.code }) } : undefined;
}

/**
 * Writes down that an attempt begins, before the carrier is called; false when the delivery has ended meanwhile.
 * @param vars what the text says, the reply code included
 */
export async function beginAttempt(db: Db, key: string, vars: TextValues): Promise<boolean> {
  const { count } = await db.delivery.updateMany({
    where: { key, state: { in: ['pending', 'sending'] } },
    data: { state: 'sending', triedAt: new Date(), attempts: { increment: 1 }, vars: { ...vars } },
  });
  return count > 0;
}

/** The carrier certainly did not take the message: the next attempt need not ask its records. */
export async function notTaken(db: Db, key: string): Promise<void> {
  await db.delivery.updateMany({ where: { key, state: 'sending' }, data: { state: 'pending' } });
}

/** Fails a delivery that has not ended. */
export async function fail(db: Db, key: string, code: string): Promise<void> {
  const open = { key, state: { in: ['pending', 'sending'] } };
  await db.delivery.updateMany({ where: open, data: { state: 'failed', code } });
}

/**
 * The carrier refused the message. A receipt that came during the one and only attempt was somebody else's: it was
 * matched by phone alone, and a message that was refused has none.
 */
export async function refused(db: Db, key: string, code: string): Promise<void> {
  await db.delivery.updateMany({
    where: { key, OR: [{ state: 'sending' }, { state: 'delivered', attempts: 1 }] },
    data: { state: 'failed', code, providerRef: null, receiptAt: null },
  });
}

/**
 * The carrier took the message. A receipt that had been matched by phone alone gives way to the carrier's own number.
 * @returns false when its receipt is there already
 */
export async function sent(db: Db, key: string, ref: string): Promise<boolean> {
  const { count } = await db.delivery.updateMany({
    where: { key, OR: [{ state: 'sending' }, { state: { in: ['delivered', 'failed'] }, NOT: { providerRef: ref } }] },
    data: { state: 'sent', providerRef: ref, code: null, receiptAt: null },
  });
  return count > 0;
}

/** Those of the carrier's numbers that belong to a delivery already. */
export async function takenRefs(db: Db, refs: string[]): Promise<Set<string>> {
  const rows = await db.delivery.findMany({ where: { providerRef: { in: refs } }, select: { providerRef: true } });
  return new Set(rows.flatMap((row) => row.providerRef ?? []));
}

/**
 * The carrier's records hold a message that looks like this one's: it is, unless another delivery has claimed it first.
 */
export async function claim(db: Db, key: string, ref: string): Promise<boolean> {
  return db.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 AS done FROM pg_advisory_xact_lock(hashtextextended(${`ref/${ref}`}, 0))`;
    const other = await tx.delivery.findFirst({ where: { providerRef: ref, NOT: { key } }, select: { key: true } });
    if (other) return false;
    const data = { state: 'sent', providerRef: ref };
    await tx.delivery.updateMany({ where: { key, state: 'sending' }, data });
    return true;
  });
}
