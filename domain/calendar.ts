/**
 * Working days (工作日) by the State Council's yearly notice: public holidays are rest, weekends swapped for them (调休)
 * are work. The days come from chinese-days' table; its functions are left alone because they read dates in the
 * machine's own time zone and are a day off west of Greenwich.
 */
import table from 'chinese-days/dist/chinese-days.json';
import { DAY, atBeijingMinute, beijingDay } from './zone';

const rest = new Set(Object.keys(table.holidays));
const swapped = new Set(Object.keys(table.workdays));

const dateOf = (dayNumber: number): string => new Date(dayNumber * DAY).toISOString().slice(0, 10);

/**
 * Is the year's official calendar known? National Day stands in every notice; a lone 31 December may come from the
 * next year's. For an unknown year ordinary weekdays are counted, and the API's readiness page warns.
 */
export const calendarKnows = (year: number): boolean => rest.has(`${year}-10-01`);

function isWorkingDayNumber(dayNumber: number): boolean {
  const date = dateOf(dayNumber);
  if (swapped.has(date)) return true;
  // 1970-01-01 was a Thursday.
  const weekday = (((dayNumber + 4) % 7) + 7) % 7;
  return weekday !== 0 && weekday !== 6 && !rest.has(date);
}

/** Does the office work on the Beijing day of this moment? */
export const isWorkingDay = (ms: number): boolean => isWorkingDayNumber(beijingDay(ms));

/**
 * The n-th working day after a moment, at the end of the station's hours. The day itself is day zero, whatever day it is.
 * @param fromMs milliseconds since the epoch
 * @param n working days, at least 1
 * @param endMinuteOfDay end of the station's hours, minutes of the Beijing day (20:00 is 1200)
 * @throws RangeError if n is not a whole number of at least 1
 */
export function addWorkingDays(fromMs: number, n: number, endMinuteOfDay: number): number {
  if (!Number.isInteger(n) || n < 1) throw new RangeError(`working days must be a whole number from 1, not ${n}`);
  let day = beijingDay(fromMs);
  for (let left = n; left > 0;) {
    day += 1;
    if (isWorkingDayNumber(day)) left -= 1;
  }
  return atBeijingMinute(day, endMinuteOfDay);
}
