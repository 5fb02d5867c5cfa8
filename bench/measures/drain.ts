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
import { calm, carrierJournal, endAll, ensureStations, follow, hearAll, type LateCase, makeLate } from '../late';
import type { Measure, Setup } from '../measure';

/** Made first, far from being late, to see how long the others will take. */
const TRIAL = 20;
const FAR_MS = 24 * 60 * 60_000;
/** The others may take so many times as long, since machines have moods; where that was too little, more is given. */
const MARGINS = [2, 4, 6];
const LEAST_AHEAD_MS = 1_500;

/** When all of `count` will be there, going by how long a few take. Milliseconds since the epoch */
async function whenReady(count: number, margin: number, makeFew: (dueAt: number) => Promise<unknown>): Promise<number> {
  const each = (await timed(() => makeFew(Date.now() + FAR_MS))) / TRIAL;
  return Math.round(Date.now() + LEAST_AHEAD_MS + count * each * margin);
}

interface Drained {
  perSecond: number;
  worstMs: number;
}

const drained = (at: Map<string, number>, dueAt: number): Drained => {
  const worstMs = Math.max(1, Math.max(...at.values()) - dueAt);
  return { perSecond: (at.size * 1000) / worstMs, worstMs };
};

/** One side of the comparison. */
interface Side<T> {
  /** Makes so many that are late at that moment. */
  make(count: number, dueAt: number): Promise<T[]>;
  end(made: readonly T[]): Promise<unknown>;
  /** Who is heard of for each, once it was done, and where. */
  who(made: T): string;
  journal: string;
}

/**
 * Lets `count` be late at the same moment. Nothing may be late before all are there, or the first ones would have a head start:
 * what was not ready in time is ended, and made anew with more time.
 */
async function letDrain<T>(side: Side<T>, count: number): Promise<{ made: T[]; drained: Drained }> {
  for (const margin of MARGINS) {
    const dueAt = await whenReady(count, margin, async (far) => side.end(await side.make(TRIAL, far)));
    const heard = follow(side.journal);
    const made = await side.make(count, dueAt);
    if (Date.now() < dueAt) return { made, drained: drained(await hearAll(heard, made.map(side.who), dueAt), dueAt) };
    await side.end(made);
  }
  throw new Error('the machine is too slow to prepare in time: nothing can be said');
}

/** Lets `count` cases of ours be late at the same moment. */
export async function drainOurs(bed: Bed, count: number): Promise<Drained> {
  await ensureStations(bed, count);
  const { made, drained: ours } = await letDrain<LateCase>(
    {
      make: (wanted, dueAt) => makeLate(bed, wanted, dueAt),
      end: (cases) => endAll(bed, cases),
      who: ({ phone }) => phone,
      journal: carrierJournal(bed),
    },
    count,
  );
  await calm(bed);
  await endAll(bed, made);
  return ours;
}

async function drainBare({ client, queues, bareMarks }: Bed, count: number): Promise<Drained> {
  const workflowId = (id: string): string => `bare-${id}`;
  const side: Side<string> = {
    make: (wanted, dueAt) =>
      atOnce(wanted, 10, async () => {
        const id = randomUUID();
        const args: [{ id: string; dueAt: number }] = [{ id, dueAt }];
        await client.workflow.start(bareDeadline, { workflowId: workflowId(id), taskQueue: queues.bare, args });
        return id;
      }),
    end: (ids) =>
      atOnce(ids.length, 10, (index) => client.workflow.getHandle(workflowId(ids[index] ?? '')).terminate()),
    who: (id) => id,
    journal: bareMarks,
  };
  return (await letDrain(side, count)).drained;
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
