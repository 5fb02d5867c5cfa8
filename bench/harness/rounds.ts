/** Running work in rounds: both sides in turn, and so many at a time. */
import { performance } from 'node:perf_hooks';
import type { Pair } from './stats';

/**
 * Takes both sides in each round, the one first that was second before, so that neither has the quieter half.
 * @param each told after every round
 */
export async function interleave(
  rounds: number,
  sides: { ours: (round: number) => Promise<number>; yardstick: (round: number) => Promise<number> },
  each: (pair: Pair, round: number) => void = () => undefined,
): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const first = round % 2 === 0 ? 'ours' : 'yardstick';
    const second = first === 'ours' ? 'yardstick' : 'ours';
    const one = await sides[first](round);
    const other = await sides[second](round);
    const pair = first === 'ours' ? { ours: one, yardstick: other } : { ours: other, yardstick: one };
    each(pair, round);
    pairs.push(pair);
  }
  return pairs;
}

/** Milliseconds that a piece of work takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const since = performance.now();
  await work();
  return performance.now() - since;
}

/** Does `work` for 0 … count-1, so many at a time; the first failure ends it. @returns the answers in order */
export async function atOnce<T>(count: number, width: number, work: (index: number) => Promise<T>): Promise<T[]> {
  const answers: T[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      answers[index] = await work(index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, count) }, lane));
  return answers;
}

/** How many a second, when `count` are done, `width` at a time. */
export async function perSecond(
  count: number,
  width: number,
  work: (index: number) => Promise<unknown>,
): Promise<number> {
  return (count * 1000) / (await timed(() => atOnce(count, width, work)));
}
