import fc from 'fast-check';
import { addWorkingDays, calendarKnows, isWorkingDay } from '../../domain/calendar';
import { DAY, MINUTE, addMonths, beijing, formatBeijing, fromWall, rfc3339, wallTime } from '../../domain/zone';

const at = (text: string): number => Date.parse(text);
const END = 20 * 60;
const momentArb = fc.integer({ min: at('2003-01-01T00:00+08:00'), max: at('2040-12-31T00:00+08:00') });

describe('working days', () => {
  test.each([
    ['国庆 2026, from the eve', '2026-09-30T22:10+08:00', 1, '2026-10-08T20:00+08:00'],
    ['the Saturday of 10 October is worked', '2026-10-09T09:00+08:00', 1, '2026-10-10T20:00+08:00'],
    ['the Sunday of 20 September is worked', '2026-09-18T09:00+08:00', 1, '2026-09-20T20:00+08:00'],
    ['中秋 2026', '2026-09-24T09:00+08:00', 1, '2026-09-28T20:00+08:00'],
    ['春节 2026, with 14 February worked', '2026-02-13T09:00+08:00', 2, '2026-02-24T20:00+08:00'],
    ['a rest day is day zero too', '2026-10-03T09:00+08:00', 1, '2026-10-08T20:00+08:00'],
    ['the day counts in Beijing, not in UTC', '2026-07-12T16:30Z', 1, '2026-07-14T20:00+08:00'],
    ['after hours is still day zero', '2026-07-13T23:59+08:00', 1, '2026-07-14T20:00+08:00'],
    ['the year’s end', '2025-12-31T18:00+08:00', 1, '2026-01-04T20:00+08:00'],
    ['into a year not known: an ordinary Friday', '2026-12-31T18:00+08:00', 1, '2027-01-01T20:00+08:00'],
    ['a year not known: 国庆 are weekdays', '2031-09-30T18:00+08:00', 3, '2031-10-03T20:00+08:00'],
  ])('%s', (_, from, days, due) => {
    expect(rfc3339(addWorkingDays(at(from), days, END))).toBe(rfc3339(at(due)));
  });

  test('which years are known', () => {
    expect([2003, 2004, 2025, 2026, 2035].map(calendarKnows)).toEqual([false, true, true, true, false]);
  });

  test('one more working day is a later working day, and none lies between', () => {
    fc.assert(
      fc.property(momentArb, fc.integer({ min: 1, max: 30 }), (from, n) => {
        const due = addWorkingDays(from, n, END);
        const next = addWorkingDays(from, n + 1, END);
        expect(isWorkingDay(due)).toBe(true);
        for (let day = due + DAY; day < next; day += DAY) expect(isWorkingDay(day)).toBe(false);
        expect(next).toBeGreaterThan(due);
        expect(addWorkingDays(due, 1, END)).toBe(next);
      }),
    );
  });

  test.each([0, -1, 1.5])('%d working days are refused', (n) => {
    expect(() => addWorkingDays(0, n, END)).toThrow(RangeError);
  });
});

describe('wall clocks', () => {
  test('Beijing time and Xinjiang time show the same moment two hours apart', () => {
    fc.assert(
      fc.property(momentArb, (ms) => {
        const minute = Math.floor(ms / MINUTE) * MINUTE;
        for (const zone of ['beijing', 'xinjiang'] as const) {
          const { year, month, day, minuteOfDay } = wallTime(minute, zone);
          expect(fromWall(year, month, day, minuteOfDay, zone)).toBe(minute);
        }
        expect(fromWall(2026, 9, 30, 600, 'xinjiang') - fromWall(2026, 9, 30, 600)).toBe(120 * MINUTE);
      }),
    );
  });

  test('texts', () => {
    expect(formatBeijing(at('2026-09-30T22:10+08:00'))).toBe('9月30日(周三)22:10');
    expect(formatBeijing(at('2026-10-04T00:05+08:00'))).toBe('10月4日(周日)00:05');
    expect(rfc3339(at('2026-09-30T22:10:07+08:00'))).toBe('2026-09-30T22:10:07+08:00');
    expect(rfc3339(at('2026-12-31T16:00:00.050Z'))).toBe('2027-01-01T00:00:00.050+08:00');
  });

  test('what is written is read back', () => {
    fc.assert(fc.property(momentArb, (ms) => Date.parse(rfc3339(ms)) === ms));
  });

  test('months keep the day, or take the month’s last', () => {
    expect(rfc3339(addMonths(at('2026-08-31T23:30+08:00'), 6))).toBe('2027-02-28T23:30:00+08:00');
    expect(rfc3339(addMonths(at('2027-08-31T00:10+08:00'), 6))).toBe('2028-02-29T00:10:00+08:00');
    fc.assert(
      fc.property(momentArb, fc.integer({ min: 1, max: 24 }), (ms, months) => {
        const [from, to] = [beijing(ms), beijing(addMonths(ms, months))];
        expect(to.year * 12 + to.month).toBe(from.year * 12 + from.month + months);
        expect([to.minuteOfDay, to.second]).toEqual([from.minuteOfDay, from.second]);
        if (to.day !== from.day) expect(beijing(addMonths(ms, months) + DAY).day).toBe(1);
      }),
    );
  });
});
