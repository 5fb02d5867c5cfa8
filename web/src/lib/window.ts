/** A part of the timeline, looked at closely (放大): hours and days by their dates, evenly spaced. */
import { beijing } from '../../../domain/zone';
import { DAY, HOUR } from './time';

export const SPANS = ['day', 'week', 'month'] as const;
export type Span = (typeof SPANS)[number];
const LENGTH: Record<Span, number> = { day: DAY, week: 7 * DAY, month: 30 * DAY };
/** Between two lines of the scale. */
const EVERY: Record<Span, number> = { day: 6 * HOUR, week: DAY, month: 7 * DAY };
/** Beijing is eight hours ahead of the epoch's days. */
const ZONE = 8 * HOUR;

export interface Part {
  span: Span;
  /** First moment, milliseconds since the epoch. */
  from: number;
}

export interface DateTick {
  /** Share of the width, 0 to 1. */
  at: number;
  month: number;
  day: number;
  hour: number;
}

export interface PartScale {
  /** Share of the width at a moment; before it below 0, after it above 1. */
  place(ms: number): number;
  ticks: DateTick[];
}

/** The part in which now stands a quarter from the beginning, but not before the case begins. */
export const partAround = (span: Span, now: number, start: number): Part => ({
  span,
  from: Math.max(start, now - LENGTH[span] / 4),
});

/** Half a width back or on. */
export const moved = ({ span, from }: Part, way: -1 | 1, start: number): Part => ({
  span,
  from: Math.max(start, from + (way * LENGTH[span]) / 2),
});

export function partScale({ span, from }: Part): PartScale {
  const length = LENGTH[span];
  const every = EVERY[span];
  const place = (ms: number): number => (ms - from) / length;
  const ticks: DateTick[] = [];
  for (let ms = Math.ceil((from + ZONE) / every) * every - ZONE; place(ms) < 0.97; ms += every) {
    const { month, day, hour } = beijing(ms);
    ticks.push({ at: place(ms), month, day, hour });
  }
  return { place, ticks };
}
