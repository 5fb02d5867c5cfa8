/** Deliveries (消息): one message to one person by one channel, stored under its key before anything is sent. */
import { deliveryKey, kindOfStep } from '../domain/ids';
import type { DeliveryOutcome, Tell } from '../domain/alert';
import { isRobot, type Channel, type RobotChannel } from '../domain/channels';
import type { Risk } from '../domain/model';
import type { TextKind } from '../domain/text-kinds';
import { lateness, timeLeft, timeOfDay } from '../domain/short';
import type { TextValues } from '../domain/texts';
import { rankOf } from '../domain/urgency';
import { type Delivery, Prisma } from '../prisma/generated/client';
import type { Db, Tx } from './db';
import { type Fields, fromJson, insert, isFilled } from './rows';
import { insertTries, type Tries } from './tries';

export interface Recipient {
  kind: 'staff' | 'partner' | 'contact' | 'robot';
  id: string;
  /** Robots only: which kind, and the one channel that reaches it. */
  robot?: RobotChannel;
  phone?: string | null;
  email?: string | null;
}

export interface NewDeliveries {
  caseId: string;
  number: string;
  risk: Risk;
  /** The case's own time, milliseconds since the epoch. */
  at: number;
  tell: Tell;
  person: Recipient;
  channels: readonly Channel[];
}

/** Only lateness is worth a call. */
const CALLED: readonly TextKind[] = ['overdue', 'overdue_watch', 'overdue_skipped', 'report_late'];

function reaches(channel: Channel, kind: TextKind, person: Recipient): boolean {
  if (isRobot(channel) || person.kind === 'robot') return person.robot === channel;
  if (channel === 'email') return Boolean(person.email);
  return Boolean(person.phone) && (channel === 'sms' || CALLED.includes(kind));
}

function valuesOf(tell: Tell, at: number, number: string): TextValues {
  return {
    number,
    ...(tell.stepId !== undefined && { step: kindOfStep(tell.stepId) }),
    ...(tell.lateMs !== undefined && { late: lateness(tell.lateMs) }),
    ...(tell.leftMs !== undefined && { left: timeLeft(tell.leftMs) }),
    ...((tell.kind === 'acknowledged' || tell.kind === 'report_taken') && { time: timeOfDay(at) }),
  };
}

/** A delivery's row, and what the workflow is told of it. */
type Planned = Fields & { key: string; channel: Channel };

/**
 * The rows of a tell to one person, by those of the channels that reach them. Empty: the person has no contact for any of
 * them. Codes and links are made when the message is composed.
 */
export function planDeliveries({ caseId, number, risk, at, tell, person, channels }: NewDeliveries): Planned[] {
  return channels
    .filter((channel) => reaches(channel, tell.kind, person))
    .map((channel) => ({
      key: deliveryKey(tell.id, channel, person.id),
      channel,
      caseId,
      alertId: tell.alertId ?? null,
      referralId: tell.referralId ?? null,
      stepId: tell.stepId ?? null,
      kind: tell.kind,
      personKind: person.kind,
      personId: person.id,
      vars: { ...valuesOf(tell, at, number) },
      priority: rankOf(tell.kind, risk),
      at: new Date(at),
    }));
}

/** Writes planned deliveries; the same call again changes nothing. */
export const insertDeliveries = (rows: readonly [Fields, ...Fields[]]): Prisma.Sql =>
  insert({ table: 'deliveries', rows, keepBy: ['key'] });

/** Plans and writes in one. */
export async function makeDeliveries(tx: Tx, of: NewDeliveries): Promise<{ key: string; channel: Channel }[]> {
  const rows = planDeliveries(of);
  if (isFilled(rows)) await tx.$executeRaw(insertDeliveries(rows));
  return rows.map(({ key, channel }) => ({ key, channel }));
}

const TIMES = new Set(['triedAt', 'at', 'createdAt', 'receiptAt', 'heldUntil']);

/** A delivery that came as JSON. */
export const deliveryOf = (one: Fields): Delivery => fromJson(one, TIMES) as unknown as Delivery;

