/** The web app's own arithmetic: spans in words, work by time, the order of the board, the picture's scale, its languages. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { PROJECT } from '../../../sandbox/config';
import i18next, { type TFunction } from 'i18next';
import en from '../../../web/src/locales/en.json';
import zh from '../../../web/src/locales/zh-CN.json';
import { byLatenessAndRisk } from '../../../web/src/lib/order';
import { timeScale } from '../../../web/src/lib/scale';
import {
  bucketOf,
  dateTime,
  dayWords,
  DAY,
  HOUR,
  inputValue,
  leftOrLate,
  MINUTE,
  momentOf,
  span,
} from '../../../web/src/lib/time';
import { bodyOf, check, emptyForm, formOf } from '../../../web/src/pages/report/form';

let t: TFunction;
beforeAll(async () => {
  t = await i18next.init({
    lng: 'zh-CN',
    resources: { 'zh-CN': { translation: zh }, en: { translation: en } },
    interpolation: { escapeValue: false },
  });
});

const at = (text: string): number => Date.parse(text);
const moment = fc.integer({ min: at('2020-01-01T00:00:00Z'), max: at('2040-01-01T00:00:00Z') });

test.each([
  [30_000, '不到 1 分钟'],
  [35 * MINUTE, '35 分钟'],
  [2 * HOUR + 10 * MINUTE, '2 小时 10 分'],
  [3 * HOUR, '3 小时'],
  [3 * DAY + 4 * HOUR, '3 天 4 小时'],
  [40 * DAY + HOUR, '40 天'],
])('%i ms in words', (ms, words) => {
  expect(span(t, ms)).toBe(words);
  expect(leftOrLate(t, ms, 0)).toBe(`还剩 ${words}`);
  expect(leftOrLate(t, 0, ms)).toBe(`逾期 ${words}`);
});

test('a time is Beijing’s with its weekday, wherever the device is', () => {
  const now = at('2026-11-24T00:00:00Z');
  expect(dateTime(t, at('2026-11-24T18:05:00Z'), now)).toBe('11月25日（周三）02:05');
  expect(dateTime(t, at('2027-02-22T02:29:00Z'), now)).toBe('2027年2月22日（周一）10:29');
  expect([dayWords(t, '2026-03-09'), dayWords(t, 'soon')]).toEqual(['2026年3月9日', 'soon']);
});

test('an input’s value and its moment are the same, to the minute', () => {
  fc.assert(
    fc.property(moment, (ms) => {
      expect(momentOf(inputValue(ms))).toBe(ms - (((ms % MINUTE) + MINUTE) % MINUTE));
    }),
  );
  expect(momentOf('yesterday')).toBeUndefined();
});

test('work: late is what has passed, and each later deadline stands in the same group or a later one', () => {
  const order = ['late', 'next', 'today', 'week', 'later'];
  fc.assert(
    fc.property(
      moment,
      fc.integer({ min: -DAY, max: 30 * DAY }),
      fc.integer({ min: 0, max: 30 * DAY }),
      (now, by, more) => {
        expect(bucketOf(now + by, now) === 'late').toBe(by <= 0);
        expect(order.indexOf(bucketOf(now + by + more, now))).toBeGreaterThanOrEqual(
          order.indexOf(bucketOf(now + by, now)),
        );
      },
    ),
  );
});

test('the board: a total order in which nothing in time stands above what is late', () => {
  const row = fc.record({
    overdue: fc.boolean(),
    risk: fc.constantFrom('critical' as const, 'high' as const, 'medium' as const, 'low' as const),
    nextDueAt: fc.option(moment.map((ms) => new Date(ms).toISOString())),
    number: fc.string({ minLength: 1, maxLength: 5 }),
  });
  fc.assert(
    fc.property(fc.array(row), (rows) => {
      const sorted = rows.toSorted(byLatenessAndRisk);
      expect(sorted.findLastIndex((one) => one.overdue)).toBe(rows.filter((one) => one.overdue).length - 1);
      for (const [a, b] of sorted.slice(1).map((one, i) => [sorted[i] ?? one, one] as const)) {
        expect(byLatenessAndRisk(a, b)).toBeLessThanOrEqual(0);
        expect(Math.sign(byLatenessAndRisk(a, b))).toBe(-Math.sign(byLatenessAndRisk(b, a)) + 0);
      }
    }),
  );
});

test('the picture: later moments stand further on, inside the frame, and ticks do not touch', () => {
  fc.assert(
    fc.property(
      moment,
      fc.integer({ min: 0, max: 400 * DAY }),
      fc.integer({ min: 0, max: 400 * DAY }),
      (start, a, b) => {
        const { place, ticks } = timeScale(start, start + 400 * DAY);
        const [near, far] = [Math.min(a, b), Math.max(a, b)];
        expect(place(start)).toBe(0);
        expect(place(start + near)).toBeLessThanOrEqual(place(start + far));
        expect(place(start + far)).toBeLessThanOrEqual(1);
        for (const [i, tick] of ticks.entries()) expect(tick.at - (ticks[i - 1]?.at ?? 0)).toBeGreaterThanOrEqual(0.1);
      },
    ),
  );
});

/** Plurals count as one key: Chinese has a single form, English two. */
const keysOf = (value: object, path = ''): string[] =>
  Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? keysOf(inner, `${path}${key}.`)
      : `${path}${key}`.replace(/_(one|other)$/, ''),
  );

