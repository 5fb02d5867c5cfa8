/**
 * Budgets (额度): how many texts and calls a phone may still get. The carrier refuses what goes beyond its limits (频率限制), so
 * we keep to them first, and spend what there is on the worst. Pure; times in milliseconds, days and nights are Beijing's.
 */
import { HOUR, atBeijingMinute, beijing, beijingDay } from './zone';

/** `rolling`: any span of `ms`; `day`: from midnight to midnight; `night`: from 22:00 to 08:00. */
export type Window = { kind: 'rolling'; ms: number } | { kind: 'day' } | { kind: 'night' };

/** At most so many messages to one phone in a window. */
export interface Limit {
  /** As it is written in the configuration, without its figure: `30s`, `day`, `same:30s`. */
  name: string;
  window: Window;
  most: number;
  /** Counts only messages of the very same text. */
  same: boolean;
}

/** A message that a phone got, or is getting. */
export interface Use {
  at: number;
  /** Says which text it was, without saying it. */
  content: string;
}

/** What a message may use up. The last of a day is kept for a critical case, and half of it for those who have to act. */
export type Priority = 'critical' | 'normal' | 'information';

/** May it go now? If not, in how long at the earliest (Infinity: never), and which limit keeps it. */
export type Verdict = { free: true } | { free: false; waitMs: number; limit: string };

const NIGHT_FROM = 22;
const NIGHT_TO = 8;

/** The night that a moment lies in, by the day on which it began; undefined by day. */
function nightOf(at: number): number | undefined {
  const { hour } = beijing(at);
  if (hour >= NIGHT_FROM) return beijingDay(at);
  return hour < NIGHT_TO ? beijingDay(at) - 1 : undefined;
}

/**
 * Do the two moments lie in one window? Earlier and later count alike: messages of several workers are not written down
 * in the order of their times, and no window may hold too many in whatever order they came.
 */
function together(window: Window, at: number, other: number): boolean {
  if (window.kind === 'rolling') return Math.abs(at - other) < window.ms;
  if (window.kind === 'day') return beijingDay(at) === beijingDay(other);
  const night = nightOf(at);
  return night !== undefined && night === nightOf(other);
}

/** When a use stops counting. */
function endOf(window: Window, at: number): number {
  if (window.kind === 'rolling') return at + window.ms;
  if (window.kind === 'day') return atBeijingMinute(beijingDay(at) + 1, 0);
  return atBeijingMinute((nightOf(at) ?? beijingDay(at)) + 1, (NIGHT_TO * HOUR) / 60_000);
}

/** How much of a limit is there for messages of a priority. */
function mostFor({ window, most, same }: Limit, priority: Priority): number {
  if (window.kind !== 'day' || same || priority === 'critical') return most;
  return priority === 'normal' ? most - 1 : Math.min(most - 1, Math.floor(most / 2));
}

/** How many of the uses stand in the window of `at`. */
export const usedOf = ({ window, same }: Limit, uses: readonly Use[], at: number, content?: string): number =>
  uses.filter((use) => together(window, at, use.at) && (!same || use.content === content)).length;

export interface Asked {
  priority: Priority;
  content: string;
}

const blockerAt = (limits: readonly Limit[], uses: readonly Use[], at: number, asked: Asked): Limit | undefined =>
  limits.find((limit) => usedOf(limit, uses, at, asked.content) >= mostFor(limit, asked.priority));

/** May a message go to this phone at `at`? The wait is exact: one millisecond less and it would still be kept. */
export function decide(limits: readonly Limit[], uses: readonly Use[], at: number, asked: Asked): Verdict {
  let kept = blockerAt(limits, uses, at, asked);
  if (!kept) return { free: true };
  // It gets free only where some use stops counting, or at the end of a window that leaves nothing at all.
  const ends = limits.flatMap((limit) => uses.map((use) => endOf(limit.window, use.at)));
  for (const moment of [...new Set(ends)].filter((end) => end > at).sort((a, b) => a - b)) {
    const still = blockerAt(limits, uses, moment, asked);
    if (!still) return { free: false, waitMs: moment - at, limit: kept.name };
    kept = still;
  }
  return { free: false, waitMs: Infinity, limit: kept.name };
}

/** How many more may go in the window of `at` under one limit; never below 0. */
export const leftOf = (limit: Limit, uses: readonly Use[], at: number): number =>
  Math.max(0, limit.most - usedOf(limit, uses, at));
