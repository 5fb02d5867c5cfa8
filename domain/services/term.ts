/** Days of a contract's term, in Beijing time (UTC+8 all year). */
import { DAY, addMonths, atBeijingMinute, beijing, beijingDay, fromWall } from '../zone';
import type { Contract, Evaluation, Term } from './contract';

/** Days since 1970-01-01 of `2025-03-01`; undefined if there is no such day. */
export function dayOf(text: string): number | undefined {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!found) return undefined;
  const [year, month, day] = [Number(found[1]), Number(found[2]), Number(found[3])];
  const number = beijingDay(fromWall(year, month, day));
  return dateOf(number) === text ? number : undefined;
}

/** `2025-03-01` of a Beijing day. */
export const dateOf = (day: number): string => new Date(day * DAY).toISOString().slice(0, 10);

/** `11月15日` of a Beijing day. */
export function dayInWords(day: number): string {
  const { month, day: dayOfMonth } = beijing(atBeijingMinute(day, 0));
  return `${month}月${dayOfMonth}日`;
}

/** The moments that a term holds: from the first, up to but without the second. Milliseconds since the epoch. */
export const momentsOf = ({ fromDay, toDay }: Term): { from: number; until: number } => ({
  from: atBeijingMinute(fromDay, 0),
  until: atBeijingMinute(toDay + 1, 0),
});

/** How much of a span is over at a moment, from 0 to 1. */
export function shareGone({ from, until }: { from: number; until: number }, at: number): number {
  return Math.min(1, Math.max(0, (at - from) / (until - from)));
}

/**
 * The day by which the targets are to be met: the last evaluation, or the end of the term once that is over, or where
 * there is none.
 */
export function horizonDay({ term, evaluations }: Pick<Contract, 'term' | 'evaluations'>, at: number): number {
  const last = evaluations.at(-1);
  return last && at < atBeijingMinute(last.day + 1, 0) ? last.day : term.toDay;
}

/** Whole days from a moment's Beijing day to another; negative once it is past. */
export const daysUntil = (day: number, at: number): number => day - beijingDay(at);

/** The next evaluation of the contract, today's included. */
export const nextEvaluation = ({ evaluations }: Pick<Contract, 'evaluations'>, at: number): Evaluation | undefined =>
  evaluations.find(({ day }) => daysUntil(day, at) >= 0);

/**
 * The moments at which a burn-up (累计进度) shows a figure: the last millisecond of each month of the term that is over,
 * and the moment itself, or the end of the term once that lies behind.
 */
export function burnUpMoments(term: Term, at: number): number[] {
  const { from, until } = momentsOf(term);
  if (at < from) return [];
  const last = Math.min(at, until - 1);
  const { year, month } = beijing(from);
  const first = fromWall(year, month, 1);
  const ends: number[] = [];
  for (let n = 1; ; n += 1) {
    const end = addMonths(first, n) - 1;
    if (end >= last) return [...ends, last];
    ends.push(end);
  }
}
