/**
 * Does a figure grow for as long as the load goes on? Pure.
 *
 * The rule: the first third is warming up and is left out. The rest is cut into six equal spans; the least value of each is
 * its floor, so that the teeth of a garbage collector do not count. It leaks when the floor still rises at the end (the median
 * of the last three lies above that of the first three), when the median slope between any two floors (Theil–Sen), over the
 * whole of the six spans, is a rise of more than `share` of the first floor and of more than `least`, and when at most one
 * span's floor lies below the one before it. A figure that rises once and stays there does not leak; one that is bounded may
 * not pass its bound at all.
 */

export interface Sample {
  /** Seconds since the load began. */
  at: number;
  value: number;
}

export interface Allowance {
  /** Of the first floor, 0.1 for a tenth. */
  share: number;
  /** In the figure's own unit. */
  least: number;
  /** What no sample may pass. */
  bound?: number;
  /** Seconds after the warming up before anything is said of growth: collectors take their time to be sure. */
  overS?: number;
}

export interface Verdict {
  /** null: too few samples to say. */
  leaks: boolean | null;
  first: number;
  last: number;
  most: number;
  /** Rise an hour by the median slope of the floors, in the figure's own unit. */
  perHour: number;
}

const SPANS = 6;
/** Samples that are needed once the warming up is over: three a span. */
export const LEAST_SAMPLES = 3 * SPANS;
const HOUR_S = 3_600;

const middle = (values: readonly number[]): number => {
  const all = [...values].sort((a, b) => a - b);
  return all.length === 0 ? 0 : ((all[(all.length - 1) >> 1] ?? 0) + (all[all.length >> 1] ?? 0)) / 2;
};

/** The least sample of each span. */
function floorsOf(samples: readonly Sample[]): Sample[] {
  const [from = 0, until = 0] = [samples[0]?.at, samples.at(-1)?.at];
  const length = (until - from) / SPANS;
  return Array.from({ length: SPANS }, (_, span) => span).flatMap((span) => {
    const within = samples.filter(({ at }) => Math.min(SPANS - 1, Math.floor((at - from) / length)) === span);
    const [floor] = within.sort((a, b) => a.value - b.value);
    return floor ?? [];
  });
}

/** Theil–Sen: the median of the slopes between all pairs, a second. */
function slopeOf(floors: readonly Sample[]): number {
  const slopes = floors.flatMap((one, i) =>
    floors.slice(i + 1).map((other) => (other.value - one.value) / (other.at - one.at)),
  );
  return middle(slopes);
}

/** @param samples in the order in which they were taken */
export function judge(samples: readonly Sample[], { share, least, bound = Infinity, overS = 0 }: Allowance): Verdict {
  const values = samples.map(({ value }) => value);
  const most = Math.max(0, ...values);
  const [begin = 0, end = 0] = [samples[0]?.at, samples.at(-1)?.at];
  const steady = samples.filter(({ at }) => at >= begin + (end - begin) / 3);
  const floors = floorsOf(steady);
  const slope = slopeOf(floors);
  const seen = { first: floors[0]?.value ?? 0, last: floors.at(-1)?.value ?? 0, most, perHour: slope * HOUR_S };
  if (most > bound) return { ...seen, leaks: true };
  const judgedS = (steady.at(-1)?.at ?? 0) - (steady[0]?.at ?? 0);
  if (steady.length < LEAST_SAMPLES || floors.length < SPANS || judgedS < overS) return { ...seen, leaks: null };
  const rise = slope * judgedS;
  const falls = floors.filter(({ value }, i) => value < (floors[i - 1]?.value ?? value)).length;
  const half = floors.length / 2;
  const rises =
    middle(floors.slice(half).map(({ value }) => value)) > middle(floors.slice(0, half).map((f) => f.value));
  return { ...seen, leaks: rises && falls <= 1 && rise > share * seen.first && rise > least };
}
