/** The arithmetic of the measurements: medians, percentiles and ratios of rounds. Pure. */

const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);

/**
 * The value below which a share of the values lies, by the nearest rank.
 * @param share 0 to 1
 * @throws RangeError for no values
 */
export function quantile(values: readonly number[], share: number): number {
  const all = sorted(values);
  const found = all[Math.max(0, Math.ceil(share * all.length) - 1)];
  if (found === undefined) throw new RangeError('no values to take a quantile of');
  return found;
}

/** The middle value; of an even number of values the mean of the two in the middle. @throws RangeError for no values */
export function median(values: readonly number[]): number {
  const all = sorted(values);
  const upper = all[Math.floor(all.length / 2)];
  const lower = all[Math.floor((all.length - 1) / 2)];
  if (upper === undefined || lower === undefined) throw new RangeError('no values to take a median of');
  return (lower + upper) / 2;
}

/** One figure over several rounds. */
export interface Spread {
  median: number;
  least: number;
  most: number;
}

/** @throws RangeError for no values */
export const spread = (values: readonly number[]): Spread => ({
  median: median(values),
  least: Math.min(...values),
  most: Math.max(...values),
});

/** What one round measured on each side, in the same unit. */
export interface Pair {
  ours: number;
  yardstick: number;
}

/**
 * The ratio of each round, ours to the yardstick's: both were taken within seconds of one another, so what slows the
 * machine down for a while slows both.
 */
export const ratios = (pairs: readonly Pair[]): number[] => pairs.map(({ ours, yardstick }) => ours / yardstick);
