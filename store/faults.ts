/** Faults of channels (通道故障): what a provider refuses until somebody mends it, and who has been told. */
import { FAULT_WORDS, type Fault } from '../domain/faults';
import { DAY, HOUR } from '../domain/zone';
import type { DeliveryFault } from '../prisma/generated/client';
import type { Db, Tx } from './db';
import { makeNotice } from './notices';
import { administrators } from './oversight';

export interface SeenFault {
  provider: string;
  code: string;
  fault: Fault;
  /** Template or recipient; empty for the account as a whole. */
  subject: string;
}

/**
 * Writes a fault down and, at most once an hour for the same code of a provider, makes the messages to administrators
 * that the courier sends.
 * @returns whether administrators are told now
 */
export async function noteFault(db: Db, seen: SeenFault): Promise<boolean> {
  const { provider, code, subject, fault } = seen;
  const now = new Date();
  return db.$transaction(async (tx) => {
    // Ten messages that are refused at once are one piece of news.
    await tx.$queryRaw`SELECT 1 AS done FROM pg_advisory_xact_lock(hashtextextended(${`fault/${provider}/${code}`}, 0))`;
    await tx.$executeRaw`
      INSERT INTO delivery_faults AS f (provider, code, subject, kind, first_at, last_at)
      VALUES (${provider}, ${code}, ${subject}, ${fault.kind}, ${now}::timestamptz, ${now}::timestamptz)
      ON CONFLICT (provider, code, subject) DO UPDATE SET
        count = CASE WHEN f.cleared_at IS NULL THEN f.count + 1 ELSE 1 END,
        first_at = CASE WHEN f.cleared_at IS NULL THEN f.first_at ELSE ${now}::timestamptz END,
        last_at = ${now}::timestamptz, kind = ${fault.kind}, cleared_at = NULL`;
    const lately = { provider, code, toldAt: { gt: new Date(now.getTime() - HOUR) } };
    if ((await tx.deliveryFault.count({ where: lately })) > 0) return false;
    await tx.deliveryFault.update({
      where: { provider_code_subject: { provider, code, subject } },
      data: { toldAt: now },
    });
    return (await tellAdministrators(tx, seen, now.getTime())) > 0;
  });
}

/**
 * One mail and one text to each administrator: which of them gets out shows by itself. One that still waits, as for a mail server
 * that is away, says the same already.
 */
async function tellAdministrators(tx: Tx, { provider, code, fault }: SeenFault, at: number): Promise<number> {
  const { short, todo } = FAULT_WORDS[fault.kind];
  const about = `fault/${provider}/${code}`;
  const waiting = await tx.notice.findMany({
    where: { key: { startsWith: `notice/${about}/` } },
    select: { key: true },
  });
  const admins = await administrators(tx);
  for (const person of admins) {
    const isNew = (channel: string): boolean => !waiting.some(({ key }) => key.endsWith(`/${channel}/${person.id}`));
    await makeNotice(tx, person, {
      ...{ name: `${about}/${at}`, kind: 'system_fault', channels: (['email', 'sms'] as const).filter(isNew) },
      ...{ vars: { fault: short, detail: `${provider} ${code}`, todo }, at, withinMs: DAY },
    });
  }
  return admins.length;
}

/** Faults that no later success has shown to be mended, the latest first. */
export const openFaults = (db: Db): Promise<DeliveryFault[]> =>
  db.deliveryFault.findMany({ where: { clearedAt: null }, orderBy: [{ lastAt: 'desc' }, { code: 'asc' }] });
