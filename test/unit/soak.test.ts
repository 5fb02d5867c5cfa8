/** The soak's rule tells what grows for ever from what is uneven, warms up, or rises once. */
import fc from 'fast-check';
import { type Allowance, judge, type Sample } from '../../bench/soak/leak';
import { soakTable } from '../../bench/soak/table';
import { Dice } from '../chaos/dice';

const MEMORY: Allowance = { share: 0.1, least: 24 };
const TIMES = Array.from({ length: 120 }, (_, i) => i * 5);
const series = (value: (at: number, noise: number) => number, seed = 1): Sample[] => {
  const dice = new Dice(seed);
  return TIMES.map((at) => ({ at, value: value(at, dice.next()) }));
};
const leaks = (samples: Sample[], may = MEMORY): boolean | null => judge(samples, may).leaks;
const seeds = fc.integer({ min: 0, max: 1e6 });

test('memory that grows steadily leaks, however uneven it is', () => {
  fc.assert(
    fc.property(seeds, fc.double({ min: 0.3, max: 2, noNaN: true }), (seed, perSecond) => {
      expect(leaks(series((at, noise) => 200 + perSecond * at + 30 * noise, seed))).toBe(true);
    }),
  );
});

test('memory that stays leaks not, however uneven it is', () => {
  fc.assert(
    fc.property(seeds, fc.double({ min: 0, max: 40, noNaN: true }), (seed, noisy) => {
      expect(leaks(series((_, noise) => 200 + noisy * noise, seed))).toBe(false);
    }),
  );
});

test('a garbage collector’s teeth are no leak, and hide none', () => {
  const teeth = (at: number): number => 2 * (at % 60);
  expect(leaks(series((at, noise) => 200 + teeth(at) + 5 * noise))).toBe(false);
  expect(leaks(series((at, noise) => 200 + teeth(at) + 0.3 * at + 5 * noise))).toBe(true);
});

test('what fills while it warms up, and what rises once and stays, is no leak', () => {
  expect(leaks(series((at, noise) => 100 + Math.min(at, 150) + 5 * noise))).toBe(false);
  expect(leaks(series((at, noise) => 200 + (at > 350 ? 60 : 0) + 5 * noise))).toBe(false);
});

test('a small rise is none: a share of what was there, and so much at least', () => {
  expect(leaks(series((at) => 400 + 0.05 * at))).toBe(false);
  expect(leaks(series((at) => 10 + 0.02 * at))).toBe(false);
  expect(
    leaks(
      series((at) => 10 + 0.02 * at),
      { share: 0.1, least: 5 },
    ),
  ).toBe(true);
});

test('a bound is a bound, also for what comes once or in a short run', () => {
  const events: Allowance = { share: Infinity, least: Infinity, bound: 2_000 };
  expect(
    leaks(
      series((at) => at % 1_200),
      events,
    ),
  ).toBe(false);
  expect(
    leaks(
      series((at) => (at === 300 ? 2_001 : 5)),
      events,
    ),
  ).toBe(true);
  expect(leaks([{ at: 0, value: 2_001 }], events)).toBe(true);
});

test('of a short run nothing is said', () => {
  expect(leaks(series((at) => at).slice(0, 20))).toBeNull();
  expect(leaks([])).toBeNull();
  expect(
    leaks(
      series((at) => at),
      { ...MEMORY, overS: 600 },
    ),
  ).toBeNull();
  expect(
    leaks(
      series((at) => at),
      { ...MEMORY, overS: 300 },
    ),
  ).toBe(true);
  expect(soakTable([{ name: 'memory, api', unit: 'MB', ...judge([], MEMORY) }])).toContain('too short to say');
});

test('the slope is told by the hour', () => {
  expect(
    judge(
      series((at) => 100 + at),
      MEMORY,
    ).perHour,
  ).toBeCloseTo(3_600, 0);
});
