/**
 * Many deadlines in the same second, each on a case and with a person of its own: how fast the first texts reach the
 * carrier, beside as many bare timers and activities. A case behind each text is marked late, its journal written, its
 * message stored before it is sent, and a mail goes out as well. Receipts come three seconds after their texts.
 */
import { randomUUID } from 'node:crypto';
import type { Bed } from '../bed';
import { deadline as bareDeadline } from '../bare/workflows';
import { atOnce, interleave, timed } from '../harness/rounds';
import { alone, compared, type Row } from '../harness/row';
import { calm, carrierJournal, endAll, ensureStations, follow, hearAll, makeLate } from '../late';
import type { Measure, Setup } from '../measure';

/** Made first, far from being late, to see how long the others will take. */
const TRIAL = 20;
const FAR_MS = 24 * 60 * 60_000;
/** The others may take this many times as long: machines have moods. */
const MARGIN = 2;
const LEAST_AHEAD_MS = 1_500;

/** When all of `count` will be there, going by how long a few take. Milliseconds since the epoch */
async function whenReady(count: number, makeFew: (dueAt: number) => Promise<unknown>): Promise<number> {
  const each = (await timed(() => makeFew(Date.now() + FAR_MS))) / TRIAL;
  return Math.round(Date.now() + LEAST_AHEAD_MS + count * each * MARGIN);
}

interface Drained {
  perSecond: number;
  worstMs: number;
}

const drained = (at: Map<string, number>, dueAt: number): Drained => {
  const worstMs = Math.max(1, Math.max(...at.values()) - dueAt);
  return { perSecond: (at.size * 1000) / worstMs, worstMs };
};

/** Nothing may be late before all are there, or the first ones would have a head start. */
const checkReady = (dueAt: number): void => {
  if (Date.now() >= dueAt) throw new Error('the machine is too slow to prepare in time: nothing can be said');
};

/** Lets `count` cases of ours be late at the same moment. */
export async function drainOurs(bed: Bed, count: number): Promise<Drained> {
  await ensureStations(bed, count);
  const dueAt = await whenReady(count, async (far) => endAll(bed, await makeLate(bed, TRIAL, far)));
  const cases = await makeLate(bed, count, dueAt);
  checkReady(dueAt);
  const at = await hearAll(
    follow(carrierJournal(bed)),
    cases.map(({ phone }) => phone),
    dueAt,
  );
  await calm(bed);
  await endAll(bed, cases);
  return drained(at, dueAt);
}

async function drainBare({ client, queues, bareMarks }: Bed, count: number): Promise<Drained> {
  const make = (wanted: number, dueAt: number): Promise<string[]> =>
    atOnce(wanted, 10, async () => {
      const id = randomUUID();
      const args: [{ id: string; dueAt: number }] = [{ id, dueAt }];
      await client.workflow.start(bareDeadline, { workflowId: `bare-${id}`, taskQueue: queues.bare, args });
      return id;
    });
  const dueAt = await whenReady(count, (far) => make(TRIAL, far));
  const heard = follow(bareMarks);
  const ids = await make(count, dueAt);
  checkReady(dueAt);
  return drained(await hearAll(heard, ids, dueAt), dueAt);
}

async function drainOf(bed: Bed, count: number, rounds: number, say: (remark: string) => void): Promise<Row[]> {
  const worst: number[] = [];
  const pairs = await interleave(
    rounds,
    {
      ours: async () => {
        const { perSecond, worstMs } = await drainOurs(bed, count);
        worst.push(worstMs / 1000);
        return perSecond;
      },
      yardstick: async () => (await drainBare(bed, count)).perSecond,
    },
    (_, round) => say(`${count}: ${round + 1}/${rounds}`),
  );
  return [
    compared(
      {
        id: `drain-${count}`,
        what: `${count} deadlines in one second, texts`,
        unit: '/s',
        must: { of: 'ratio', least: 0.8 },
      },
      pairs,
    ),
    alone({ id: `drain-${count}-worst`, what: `${count} deadlines in one second, longest wait`, unit: 's' }, worst),
  ];
}

const measure = (id: string, title: string, count: number): Measure => ({
  id,
  title,
  async run({ effort, bed, say }: Setup): Promise<Row[]> {
    return drainOf(await bed(), effort.quick ? 20 : count, effort.rounds, say);
  },
});

export const drain = measure('drain', '500 个同时到期 · 500 deadlines at once', 500);
export const drainMany = measure('drain-many', '2000 个同时到期 · 2,000 deadlines at once', 2_000);
