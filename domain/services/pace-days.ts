/** On which days Temporal is to wake whoever tells the pace (进度提醒): its calendars, from the contracts. Pure. */
import { atBeijingMinute, DAY, ZONES } from '../zone';
import type { Contract } from './contract';
import { DAILY_WITHIN_DAYS, EVALUATION_REMINDERS } from './pace';

/** A part of Temporal's calendar, in UTC: on a weekday (0 Sunday), or on some days of one month. */
export interface PaceCalendar {
  hour: number;
  minute: number;
  second: 0;
  dayOfWeek?: 'SUNDAY' | 'MONDAY';
  year?: number;
  /** 1 to 12 */
  month?: number;
  dayOfMonth?: { start: number; end: number };
}

const MONTHS = [
  'JANUARY',
  'FEBRUARY',
  'MARCH',
  'APRIL',
  'MAY',
  'JUNE',
  'JULY',
  'AUGUST',
  'SEPTEMBER',
  'OCTOBER',
  'NOVEMBER',
  'DECEMBER',
] as const;
/** As Temporal's client writes a month. */
export const monthName = (month: number): (typeof MONTHS)[number] => MONTHS[month - 1] ?? 'JANUARY';

/** Beijing days, both included, as days of UTC's months at a minute of the Beijing day. */
function spans(
  fromDay: number,
  toDay: number,
  minuteOfDay: number,
): Pick<PaceCalendar, 'year' | 'month' | 'dayOfMonth'>[] {
  const found: { year: number; month: number; dayOfMonth: { start: number; end: number } }[] = [];
  for (let day = fromDay; day <= toDay; day += 1) {
    const utc = new Date(atBeijingMinute(day, minuteOfDay));
    const [year, month, date] = [utc.getUTCFullYear(), utc.getUTCMonth() + 1, utc.getUTCDate()];
    const last = found.at(-1);
    if (last && last.year === year && last.month === month) last.dayOfMonth.end = date;
    else found.push({ year, month, dayOfMonth: { start: date, end: date } });
  }
  return found;
}

/**
 * Mondays; daily in the last 30 days before each evaluation, its own day included; and the days of its reminders.
 * What is told on such a day, and whether anything is, says paceOf().
 * @param minuteOfDay minute of the Beijing day
 */
export function paceCalendars(
  contracts: readonly Pick<Contract, 'evaluations'>[],
  minuteOfDay: number,
): PaceCalendar[] {
  if (contracts.length === 0) return [];
  const utc = (minuteOfDay - ZONES.beijing + DAY / 60_000) % (DAY / 60_000);
  const time = { hour: Math.floor(utc / 60), minute: utc % 60, second: 0 } as const;
  // Before eight in the morning in Beijing it is still Sunday in UTC.
  const monday = minuteOfDay < ZONES.beijing ? 'SUNDAY' : 'MONDAY';
  const days = contracts.flatMap(({ evaluations }) =>
    evaluations.flatMap(({ day }) => [
      ...spans(day - DAILY_WITHIN_DAYS, day, minuteOfDay),
      ...EVALUATION_REMINDERS.filter((n) => n > DAILY_WITHIN_DAYS).flatMap((n) => spans(day - n, day - n, minuteOfDay)),
    ]),
  );
  return [{ ...time, dayOfWeek: monday }, ...days.map((span) => ({ ...time, ...span }))];
}
