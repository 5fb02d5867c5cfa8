/**
 * The roster (值班表) as data: rotations, and what changes them for a while. Ids and times only; times are milliseconds
 * since the epoch, every span is `[from, until)`. Beijing has no summer time, so a hand-over stays at its minute.
 */
import type { RungRole } from '../model';

/** Hours of a week during which a rotation is on: a day shift, a night shift, a weekend. */
export interface Hours {
  /** 0 is Sunday; the day on which the hours begin. */
  weekdays: number[];
  /** Minutes of the Beijing day, 0–1439. */
  fromMinute: number;
  /** 1–1440; not after `fromMinute`: it ends on the day after. */
  untilMinute: number;
}

/** 轮班: members take turns, each for one shift. A fixed duty (固定值班) is a rotation of one. */
export interface Rotation {
  id: string;
  stationId: string;
  role: RungRole;
  /** Staff ids in the order of their turns; nobody twice. */
  members: readonly string[];
  /** Length of a shift, in days. */
  shiftDays: number;
  /** The first hand-over; each following one is `shiftDays` later, at the same Beijing minute. */
  startsAt: number;
  endsAt?: number;
  /** Absent: always. */
  hours?: readonly Hours[];
}

/** 请假: the person stands on no rung meanwhile. */
export interface Leave {
  staffId: string;
  from: number;
  until: number;
}

/** 改派 (somebody instead) or 加派 (somebody as well). */
export interface Override {
  id: string;
  stationId: string;
  role: RungRole;
  staffId: string;
  from: number;
  until: number;
  /** Whom it stands in for: one person, or EVERYBODY on duty; absent: it adds. */
  replaces?: string;
}
/** No id of staff has an asterisk. */
export const EVERYBODY = '*';

/** The n-th shift of a rotation, from 0, and who held it when the swap was asked for. */
export interface HeldShift {
  rotationId: string;
  shift: number;
  staffId: string;
}

/** 换班: two people exchange two shifts. */
export interface Swap {
  id: string;
  one: HeldShift;
  other: HeldShift;
}

export interface Roster {
  rotations: readonly Rotation[];
  leaves: readonly Leave[];
  /** In the order in which they were made: a later one sees what an earlier one did. */
  overrides: readonly Override[];
  /** Those that were agreed to, in the order of agreement. */
  swaps: readonly Swap[];
  /** Staff who left; they stand nowhere. */
  gone: readonly string[];
}

/** Which rung: a role at a station. Duty officers (民政局值班) stand for every station. */
export interface Rung {
  stationId: string;
  role: RungRole;
}

/** Why somebody is on duty. */
export type Why =
  | { kind: 'rotation'; rotationId: string; shift: number }
  /** Took the shift of `insteadOf` over in a swap. */
  | { kind: 'swap'; rotationId: string; shift: number; swapId: string; insteadOf: string }
  /** Next in the order, since `insteadOf` is on leave or has left. */
  | { kind: 'stand_in'; rotationId: string; shift: number; insteadOf: string }
  | { kind: 'override'; overrideId: string; insteadOf: string[] };

export interface OnDuty {
  staffId: string;
  why: Why;
}

/** A stretch of time during which the same people are on duty for the same reasons; nobody: a gap (空班). */
export interface Span {
  from: number;
  until: number;
  people: OnDuty[];
}

/** One person's stretch of duty. */
export interface Shift extends OnDuty {
  from: number;
  until: number;
}
