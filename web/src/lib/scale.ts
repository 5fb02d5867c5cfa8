/** A scale on which a quarter of an hour and half a year both can be seen: it counts in ratios, not in hours. */
const UNIT_MS = 15 * 60_000;
const MINUTE = 60_000;

export interface Tick {
  /** Share of the width, 0 to 1. */
  at: number;
  unit: 'minutes' | 'hours' | 'days' | 'weeks' | 'months';
  count: number;
  /** Has no room on a narrow screen. */
  minor: boolean;
}

const TICKS: readonly Omit<Tick, 'at' | 'minor'>[] = [
  { unit: 'minutes', count: 15 },
  { unit: 'hours', count: 1 },
  { unit: 'hours', count: 6 },
  { unit: 'days', count: 1 },
  { unit: 'days', count: 3 },
  { unit: 'weeks', count: 1 },
  { unit: 'months', count: 1 },
  { unit: 'months', count: 3 },
  { unit: 'months', count: 6 },
  { unit: 'months', count: 12 },
];
const MINUTES = { minutes: 1, hours: 60, days: 1_440, weeks: 10_080, months: 43_200 } as const;
/** Two ticks nearer than this would touch, on a wide screen and on a narrow one. */
const APART = 0.1;
const APART_NARROW = 0.19;

export interface Scale {
  /** Share of the width at a moment, 0 to 1. @param ms milliseconds since the epoch */
  place(ms: number): number;
  ticks: Tick[];
}

/** @param start first moment @param end last moment, both milliseconds since the epoch */
export function timeScale(start: number, end: number): Scale {
  const whole = Math.log1p(Math.max(end - start, UNIT_MS) / UNIT_MS);
  const place = (ms: number): number => Math.min(1, Math.log1p(Math.max(0, ms - start) / UNIT_MS) / whole);
  const ticks: Tick[] = [];
  for (const tick of TICKS) {
    const at = place(start + tick.count * MINUTES[tick.unit] * MINUTE);
    if (at >= 0.97 || at - (ticks.at(-1)?.at ?? 0) < APART) continue;
    const major = ticks.findLast(({ minor }) => !minor);
    ticks.push({ ...tick, at, minor: at - (major?.at ?? 0) < APART_NARROW });
  }
  return { place, ticks };
}
