/** What a run left behind, in the form that the oracle judges: the carrier's own book, our journal, our messages. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Entry, Message } from '../../sandbox/carrier/messages';
import type { Lived } from './people';
import { type Role, ROLES, type Seen } from './oracle';
import type { Town } from './town';

/** Something that went out although the same had gone out before. */
export interface Twice {
  number: string;
  atMs: number;
  channel: string;
  to: string;
}

export interface Evidence {
  seen: Seen[];
  twice: Twice[];
}

/** All that the carrier and the mail server took, oldest first. */
export function takenBy(town: Town): Message[] {
  const lines = readFileSync(join(town.dataDir, 'carrier/carrier.jsonl'), 'utf8').split('\n');
  // The carrier may have been killed in the middle of a line, and gone on behind it.
  const entries = lines.flatMap((line): Entry[] => (line.endsWith('}') && line.startsWith('{') ? parsed(line) : []));
  const all = entries.flatMap((entry) => (entry.type === 'message' ? [entry.message] : []));
  return all.filter(({ status }) => status !== 'rejected');
}

function parsed(line: string): Entry[] {
  try {
    return [JSON.parse(line) as Entry];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

function roleOf(town: Town, to: string): Role | undefined {
  const found = town.accounts.find(({ email, phone }) => to === email || (phone !== null && to.endsWith(phone)));
  return found?.role === 'social_worker' ? 'worker' : ROLES.find((role) => role === found?.role);
}

/** Reads everything about the cases of a run. */
export async function gather(town: Town, lived: readonly Lived[]): Promise<Evidence> {
  const messages = takenBy(town);
  const ids = lived.map((one) => one.caseId);
  const [rows, deliveries, events] = await town.persist(() =>
    Promise.all([
      town.db.caseRow.findMany({ where: { id: { in: ids } }, select: { id: true, number: true } }),
      town.db.delivery.findMany({ where: { caseId: { in: ids } } }),
      town.db.event.findMany({
        where: { caseId: { in: ids }, kind: { in: ['alert_acknowledged', 'step_done'] } },
        orderBy: { seq: 'asc' },
      }),
    ]),
  );
  const numbers = new Map(rows.map((row) => [row.id, row.number]));
  const seen = lived.map(({ caseId, planned, dueAt, takenAt }): Seen => {
    const number = numbers.get(caseId) ?? '-----';
    const at = (kind: string): number | undefined =>
      events.find((one) => one.caseId === caseId && one.kind === kind)?.at.getTime();
    const heard = messages
      .filter(({ text }) => text.includes(number) && text.includes('已逾期'))
      .map(({ atMs, to, channel }) => ({ atMs, role: roleOf(town, to), channel }));
    const madeAfter = deliveries
      .filter((one) => one.caseId === caseId && one.kind.startsWith('overdue'))
      .map((one) => one.at.getTime());
    const [acknowledgedAt, doneAt] = [at('alert_acknowledged'), at('step_done')];
    return { number, manner: planned.manner, takenAt, dueAt, heard, madeAfter, acknowledgedAt, doneAt };
  });
  const refs = new Set(deliveries.flatMap((one) => one.providerRef ?? []));
  return { seen, twice: twiceOf(messages, refs, [...numbers.values()]) };
}

/**
 * Texts that no delivery of ours ended with: the same was sent again, since nobody knew of them. Mails keep their Message-ID
 * when they are sent again, which may be long after the first: that is the one that something came in the middle of.
 */
function twiceOf(messages: readonly Message[], refs: ReadonlySet<string>, numbers: readonly string[]): Twice[] {
  const mailed = new Map<string, number>();
  return messages.flatMap(({ atMs, channel, to, text, serialNo = '' }): Twice[] => {
    const number = numbers.find((one) => text.includes(one));
    if (number === undefined) return [];
    if (channel !== 'email') return refs.has(serialNo) ? [] : [{ number, atMs, channel, to }];
    const before = mailed.get(serialNo);
    mailed.set(serialNo, atMs);
    return before === undefined ? [] : [{ number, atMs: before, channel, to }];
  });
}
