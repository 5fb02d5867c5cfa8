/** A month as a calendar shows it: weeks from Monday to Sunday, in days of Beijing. */
import { atBeijingMinute, beijing, beijingDay, DAY, fromWall } from '../../../domain/zone';

/** Days of the week, Monday first; Sunday is 0. */
export const WEEKDAYS = [1, 2, 3, 4, 5, 6, 0] as const;

export interface Month {
  year: number;
  /** 1–12 */
  month: number;
}

export interface GridDay {
  /** Days since 1970-01-01 in Beijing. */
  day: number;
  /** Of the month, 1–31. */
  number: number;
  inMonth: boolean;
}

export const monthOf = (ms: number): Month => ({ year: beijing(ms).year, month: beijing(ms).month });

/** So many months later, or earlier. */
export function shiftMonth({ year, month }: Month, by: number): Month {
  const months = year * 12 + (month - 1) + by;
  return { year: Math.floor(months / 12), month: (((months % 12) + 12) % 12) + 1 };
}

const firstDay = ({ year, month }: Month): number => beijingDay(fromWall(year, month, 1));

/** Whole weeks, four to six, that hold every day of the month. */
export function weeksOf(month: Month): GridDay[][] {
  const [first, next] = [firstDay(month), firstDay(shiftMonth(month, 1))];
  // 1970-01-01 was a Thursday: the Monday of its week is day -3.
  const monday = first - ((((first + 3) % 7) + 7) % 7);
  const weeks: GridDay[][] = [];
  for (let start = monday; start < next; start += 7) {
    const days = Array.from({ length: 7 }, (_, n) => start + n);
    weeks.push(
      days.map((day) => ({
        day,
        number: beijing(atBeijingMinute(day, 0)).day,
        inMonth: first <= day && day < next,
      })),
    );
  }
  return weeks;
}

/** From the first shown moment to the last, milliseconds. */
export function spanOf(weeks: readonly (readonly GridDay[])[]): { from: number; until: number } {
  const days = weeks.flat();
  const [first = 0, last = 0] = [days[0]?.day, days.at(-1)?.day];
  return { from: atBeijingMinute(first, 0), until: atBeijingMinute(last + 1, 0) };
}

/** The part of a span on one day, in minutes of that day; undefined where they do not meet. */
export function partOn(
  span: { from: number; until: number },
  day: number,
): { from: number; until: number } | undefined {
  const start = atBeijingMinute(day, 0);
  const [from, until] = [Math.max(span.from, start), Math.min(span.until, start + DAY)];
  return from < until ? { from: (from - start) / 60_000, until: (until - start) / 60_000 } : undefined;
}

/** `2026-11-29`, as inputs and the API write a day. */
export const dateText = (day: number): string => new Date(day * DAY).toISOString().slice(0, 10);

/** The day of a text such as `2026-11-29`; undefined for something else. */
export function dayOfText(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const ms = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(ms) ? undefined : Math.floor(ms / DAY);
}
