/** What is worked out for the figures (数据): percentiles, rates, ages, and what is too small to be shown. Pure. */
import { DAY } from '../zone';

/**
 * The value that a share of all values does not exceed, by nearest rank, so that it is one of them.
 * @param values in any order @param share 0.5 is the median @returns undefined of nothing
 */
export function percentile(values: readonly number[], share: number): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

/** Median and 90th percentile; null of nothing. */
export const spread = (values: readonly number[]): { median: number | null; p90: number | null } => ({
  median: percentile(values, 0.5) ?? null,
  p90: percentile(values, 0.9) ?? null,
});

/** Share in percent, rounded down to a tenth: 999 of 1,000 is not a hundred. @returns null of nothing */
export const rateOf = (part: number, whole: number): number | null =>
  whole === 0 ? null : Math.floor((part * 1_000) / whole) / 10;

/** How long a case has been open (在办时长); the last one has no end. */
export const AGES = ['day', 'week', 'month', 'quarter', 'longer'] as const;
export type Age = (typeof AGES)[number];
const AGE_ENDS: readonly [Age, number][] = [
  ['day', DAY],
  ['week', 7 * DAY],
  ['month', 30 * DAY],
  ['quarter', 90 * DAY],
];
export const ageOf = (ms: number): Age => AGE_ENDS.find(([, end]) => ms < end)?.[0] ?? 'longer';

/** Fewer than this could be recognised by somebody who knows the township. */
export const LEAST_SHOWN = 5;

/**
 * Which rows of a table may be shown to somebody who sees no child (小数隐去): none that stands for fewer than LEAST_SHOWN.
 * What is hidden follows from the total, so others are hidden with it until there are two at least, and LEAST_SHOWN together.
 * @param counts what each row stands for, the total left out
 */
export function shownRows(counts: readonly number[]): boolean[] {
  const shown = counts.map((count) => count === 0 || count >= LEAST_SHOWN);
  const hiddenOnes = (): number[] => counts.filter((_count, index) => !shown[index]);
  const others = counts
    .flatMap((count, index) => (count >= LEAST_SHOWN ? [{ count, index }] : []))
    .toSorted((a, b) => a.count - b.count);
  for (const { index } of others) {
    const hidden = hiddenOnes();
    const together = hidden.reduce((sum, one) => sum + one, 0);
    if (hidden.length === 0 || (hidden.length > 1 && together >= LEAST_SHOWN)) break;
    shown[index] = false;
  }
  return shown;
}

/** Rows by a key, in the order in which keys first come. */
export function groupBy<R, K extends string>(rows: readonly R[], key: (row: R) => K): Map<K, R[]> {
  const groups = new Map<K, R[]>();
  for (const row of rows) {
    const name = key(row);
    const group = groups.get(name);
    if (group) group.push(row);
    else groups.set(name, [row]);
  }
  return groups;
}
