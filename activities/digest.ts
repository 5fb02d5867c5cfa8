/** The day's digest (每日提要): each supervisor hears of their station, the duty officers of all; nobody of nothing. */
import type { Logger } from 'pino';
import { digest, type Digest, type DigestItem } from '../domain/digest';
import type { Texts } from '../domain/texts';
import { beijing, HOUR } from '../domain/zone';
import type { Db, Tx } from '../store/db';
import { openSteps, stationNames } from '../store/digest';
import { makeNotice } from '../store/notices';
import { allSupervisors, officers } from '../store/oversight';
import type { Reachable } from '../store/roster';
import { rosterWarnings } from '../store/roster-warnings';
import { hiddenFrom } from '../store/sight';

export interface DigestDeps {
  db: Db;
  texts: Texts;
  log: Logger;
}

/** The morning's figures are of no use in the afternoon. */
const USEFUL_MS = 3 * HOUR;

const dayOf = (at: number): string => {
  const { year, month, day } = beijing(at);
  return [year, month, day].map((n) => String(n).padStart(2, '0')).join('-');
};

export const createDigest = (deps: DigestDeps) => ({
  /**
   * Makes the messages of a day; once a day and person, however often it is called.
   * @returns how many people are written to
   */
  async sendDigests({ at }: { at: number }): Promise<{ people: number }> {
    const { db, texts, log } = deps;
    const people = await db.$transaction(async (tx) => {
      const items = await openSteps(tx, at);
      const warnings = await rosterWarnings(tx, { at });
      const stations = await stationNames(tx);
      const names = { step: texts.stepName, station: (id: string) => stations.get(id) ?? id };
      const written = new Set<string>();
      for (const id of stations.keys()) {
        const ofStation = warnings.filter((one) => one.stationId === id);
        const own = (seen: DigestItem[]) => digest(seen, ofStation, at, names);
        await write(tx, await allSupervisors(tx, id), { items: items.get(id) ?? [], worded: own, at, written });
      }
      const all = (seen: DigestItem[]) => digest(seen, warnings, at, names);
      await write(tx, await officers(tx, at), { items: [...items.values()].flat(), worded: all, at, written });
      return written.size;
    });
    log.info({ people }, 'digests made');
    return { people };
  },
});

export type DigestActivities = ReturnType<typeof createDigest>;

interface Writing {
  items: DigestItem[];
  worded(seen: DigestItem[]): Digest | undefined;
  at: number;
  written: Set<string>;
}

/** Each reads of the cases that they may know of alone. */
async function write(tx: Tx, people: Reachable[], { items, worded, at, written }: Writing): Promise<void> {
  for (const person of people) {
    if (written.has(person.id)) continue;
    const hidden = await hiddenFrom(tx, person.id);
    const own = worded(items.filter(({ caseId = '' }) => !hidden.includes(caseId)));
    if (!own) continue;
    written.add(person.id);
    const { sms, ...vars } = own;
    const channels = sms ? (['sms', 'email'] as const) : (['email'] as const);
    await makeNotice(tx, person, {
      name: `digest/${dayOf(at)}`,
      kind: 'digest',
      channels,
      vars,
      at,
      withinMs: USEFUL_MS,
    });
  }
}
