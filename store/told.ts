/** Who has been told of an alert, and who is not known to have got anything. */
import type { Channel, Tell } from '../domain/model';
import type { Db, Tx } from './db';

/**
 * Staff of a tell who are to be tried by its (further) channel: no receipt says that a text or call reached them, and they
 * have not been tried by this channel. With `failed` only the one whose message failed.
 */
export async function unheardOf(tx: Tx, { id, alertId, channels, unheard }: Tell): Promise<string[]> {
  const rows = await tx.delivery.findMany({
    where: { alertId: alertId ?? null, key: { startsWith: `${id}/` }, personKind: 'staff' },
    select: { personId: true, channel: true, state: true },
    orderBy: { key: 'asc' },
  });
  const done = new Set(
    rows
      .filter(({ channel, state }) => state === 'delivered' || channels.includes(channel as Channel))
      .map(({ personId }) => personId),
  );
  const one = unheard?.why === 'failed' ? unheard.personId : undefined;
  const people = [...new Set(rows.map(({ personId }) => personId))];
  return people.filter((personId) => !done.has(personId) && (one === undefined || personId === one));
}

/** Staff to whom something about the alert got out. */
export async function toldOf(tx: Tx, { toldOf: alertId, except }: { toldOf: string; except: string }): Promise<string[]> {
  const rows = await tx.delivery.findMany({
    where: {
      alertId,
      personKind: 'staff',
      state: { in: ['sent', 'delivered'] },
      NOT: { OR: [{ personId: except }, { kind: { in: ['over', 'acknowledged'] } }] },
    },
    select: { personId: true },
    distinct: ['personId'],
    orderBy: { personId: 'asc' },
  });
  return rows.map(({ personId }) => personId);
}

/** Is a text or call of the case younger than this (wall time, ms) and without a receipt? */
export async function receiptsAwaited(db: Db, caseId: string, youngerThanMs: number): Promise<boolean> {
  const triedAt = { gt: new Date(Date.now() - youngerThanMs) };
  const where = { caseId, state: 'sent', channel: { in: ['sms', 'voice'] }, triedAt };
  return (await db.delivery.findFirst({ where, select: { key: true } })) !== null;
}
