/**
 * From the deadline (时限) to the text that the carrier has accepted, on an idle system, one at a time, beside a bare timer
 * and activity. Ours reads and writes PostgreSQL in between, and speaks to the carrier over HTTP.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bed } from '../bed';
import { deadline as bareDeadline } from '../bare/workflows';
import { interleave } from '../harness/rounds';
import { alone, compared, type Row } from '../harness/row';
import { median, quantile } from '../harness/stats';
import { calm, carrierJournal, endAll, follow, hearAll, makeLate } from '../late';
import type { Measure, Setup } from '../measure';

/** Time for the case to be taken and its timer set. */
const AHEAD_MS = 700;

/**
 * Temporal watches over each task of a case for the 40 s that it waits for its worker, and looks when they are over, though the
 * task is long done. After a thousand tasks these looks take turns with the timers that are meant here.
 */
const WATCHED_MS = 45_000;

/** @returns milliseconds from the deadline to the carrier's yes */
export async function oneOfOurs(bed: Bed): Promise<number> {
  const heard = follow(carrierJournal(bed));
  const dueAt = Date.now() + AHEAD_MS;
  const cases = await makeLate(bed, 1, dueAt);
  const at = await hearAll(
    heard,
    cases.map(({ phone }) => phone),
    dueAt,
  );
  await endAll(bed, cases);
  return Math.max(...at.values()) - dueAt;
}

async function oneBare({ client, queues, bareMarks }: Bed): Promise<number> {
  const heard = follow(bareMarks);
  const dueAt = Date.now() + AHEAD_MS;
  const id = randomUUID();
  await client.workflow.start(bareDeadline, {
    workflowId: `bare-${id}`,
    taskQueue: queues.bare,
    args: [{ id, dueAt }],
  });
  const at = await hearAll(heard, [id], dueAt);
  return Math.max(...at.values()) - dueAt;
}

async function run({ effort, bed, say }: Setup): Promise<Row[]> {
  const { rounds, quick } = effort;
  const on = await bed();
  const each = quick ? 2 : 8;
  // What was measured before has left something to do, and an idle system is meant.
  await calm(on);
  if (!quick) await sleep(WATCHED_MS);
  await oneOfOurs(on);
  await oneBare(on);
  const all: number[] = [];
  const several = async (work: () => Promise<number>, kept?: number[]): Promise<number> => {
    const values: number[] = [];
    for (let i = 0; i < each; i += 1) values.push(await work());
    kept?.push(...values);
    return median(values);
  };
  const pairs = await interleave(
    rounds,
    { ours: () => several(() => oneOfOurs(on), all), yardstick: () => several(() => oneBare(on)) },
    (_, round) => say(`${round + 1}/${rounds}`),
  );
  return [
    compared(
      {
        id: 'deadline-p50',
        what: 'deadline to the carrier’s yes, idle, p50',
        unit: 'ms',
        must: { of: 'ratio', most: 2 },
      },
      pairs,
    ),
    alone(
      {
        id: 'deadline-p99',
        what: `deadline to the carrier’s yes, idle, p99 of ${all.length}`,
        unit: 'ms',
        must: { of: 'ours', most: 1_000 },
      },
      [quantile(all, 0.99)],
    ),
  ];
}

export const deadline: Measure = { id: 'deadline', title: '到期到发出 · from a deadline to its text', run };
