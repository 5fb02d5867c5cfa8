/** Why nobody is on duty (空班原因). */
import type { Roster, Rung } from './model';
import { isOf, isOn } from './on-duty';
import { gaps, turningPoints } from './timeline';

export type GapCause = 'no_rotation' | 'not_begun' | 'ended' | 'outside_hours' | 'all_away';
export interface GapWhy {
  cause: GapCause;
  /** With all_away: whoever would have been in turn. */
  away: string[];
}
export interface Gap {
  from: number;
  until: number;
  why: GapWhy;
}

/** Why a rung is empty at a moment at which it is. */
export function whyEmpty(roster: Roster, rung: Rung, at: number): GapWhy {
  const rotations = roster.rotations.filter((one) => isOf(one, rung) && one.members.length > 0);
  const on = rotations.filter((one) => isOn(one, at));
  if (on.length > 0) return { cause: 'all_away', away: [...new Set(on.flatMap(({ members }) => members))] };
  const running = rotations.filter(({ startsAt, endsAt = Infinity }) => startsAt <= at && at < endsAt);
  if (running.length > 0) return { cause: 'outside_hours', away: [] };
  if (rotations.some(({ endsAt = Infinity }) => endsAt <= at)) return { cause: 'ended', away: [] };
  return { cause: rotations.length > 0 ? 'not_begun' : 'no_rotation', away: [] };
}

/** When nobody is on duty, cut where the reason changes. @param from milliseconds @param until milliseconds */
export function explainedGaps(roster: Roster, rung: Rung, from: number, until: number): Gap[] {
  const points = turningPoints(roster, rung, from, until);
  return gaps(roster, rung, from, until).flatMap((gap) => {
    const begins = [gap.from, ...points.filter((at) => gap.from < at && at < gap.until)];
    const found: Gap[] = [];
    for (const [n, at] of begins.entries()) {
      const [why, end] = [whyEmpty(roster, rung, at), begins[n + 1] ?? gap.until];
      const last = found.at(-1);
      if (last && JSON.stringify(last.why) === JSON.stringify(why)) last.until = end;
      else found.push({ from: at, until: end, why });
    }
    return found;
  });
}
