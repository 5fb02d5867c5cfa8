/**
 * Wall clocks of the work. Official time is Beijing's, UTC+8 all year; people in the west also speak of Xinjiang time,
 * two hours behind. Both are fixed offsets (no summer time since 1991), so nothing here asks the machine's time zone or
 * ICU, and a workflow may use it: the same input gives the same output for ever.
 */

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Minutes ahead of UTC. */
export const ZONES = { beijing: 480, xinjiang: 360 } as const;
export type Zone = keyof typeof ZONES;

export interface WallTime {
  year: number;
  /** 1–12 */
  month: number;
  /** 1–31 */
  day: number;
  hour: number;
  minute: number;
  second: number;
  /** 0 is Sunday. */
  weekday: number;
  /** Minutes since midnight, 0–1439. */
  minuteOfDay: number;
}

/** Days since 1970-01-01 in Beijing; the unit in which calendars count. */
export const beijingDay = (ms: number): number => Math.floor((ms + ZONES.beijing * MINUTE) / DAY);

/** Milliseconds at which a minute of a Beijing day is reached; 1440 is the day's end. */
export const atBeijingMinute = (dayNumber: number, minuteOfDay: number): number =>
  dayNumber * DAY + (minuteOfDay - ZONES.beijing) * MINUTE;

/** What the clock on the wall shows at a moment (milliseconds since the epoch). */
export function wallTime(ms: number, zone: Zone = 'beijing'): WallTime {
  const shifted = new Date(ms + ZONES[zone] * MINUTE);
  const hour = shifted.getUTCHours();
  const minute = shifted.getUTCMinutes();
  return {
    year: shifted.getUTCFullYear(),
    month: shifted.getUTCMonth() + 1,
    day: shifted.getUTCDate(),
    hour,
    minute,
    second: shifted.getUTCSeconds(),
    weekday: shifted.getUTCDay(),
    minuteOfDay: hour * 60 + minute,
  };
}

export const beijing = (ms: number): WallTime => wallTime(ms, 'beijing');

/** The moment at which a wall clock shows this; a time taken down in Xinjiang time says so with `zone`. */
export const fromWall = (year: number, month: number, day: number, minuteOfDay = 0, zone: Zone = 'beijing'): number =>
  Date.UTC(year, month - 1, day) + (minuteOfDay - ZONES[zone]) * MINUTE;

/** Calendar months later at the same time of the Beijing day; a day that the month lacks becomes its last day. */
export function addMonths(ms: number, months: number): number {
  const from = beijing(ms);
  const index = from.year * 12 + (from.month - 1) + months;
  const year = Math.floor(index / 12);
  const month = (index % 12) + 1;
  const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const restOfMinute = ms - fromWall(from.year, from.month, from.day, from.minuteOfDay);
  return fromWall(year, month, Math.min(from.day, lastDay), from.minuteOfDay) + restOfMinute;
}

const pad = (n: number, width = 2): string => String(n).padStart(width, '0');

const WEEKDAYS = ['日', '一', '二', '三', '四', '五', '六'];

/** For people, as in `9月30日(周三)22:10`. The year is left out: a deadline is near. */
export function formatBeijing(ms: number): string {
  const t = beijing(ms);
  return `${t.month}月${t.day}日(周${WEEKDAYS[t.weekday]})${pad(t.hour)}:${pad(t.minute)}`;
}

/** For machines: RFC 3339 with +08:00; milliseconds only where there are any. */
export function rfc3339(at: number | Date): string {
  const ms = Number(at);
  const t = beijing(ms);
  const rest = ((ms % 1000) + 1000) % 1000;
  const fraction = rest === 0 ? '' : `.${pad(rest, 3)}`;
  const date = `${pad(t.year, 4)}-${pad(t.month)}-${pad(t.day)}`;
  return `${date}T${pad(t.hour)}:${pad(t.minute)}:${pad(t.second)}${fraction}+08:00`;
}

/** The day on the wall, as in `2026-09-30`. */
export const beijingDate = (ms: number): string => rfc3339(ms).slice(0, 10);

/** {@link rfc3339} of a moment that may not have come. */
export const rfc3339OrNull = (at: number | Date | null): string | null => (at === null ? null : rfc3339(at));
