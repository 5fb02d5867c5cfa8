/** Temporal's calendars for the pace, against the rule of what is told on which day. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Contract } from '../../../domain/services/contract';
import { parseContract } from '../../../domain/services/contract-file';
import { type PaceCalendar, paceCalendars } from '../../../domain/services/pace-days';
import { EVALUATION_REMINDERS, isPaceDay } from '../../../domain/services/pace';
import { dayOf } from '../../../domain/services/term';
import { atBeijingMinute, beijingDay } from '../../../domain/zone';

const FILE = join(__dirname, '../../../policies/contracts/xinhua-2025.yaml');
const contract: Contract = parseContract(readFileSync(FILE, 'utf8'), FILE);

/** Does Temporal wake on a moment's day? Its own words for a calendar, read in UTC. */
function wakes(calendar: PaceCalendar, moment: number): boolean {
  const utc = new Date(moment);
  if (utc.getUTCHours() !== calendar.hour || utc.getUTCMinutes() !== calendar.minute) return false;
  if (calendar.dayOfWeek !== undefined) return utc.getUTCDay() === (calendar.dayOfWeek === 'SUNDAY' ? 0 : 1);
  const { start = 0, end = 0 } = calendar.dayOfMonth ?? {};
  const [year, month, date] = [utc.getUTCFullYear(), utc.getUTCMonth() + 1, utc.getUTCDate()];
  return year === calendar.year && month === calendar.month && date >= start && date <= end;
}

test('it wakes on every day on which something may be told, at the minute of the Beijing day, and on no other', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1439 }), (minute) => {
      const calendars = paceCalendars([contract], minute);
      const reminders = contract.evaluations.flatMap(({ day }) => EVALUATION_REMINDERS.map((n) => day - n));
      for (let day = contract.term.fromDay; day <= contract.term.toDay; day += 1) {
        const moment = atBeijingMinute(day, minute);
        const woken = calendars.filter((one) => wakes(one, moment)).length > 0;
        const told = isPaceDay({ ...contract, quietDays: 0 }, moment) || reminders.includes(day);
        if (woken !== told) return false;
      }
      return true;
    }),
    { numRuns: 50 },
  );
});

test('weekly on Mondays, daily in the 30 days before, and at 60 days, at half past nine in Beijing', () => {
  const calendars = paceCalendars([contract], 570);
  expect(calendars[0]).toEqual({ hour: 1, minute: 30, second: 0, dayOfWeek: 'MONDAY' });
  expect(calendars).toContainEqual({
    hour: 1,
    minute: 30,
    second: 0,
    year: 2025,
    month: 6,
    dayOfMonth: { start: 1, end: 30 },
  });
  expect(calendars).toContainEqual({
    hour: 1,
    minute: 30,
    second: 0,
    year: 2025,
    month: 5,
    dayOfMonth: { start: 31, end: 31 },
  });
  expect(calendars).toContainEqual({
    hour: 1,
    minute: 30,
    second: 0,
    year: 2025,
    month: 5,
    dayOfMonth: { start: 1, end: 1 },
  });
  expect(calendars).toContainEqual({
    hour: 1,
    minute: 30,
    second: 0,
    year: 2025,
    month: 10,
    dayOfMonth: { start: 16, end: 31 },
  });
});

test('early in the morning it is still the day before in UTC', () => {
  const calendars = paceCalendars([contract], 7 * 60);
  expect(calendars[0]).toMatchObject({ hour: 23, minute: 0, dayOfWeek: 'SUNDAY' });
  const sixty = atBeijingMinute((dayOf('2025-06-30') ?? 0) - 60, 420);
  expect(calendars.some((one) => wakes(one, sixty))).toBe(true);
  expect(beijingDay(sixty)).toBe((dayOf('2025-06-30') ?? 0) - 60);
});

test('without a contract it never wakes', () => {
  expect(paceCalendars([], 570)).toEqual([]);
});
