/** Proposes the erasure of what is kept long enough, and tells the station's supervisors how many wait for them. */
import type { Logger } from 'pino';
import type { AccessPolicy } from '../domain/access-policy';
import { HOUR } from '../domain/zone';
import type { Erasure } from '../prisma/generated/client';
import type { Db, Tx } from '../store/db';
import { proposeErasures } from '../store/erasures';
import { makeNotice } from '../store/notices';
import { allSupervisors, officers } from '../store/oversight';
import { hiddenFrom } from '../store/sight';

export interface RetentionDeps {
  db: Db;
  access: AccessPolicy;
  log: Logger;
}

/** Nothing hurries; but word of last week's proposals confuses. */
const USEFUL_MS = 24 * HOUR;

export const createRetention = ({ db, access, log }: RetentionDeps) => ({
  /**
   * Proposes and tells in one transaction: after a crash a repetition would find what was proposed, and tell nobody.
   * @returns how many were proposed; a repetition finds them there and proposes none
   */
  async proposeErasures({ at }: { at: number }): Promise<{ proposed: number }> {
    const made = await db.$transaction(async (tx) => {
      const fresh = await proposeErasures(tx, access, at);
      for (const [stationId, rows] of fresh) await tell(tx, { stationId, rows, at });
      return fresh;
    });
    const proposed = [...made.values()].reduce((sum, rows) => sum + rows.length, 0);
    if (proposed > 0) log.info({ proposed }, 'erasures proposed');
    return { proposed };
  },
});

export type RetentionActivities = ReturnType<typeof createRetention>;

/** Each hears of those alone that they may know of. */
async function tell(tx: Tx, { stationId, rows, at }: { stationId: string; rows: Erasure[]; at: number }) {
  const supervisors = await allSupervisors(tx, stationId);
  for (const person of supervisors.length > 0 ? supervisors : await officers(tx, at)) {
    const hidden = await hiddenFrom(tx, person.id);
    const count = rows.filter(({ entityId }) => !hidden.includes(entityId)).length;
    if (count === 0) continue;
    const name = `erasure/${stationId}/${at}`;
    const vars = { count: String(count) };
    const notice = { name, kind: 'erasure_due', channels: ['email'], vars, at, withinMs: USEFUL_MS } as const;
    await makeNotice(tx, person, notice);
  }
}
