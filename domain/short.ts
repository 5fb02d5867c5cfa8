/** Short forms that fit a template variable: the carrier counts six characters (变量长度). */
import { beijing } from './zone';

/** Longest value of a template variable, in characters, for accounts opened since 2024-01-25. */
export const MAX_VARIABLE = 6;

const MINUTE = 60_000;
const HOUR_MINUTES = 60;
const DAY_HOURS = 24;

const fromMinutes = (minutes: number): string => {
  if (minutes < 1) return '不到1分钟';
  if (minutes % HOUR_MINUTES !== 0 && minutes < 2 * HOUR_MINUTES) return `${minutes}分钟`;
  const hours = Math.floor(minutes / HOUR_MINUTES);
  return hours < 2 * DAY_HOURS ? `${hours}小时` : `${Math.min(Math.floor(hours / DAY_HOURS), 9_999)}天`;
};

/** How late, rounded down: `35分钟`, `90分钟`, `2小时`, `3天`. @param ms milliseconds; negative counts as none */
export const lateness = (ms: number): string => fromMinutes(Math.floor(Math.max(0, ms) / MINUTE));

/**
 * How much time is left. Rounded to the nearest minute, since a timer fires a little late and 44分钟 would be said of
 * three quarters of an hour. @param ms milliseconds
 */
export const timeLeft = (ms: number): string => fromMinutes(Math.round(Math.max(0, ms) / MINUTE));

/** Beijing time of day, `14:05`. @param ms milliseconds since the epoch */
export function timeOfDay(ms: number): string {
  const { hour, minute } = beijing(ms);
  return [hour, minute].map((n) => String(n).padStart(2, '0')).join(':');
}

/** Characters as the carrier counts them: one each, whatever their width. */
export const lengthOf = (text: string): number => [...text].length;