test('English says everything that Chinese says', () => {
  const spoken = new Set(keysOf(en));
  expect(keysOf(zh).filter((key) => !spoken.has(key))).toEqual([]);
  const known = new Set(keysOf(zh));
  expect([...spoken].filter((key) => !known.has(key) && !key.startsWith('stepKind.'))).toEqual([]);
});

describe('the report', () => {
  const form = { ...emptyForm(), type: 'missing' as const, risk: 'critical' as const, narrative: ' 放学后没有回家 ' };

  test('now: keeps the moment with its offset, and leaves out what was not filled in', () => {
    expect(bodyOf(form, at('2026-11-24T02:00:05Z'))).toEqual({
      type: 'missing',
      risk: 'critical',
      receivedAt: '2026-11-24T10:00:05+08:00',
      child: {},
      narrative: '放学后没有回家',
    });
  });

  test('earlier: says whose clock it was, and comes back to be put right', () => {
    const told = { ...form, when: 'earlier' as const, clock: 'xinjiang' as const, receivedAt: '2026-11-23T21:15' };
    const body = bodyOf(told, 0);
    expect(body).toMatchObject({ receivedAt: '2026-11-23T21:15:00', clock: 'xinjiang' });
    expect(formOf(body)).toMatchObject({
      when: 'earlier',
      clock: 'xinjiang',
      receivedAt: '2026-11-23T21:15',
      type: 'missing',
    });
  });

  test('names everything that is missing at once', () => {
    const wrong = check({ ...emptyForm(), when: 'earlier', reporterPhone: 'abc' }, true);
    expect(Object.keys(wrong).sort()).toEqual(['narrative', 'receivedAt', 'reporterPhone', 'stationId', 'type']);
    expect(check(form, false)).toEqual({});
  });
});

test('styles know no left and right: another direction of writing needs no other style', () => {
  const folder = join(PROJECT, 'web/src/styles');
  const physical =
    /(?<![\w-])((margin|padding|border|inset|scroll-margin|scroll-padding)-(left|right|top|bottom)|left|right|float|clear|width|height|(min|max)-(width|height)|border-(top|bottom)-(left|right)-radius)\s*:|text-align:\s*(left|right)/;
  const found = readdirSync(folder).flatMap((file) =>
    readFileSync(join(folder, file), 'utf8')
      .split('\n')
      .flatMap((line, n) =>
        physical.test(line) && !/^\s*@media/.test(line) ? [`${file}:${n + 1} ${line.trim()}`] : [],
      ),
  );
  expect(found).toEqual([]);
});

test('each language is a file, and says which way it runs', () => {
  const folder = join(PROJECT, 'web/src/locales');
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  expect(files).toEqual(expect.arrayContaining(['zh-CN.json', 'en.json']));
  for (const file of files) {
    const words = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { direction?: string };
    expect([file, words.direction]).toEqual([file, expect.stringMatching(/^(ltr|rtl)$/)]);
  }
});
