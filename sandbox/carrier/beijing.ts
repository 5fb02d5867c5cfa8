const OFFSET_MS = 8 * 3_600_000;

function shifted(ms: number): string {
  return new Date(ms + OFFSET_MS).toISOString();
}

/** RFC 3339 with Beijing's offset, e.g. 2026-03-01T09:30:00.000+08:00; `ms` is UNIX time in milliseconds. */
export function rfc3339(ms: number): string {
  return shifted(ms).replace('Z', '+08:00');
}

/** The form Tencent's status push uses, which names no zone: 2015-10-17 08:03:04, Beijing time. */
export function pushTime(ms: number): string {
  return shifted(ms).slice(0, 19).replace('T', ' ');
}

/** The calendar day in Beijing, 2015-10-17. The carrier's daily limits count by it. */
export function beijingDay(ms: number): string {
  return shifted(ms).slice(0, 10);
}

/** The night from 22:00 to 08:00 that `ms` lies in, named by the day it began; undefined by day. */
export function beijingNight(ms: number): string | undefined {
  const hour = Number(shifted(ms).slice(11, 13));
  if (hour >= 22) return beijingDay(ms);
  return hour < 8 ? beijingDay(ms - 8 * 3_600_000) : undefined;
}

/** UNIX seconds, as Tencent's API counts. */
export function unixSeconds(ms: number): number {
  return Math.floor(ms / 1000);
}