/** The delivery that has a carrier's number, and went by itself. */
export async function deliveryByRef(tx: Tx, of: { ref: string; channel: string }): Promise<Delivery | undefined> {
  const [row] = await tx.$queryRaw<{ one: Fields }[]>`
    SELECT to_jsonb(d) AS one FROM deliveries d
    WHERE provider_ref = ${of.ref} AND channel = ${of.channel} AND bundled_in IS NULL LIMIT 1`;
  return row && deliveryOf(row.one);
}

/** How a delivery ended, or undefined while it has not. */
export function endOf(row: Pick<Delivery, 'state' | 'code'>): { outcome: DeliveryOutcome; code?: string } | undefined {
  if (row.state === 'sent' || row.state === 'delivered') return { outcome: 'sent' };
  return row.state === 'failed' ? { outcome: 'failed', ...(row.code !== null && { code: row.code }) } : undefined;
}

/** An attempt that begins: what is sent, and by whom. */
export interface Beginning {
  key: string;
  /** As it was read. */
  attempts: number;
  /** What the text says, the reply code included. */
  vars: TextValues;
  /** Who is called. */
  provider: string;
}

/** Writes down that an attempt begins; finds no row where the delivery has ended, or another worker has begun one, since it was read. */
export const beginning = ({ key, attempts, vars, provider }: Beginning): Prisma.Sql => Prisma.sql`
  UPDATE deliveries SET state = 'sending', tried_at = ${new Date()}::timestamptz, attempts = attempts + 1,
    vars = ${JSON.stringify(vars)}::jsonb, provider = ${provider}
  WHERE key = ${key} AND state IN ('pending', 'sending') AND attempts = ${attempts}`;

/** {@link beginning}, before the carrier is called. */
export const beginAttempt = async (db: Db, attempt: Beginning): Promise<boolean> =>
  (await db.$executeRaw(beginning(attempt))) > 0;

/** The attempt goes on with another provider, since the one before certainly did not take the message. */
export async function handTo(db: Db, key: string, provider: string): Promise<void> {
  await db.delivery.updateMany({ where: { key, state: 'sending' }, data: { provider, triedAt: new Date() } });
}

/** The carrier certainly did not take the message: the next attempt need not ask its records. */
export async function notTaken(db: Db, key: string, tries: Tries): Promise<void> {
  await db.$executeRaw`
    WITH tried AS (${insertTries(key, tries)})
    UPDATE deliveries SET state = 'pending' WHERE key = ${key} AND state = 'sending'`;
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
export async function refused(db: Db, key: string, code: string, tries: Tries): Promise<void> {
  await db.$executeRaw`
    WITH tried AS (${insertTries(key, tries)})
    UPDATE deliveries SET state = 'failed', code = ${code}, provider_ref = NULL, receipt_at = NULL
    WHERE key = ${key} AND (state = 'sending' OR (state = 'delivered' AND attempts = 1))`;
}

/** A provider that has taken a message, and what that shows to be mended: the account, this template, this recipient. */
export interface TakenBy {
  provider: string;
  ref: string;
  subjects: string[];
  /** From when the carrier counts it, by the case's own time in milliseconds; absent: nobody counts it. */
  countedAt?: number;
}

/**
 * The carrier took the message. A receipt that had been matched by phone alone gives way to the carrier's own number.
 * One statement: the usual end of a delivery costs one trip to the database.
 * @returns false when its receipt is there already
 */
export async function sent(db: Db, key: string, by: TakenBy, tries: Tries): Promise<boolean> {
  const { provider, ref, subjects, countedAt } = by;
  const used = Prisma.sql`,
      used AS (UPDATE phone_uses SET at = ${new Date(countedAt ?? 0)}::timestamptz, under_way = false WHERE key = ${key})`;
  const count = await db.$executeRaw`
    WITH tried AS (${insertTries(key, tries)}),
      mended AS (
        UPDATE delivery_faults SET cleared_at = now()
        WHERE provider = ${provider} AND subject = ANY(${['', ...subjects]}) AND cleared_at IS NULL)
      ${countedAt === undefined ? Prisma.empty : used}
    UPDATE deliveries SET state = 'sent', provider = ${provider}, provider_ref = ${ref}, code = NULL, receipt_at = NULL
    WHERE key = ${key} AND (state = 'sending' OR (state IN ('delivered', 'failed') AND provider_ref <> ${ref}))`;
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
