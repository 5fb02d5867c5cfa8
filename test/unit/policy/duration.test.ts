import fc from 'fast-check';
import { type Duration, endOf, inWords, neverLater, parseDuration } from '../../../domain/policy/duration';
import { at, momentArb } from './support';

const END = 20 * 60;
const spanArb: fc.Arbitrary<Duration> = fc.oneof(
  fc.record({ unit: fc.constantFrom('m' as const, 'h' as const, 'd' as const), n: fc.integer({ min: 0, max: 400 }) }),
  fc.record({ unit: fc.constant('wd' as const), n: fc.integer({ min: 1, max: 40 }) }),
  fc.record({
    unit: fc.constant('mo' as const),
    n: fc.integer({ min: 1, max: 12 }),
    lessDays: fc.integer({ min: 0, max: 27 }),
  }),
  fc.record({ unit: fc.constant('by' as const), minute: fc.integer({ min: 0, max: 1440 }) }),
  fc.record({ unit: fc.constant('expiry' as const), lessDays: fc.integer({ min: 0, max: 60 }) }),
);

test('what is called never later is never later, from whatever start', () => {
  fc.assert(
    fc.property(spanArb, spanArb, momentArb, (a, b, start) => {
      fc.pre(neverLater(a, b, END));
      expect(endOf(a, start, END)).toBeLessThanOrEqual(endOf(b, start, END));
    }),
    { numRuns: 1000 },
  );
});

test('a time of day is at least an hour ahead, just after midnight too', () => {
  const by = (text: string, start: string) =>
    endOf(parseDuration(text) ?? { unit: 'm', n: 0 }, at(start), END) - at(start);
  expect(by('by 00:00', '2026-07-10T23:59+08:00')).toBe((24 * 60 + 1) * 60_000);
  expect(by('by 00:15', '2026-07-10T23:00+08:00')).toBe(75 * 60_000);
  expect(by('by 24:00', '2026-07-10T23:30+08:00')).toBe((24 * 60 + 30) * 60_000);
});

test('any text is a span with words, or is not one; nothing throws', () => {
  const textArb = fc.oneof(
    fc.string(),
    fc.stringMatching(/^\d{1,3}(m|h|d|wd|mo|w)(-\d{1,2}d)?$/),
    fc.stringMatching(/^by \d\d:\d\d$/),
  );
  fc.assert(
    fc.property(textArb, momentArb, (text, start) => {
      const span = parseDuration(text);
      if (!span) return;
      expect(inWords(span)).not.toBe('');
      expect(endOf(span, start, END)).toBeGreaterThanOrEqual(start);
    }),
    { numRuns: 1000 },
  );
});

test.each([
  ['15m', '2026-07-10T15:00+08:00', '2026-07-10T15:15+08:00', '15 分钟'],
  ['24h', '2026-12-31T23:30+08:00', '2027-01-01T23:30+08:00', '24 小时'],
  ['7d', '2026-09-30T22:10+08:00', '2026-10-07T22:10+08:00', '7 天'],
  ['1wd', '2026-09-30T22:10+08:00', '2026-10-08T20:00+08:00', '1 个工作日'],
  ['1mo', '2027-01-31T10:00+08:00', '2027-02-28T10:00+08:00', '1 个月'],
  ['6mo-30d', '2026-08-31T10:00+08:00', '2027-01-29T10:00+08:00', '满 6 个月前 30 天'],
  ['by 22:00', '2026-07-10T21:00+08:00', '2026-07-10T22:00+08:00', '22:00 前'],
  ['by 22:00', '2026-07-10T21:01+08:00', '2026-07-11T22:00+08:00', '22:00 前'],
  ['by 24:00', '2026-07-10T08:00+08:00', '2026-07-11T00:00+08:00', '当日内'],
])('%s from %s is over at %s: %s', (text, start, end, words) => {
  const span = parseDuration(text);
  expect(span && endOf(span, at(start), END)).toBe(at(end));
  expect(span && inWords(span)).toBe(words);
});

test.each(['', '15', '1.5h', '-1h', '0wd', '0mo', '1wd-1d', '1mo-28d', 'by 25:00', 'by 24:01', 'soon', ' 1h'])(
  '%j is no span',
  (text) => expect(parseDuration(text)).toBeUndefined(),
);
