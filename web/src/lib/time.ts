/** Times as people here read them: Beijing time with the weekday, and what is left or late. */
import type { TFunction } from 'i18next';
import { beijing, beijingDay, fromWall } from '../../../domain/zone';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

const pad = (n: number): string => String(n).padStart(2, '0');

export const clockTime = (ms: number): string => `${pad(beijing(ms).hour)}:${pad(beijing(ms).minute)}`;

/** `11月24日（周二）14:05`; the year stands there when it is not this one. */
export function dateTime(t: TFunction, ms: number, now = Date.now()): string {
  const { year, month, day, weekday } = beijing(ms);
  const key = year === beijing(now).year ? 'time.full' : 'time.fullYear';
  const names = { month: t(`time.months.${month}`), weekday: t(`time.weekdays.${weekday}`) };
  return t(key, { year, day, ...names, clock: clockTime(ms) });
}

/** `2026年11月24日` for a day as the API writes it, `2026-11-24`; anything else as it is. */
export function dayWords(t: TFunction, day: string): string {
  const [, year, month, date] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day) ?? [];
  return year === undefined
    ? day
    : t('time.day', { year, month: t(`time.months.${Number(month)}`), day: Number(date) });
}

/** A span in two units at most: `2 小时 10 分`, `3 天 4 小时`, `35 分钟`. */
export function span(t: TFunction, ms: number): string {
  const minutes = Math.floor(Math.abs(ms) / MINUTE);
  if (minutes < 1) return t('time.moment');
  if (minutes < 60) return t('time.minutes', { count: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 24) {
    const rest = minutes % 60;
    return rest === 0 ? t('time.hours', { count: hours }) : t('time.hoursMinutes', { hours, minutes: rest });
  }
  const days = Math.floor(hours / 24);
  const rest = hours % 24;
  return rest === 0 || days >= 10 ? t('time.days', { count: days }) : t('time.daysHours', { days, hours: rest });
}

/** `还剩 2 小时 10 分` or `逾期 35 分钟`. */
export const leftOrLate = (t: TFunction, dueAt: number, now: number): string =>
  dueAt > now ? t('time.left', { span: span(t, dueAt - now) }) : t('time.late', { span: span(t, now - dueAt) });

export type Bucket = 'late' | 'next' | 'today' | 'week' | 'later';

/** Where a deadline stands in somebody's work: late, within three hours, today, the next seven days, later. */
export function bucketOf(dueAt: number, now: number): Bucket {
  if (dueAt <= now) return 'late';
  if (dueAt - now <= 3 * HOUR) return 'next';
  const days = beijingDay(dueAt) - beijingDay(now);
  if (days === 0) return 'today';
  return days < 7 ? 'week' : 'later';
}

/** `2026-11-24T14:05` for an input, as a Beijing clock shows the moment. */
export function inputValue(ms: number): string {
  const { year, month, day } = beijing(ms);
  return `${year}-${pad(month)}-${pad(day)}T${clockTime(ms)}`;
}

/** The moment of an input's value, by a Beijing clock; undefined for something else. */
export function momentOf(value: string): number | undefined {
  const found = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})/.exec(value);
  if (!found) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = found.slice(1).map(Number);
  return fromWall(year, month, day, hour * 60 + minute);
}
