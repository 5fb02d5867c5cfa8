/** The roster over a stretch of time: shifts, gaps and the next hand-over (交接). */
import { DAY, atBeijingMinute, beijing, beijingDay } from '../zone';
import type { OnDuty, Roster, Rotation, Rung, Shift, Span } from './model';
import { endMinute, isOf, onDuty, shiftAt, shiftStart, swappedHolders } from './on-duty';

/** Twice the longest shift, and a little: a hand-over further off is none to wait for. */
export const LOOK_AHEAD = 60 * DAY;

function handOvers(rotation: Rotation, from: number, until: number): number[] {
  const first = Math.max(0, shiftAt(rotation, from));
  const last = Math.max(first, shiftAt(rotation, Math.min(until, rotation.endsAt ?? until)));
  return Array.from({ length: last - first + 1 }, (_, n) => shiftStart(rotation, first + n));
}

function edgesOfHours({ hours }: Rotation, from: number, until: number): number[] {
  if (!hours) return [];
  const first = beijingDay(from) - 1;
  const days = Array.from({ length: beijingDay(until) - first + 1 }, (_, n) => first + n);
  return days.flatMap((day) => {
    const { weekday } = beijing(atBeijingMinute(day, 0));
    const today = hours.filter((one) => one.weekdays.includes(weekday));
    return today.flatMap((one) => [one.fromMinute, endMinute(one)].map((minute) => atBeijingMinute(day, minute)));
  });
}

/** Every moment at which who is on duty may change. */
export function turningPoints(roster: Roster, rung: Rung, from: number, until: number): number[] {
  const rotations = roster.rotations.filter((one) => isOf(one, rung));
  const all = [
    ...rotations.flatMap((one) => [
      ...handOvers(one, from, until),
      ...edgesOfHours(one, from, until),
      ...(one.endsAt === undefined ? [] : [one.endsAt]),
    ]),
    ...[...roster.overrides.filter((one) => isOf(one, rung)), ...roster.leaves].flatMap((one) => [one.from, one.until]),
  ];
  return [...new Set([from, ...all.filter((at) => from < at && at < until)])].sort((a, b) => a - b);
}

const same = (a: OnDuty, b: OnDuty): boolean => JSON.stringify(a) === JSON.stringify(b);

/**
 * Who is on duty from when to when, without a hole between: gaps are spans of nobody.
 * @param from milliseconds, @param until milliseconds, after `from`
 */
export function timeline(roster: Roster, rung: Rung, from: number, until: number): Span[] {
  const swapped = swappedHolders(roster);
  const points = turningPoints(roster, rung, from, until);
  const spans: Span[] = [];
  for (const [n, at] of points.entries()) {
    const people = onDuty(roster, rung, at, swapped);
    const end = points[n + 1] ?? until;
    const last = spans.at(-1);
    const unchanged =
      last?.people.length === people.length && last.people.every((one, i) => same(one, people[i] ?? one));
    if (last && unchanged) last.until = end;
    else spans.push({ from: at, until: end, people });
  }
  return spans;
}

/** Everybody's stretches of duty, by their beginning; cut off where the time asked for begins and ends. */
export function shifts(roster: Roster, rung: Rung, from: number, until: number): Shift[] {
  const all: Shift[] = [];
  let open: Shift[] = [];
  for (const span of timeline(roster, rung, from, until)) {
    open = span.people.map((person) => {
      const before = open.find((one) => same({ staffId: one.staffId, why: one.why }, person));
      if (before) {
        before.until = span.until;
        return before;
      }
      const begun = { ...person, from: span.from, until: span.until };
      all.push(begun);
      return begun;
    });
  }
  return all;
}

/** When nobody is on duty (空班). */
export const gaps = (roster: Roster, rung: Rung, from: number, until: number): { from: number; until: number }[] =>
  timeline(roster, rung, from, until).flatMap((span) =>
    span.people.length === 0 ? [{ from: span.from, until: span.until }] : [],
  );

const names = (people: OnDuty[]): string =>
  people
    .map((one) => one.staffId)
    .sort()
    .join('/');

/** When other people will be on duty, and who; undefined: nothing changes within two months. */
export function nextHandOver(roster: Roster, rung: Rung, at: number): { at: number; people: OnDuty[] } | undefined {
  const [now, ...later] = timeline(roster, rung, at, at + LOOK_AHEAD);
  const next = later.find((span) => names(span.people) !== names(now?.people ?? []));
  return next && { at: next.from, people: next.people };
}
