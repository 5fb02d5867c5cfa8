/** Who has been told of an alert, and who is not known to have got anything. */
import type { Tell } from '../domain/alert';
import type { Channel } from '../domain/channels';
import { addressesOf, COUNTING, VERIFIED } from './contacts';
import type { Db, Tx } from './db';
import type { Reachable } from './roster';

/** Somebody of the staff, or a duty phone (值班手机). */
interface Who {
  personKind: string;
  personId: string;
}

const OURS = { in: ['staff', 'contact'] };

/**
 * Who of a tell is to be tried by its (further) channel: no receipt says that a text or call reached them, and they have
 * not been tried by this channel. With `failed` only the one whose message failed. Asked again after a crash it names those
 * for whom the message was made then: nobody else would see it out.
 * @param at when it is told, by the case's own time, milliseconds: a message by this channel of that moment is this tell's own
 */
export async function unheardOf(tx: Tx, { id, alertId, channels, unheard }: Tell, at: number): Promise<Who[]> {
  const rows = await tx.delivery.findMany({
    where: { alertId: alertId ?? null, key: { startsWith: `${id}/` }, personKind: OURS },
    select: { personKind: true, personId: true, channel: true, state: true, at: true },
    orderBy: { key: 'asc' },
  });
  const byThis = rows.filter(({ channel }) => channels.includes(channel as Channel));
  const made = new Set(byThis.filter((row) => row.at.getTime() === at).map(({ personId }) => personId));
  const done = new Set(
    [...rows.filter(({ state }) => state === 'delivered'), ...byThis]
      .map(({ personId }) => personId)
      .filter((personId) => !made.has(personId)),
  );
  const one = unheard?.why === 'failed' ? unheard.personId : undefined;
  const people = new Map(rows.map(({ personKind, personId }) => [personId, { personKind, personId }]));
  return [...people.values()].filter(({ personId }) => !done.has(personId) && (one === undefined || personId === one));
}

/** Those to whom something about the alert got out. */
export async function toldOf(tx: Tx, { toldOf: alertId, except }: { toldOf: string; except: string }): Promise<Who[]> {
  return tx.delivery.findMany({
    where: {
      alertId,
      personKind: OURS,
      state: { in: ['sent', 'delivered'] },
      NOT: { OR: [{ personId: except }, { kind: { in: ['over', 'acknowledged'] } }] },
    },
    select: { personKind: true, personId: true },
    distinct: ['personId'],
    orderBy: { personId: 'asc' },
  });
}

/** How they can be reached now; who has left, or has no contact that counts any more, is left out. */
export async function reachableAgain(tx: Tx, who: Who[]): Promise<Reachable[]> {
  if (who.length === 0) return [];
  const idsOf = (kind: string): string[] =>
    who.filter(({ personKind }) => personKind === kind).map(({ personId }) => personId);
  const staff = await tx.staff.findMany({
    where: { id: { in: idsOf('staff') }, active: true },
    select: { id: true, contacts: COUNTING },
    orderBy: { id: 'asc' },
  });
  const phones = await tx.contact.findMany({
    where: { id: { in: idsOf('contact') }, kind: 'phone', ...VERIFIED },
    select: { id: true, value: true },
    orderBy: { id: 'asc' },
  });
  return [
    ...staff.map(({ id, contacts }): Reachable => ({ kind: 'staff', id, ...addressesOf(contacts) })),
    ...phones.map(({ id, value }): Reachable => ({ kind: 'contact', id, phone: value, email: null })),
  ];
}

/**
 * Is a receipt of the case still to come: of a text or call younger than this (wall time, ms), or of one that the carrier says
 * so of? @param underWay the carrier's numbers of those
 */
export async function receiptsAwaited(
  db: Db,
  caseId: string,
  youngerThanMs: number,
  underWay: readonly string[] = [],
): Promise<boolean> {
  const triedAt = { gt: new Date(Date.now() - youngerThanMs) };
  const where = {
    ...{ caseId, state: 'sent', channel: { in: ['sms', 'voice'] } },
    OR: [{ triedAt }, { providerRef: { in: [...underWay] } }],
  };
  return (await db.delivery.findFirst({ where, select: { key: true } })) !== null;
}
