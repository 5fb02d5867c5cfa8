import fc from 'fast-check';
import { merged, table } from '../../bench/harness/report';
import { interleave, perSecond } from '../../bench/harness/rounds';
import { alone, compared } from '../../bench/harness/row';
import { median, quantile, ratios, spread } from '../../bench/harness/stats';
import { readOptions } from '../../bench/options';

const positive = fc.double({ min: 0.001, max: 1e6, noNaN: true });
const some = fc.array(positive, { minLength: 1, maxLength: 50 });

test('a median lies between the least and the most, and as many values are below it as above', () => {
  fc.assert(
    fc.property(some, (values) => {
      const middle = median(values);
      const below = values.filter((value) => value < middle).length;
      const above = values.filter((value) => value > middle).length;
      expect(middle).toBeGreaterThanOrEqual(Math.min(...values));
      expect(middle).toBeLessThanOrEqual(Math.max(...values));
      expect(Math.max(below, above)).toBeLessThanOrEqual(values.length / 2);
    }),
  );
});

test('a quantile is one of the values, grows with its share and ends at the most', () => {
  fc.assert(
    fc.property(some, fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
      expect(values).toContain(quantile(values, share));
      expect(quantile(values, share)).toBeLessThanOrEqual(quantile(values, 1));
      expect(quantile(values, 1)).toBe(Math.max(...values));
    }),
  );
});

test('nothing can be said of no values', () => {
  expect(() => median([])).toThrow(RangeError);
  expect(() => quantile([], 0.5)).toThrow(RangeError);
});

test('a machine that is slower in one round changes no ratio', () => {
  const pair = fc.record({ ours: positive, yardstick: positive, slower: fc.constantFrom(1, 2, 4) });
  fc.assert(
    fc.property(fc.array(pair, { minLength: 1, maxLength: 9 }), (rounds) => {
      const noisy = rounds.map(({ ours, yardstick, slower }) => ({
        ours: ours * slower,
        yardstick: yardstick * slower,
      }));
      expect(spread(ratios(noisy))).toEqual(spread(ratios(rounds)));
    }),
  );
});

test('both sides take turns at going first', async () => {
  const order: string[] = [];
  const side = (name: string) => async (round: number) => order.push(`${name}${round}`);
  const pairs = await interleave(3, { ours: side('o'), yardstick: side('y') });
  expect(order).toEqual(['o0', 'y0', 'y1', 'o1', 'o2', 'y2']);
  expect(pairs).toEqual([
    { ours: 1, yardstick: 2 },
    { ours: 4, yardstick: 3 },
    { ours: 5, yardstick: 6 },
  ]);
});

test('so many at a time, each once', async () => {
  const seen: number[] = [];
  let now = 0;
  let most = 0;
  await perSecond(10, 3, async (index) => {
    now += 1;
    most = Math.max(most, now);
    await Promise.resolve();
    seen.push(index);
    now -= 1;
  });
  expect(seen.sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(most).toBe(3);
});

const about = { id: 'x', what: 'something', unit: 'ms' };

test('a row is judged by the median of its ratios, or by our own figure', () => {
  const pairs = [
    { ours: 10, yardstick: 10 },
    { ours: 30, yardstick: 10 },
    { ours: 15, yardstick: 10 },
  ];
  expect(compared({ ...about, must: { of: 'ratio', most: 2 } }, pairs)).toMatchObject({
    ours: 15,
    yardstick: 10,
    ratio: { median: 1.5, least: 1, most: 3 },
    must: '≤ 2 ×',
    holds: true,
  });
  expect(compared({ ...about, must: { of: 'ratio', least: 1.6 } }, pairs)).toMatchObject({ holds: false });
  expect(alone({ ...about, must: { of: 'ours', most: 9 } }, [9, 9])).toMatchObject({ must: '≤ 9 ms', holds: true });
  expect(alone(about, [1])).toMatchObject({ must: null, holds: null, ratio: null });
});

test('what is measured again takes the place of what was measured before', () => {
  const row = (id: string, value: number) => alone({ ...about, id }, [value]);
  const all = merged([row('a', 1), row('b', 2)], [row('b', 3), row('c', 4)]);
  expect(all.map(({ id, ours }) => [id, ours])).toEqual([
    ['a', 1],
    ['b', 3],
    ['c', 4],
  ]);
  expect(table(all).split('\n')).toHaveLength(5);
});

test('wrong arguments are all named', () => {
  expect(readOptions(['--only', 'nothing', '--rounds', '0'])).toEqual({
    wrong: '--only nothing: there is no such measurement\n--rounds must be a whole number from 1 to 50',
  });
  expect(readOptions(['--fast'])).toHaveProperty('wrong');
  expect(readOptions(['--only', 'report', '--quick'])).toMatchObject({ only: ['report'], rounds: 1, quick: true });
  expect(readOptions([])).toMatchObject({ only: undefined, rounds: 5, json: false });
});
