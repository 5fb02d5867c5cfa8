/** Which shifts may be exchanged (换班), and what picking one, or dropping one on another, comes to. */
import type { DutyShift } from '../../api/types';

/** A shift as a turn of its rotation; undefined for who was put on duty by an override, or stands in. */
function turnOf({ why }: DutyShift): { rotationId: string; shift: number } | undefined {
  return why.kind === 'rotation' || why.kind === 'swap' ? { rotationId: why.rotationId, shift: why.shift } : undefined;
}

export const keyOf = (shift: DutyShift): string => {
  const turn = turnOf(shift);
  return turn ? `${turn.rotationId}/${turn.shift}` : `${shift.staffId}/${shift.from}`;
};

/** One line of a day: the duties of one person that follow on one another, as one; it stands for the last of them. */
export interface DayDuty {
  shift: DutyShift;
  /** Minutes of the day. */
  part: { from: number; until: number };
}

export function joined(duties: readonly DayDuty[]): DayDuty[] {
  const lines: DayDuty[] = [];
  for (const { shift, part } of duties) {
    const before = lines.find((one) => one.shift.staffId === shift.staffId && one.part.until === part.from);
    const alike = before?.shift.why.kind === 'rotation' && shift.why.kind === 'rotation';
    if (before && alike) {
      before.shift = shift;
      before.part = { from: before.part.from, until: part.until };
    } else lines.push({ shift, part: { ...part } });
  }
  return lines;
}

export type NoSwap = 'notTurn' | 'begun' | 'samePerson' | 'notMine';

export interface Swapper {
  staffId: string;
  /** May exchange any two shifts; others only one of their own. */
  edits: boolean;
  now: number;
}

/** Why this shift cannot be given or taken; undefined: it can. */
export function whyNot(shift: DutyShift, { now }: Pick<Swapper, 'now'>): NoSwap | undefined {
  if (!turnOf(shift)) return 'notTurn';
  return Date.parse(shift.from) <= now ? 'begun' : undefined;
}

/** Why these two cannot be exchanged by this person; undefined: they can. The order does not matter. */
export function whyNotPair(one: DutyShift, other: DutyShift, who: Swapper): NoSwap | undefined {
  const alone = whyNot(one, who) ?? whyNot(other, who);
  if (alone) return alone;
  if (one.staffId === other.staffId) return 'samePerson';
  return who.edits || [one, other].some(({ staffId }) => staffId === who.staffId) ? undefined : 'notMine';
}

/** Picks a shift, or lets it go again; of more than two the oldest goes. */
export function pick(picked: readonly DutyShift[], shift: DutyShift): DutyShift[] {
  const key = keyOf(shift);
  if (picked.some((one) => keyOf(one) === key)) return picked.filter((one) => keyOf(one) !== key);
  return [...picked, shift].slice(-2);
}

/** What is sent: `mine` is the asker's own where one is. */
export function swapOf(one: DutyShift, other: DutyShift, staffId: string) {
  const [mine, theirs] = other.staffId === staffId ? [other, one] : [one, other];
  const [a, b] = [turnOf(mine), turnOf(theirs)];
  return a && b ? { mine: a, theirs: b } : undefined;
}
