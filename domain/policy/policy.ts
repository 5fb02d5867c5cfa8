/** A policy as the engine holds it, once read and checked. */
import type { Ladder } from '../alert';
import type { Basis, CaseType, Risk, StartEvent, Trigger } from '../model';
import type { TextKind } from '../text-kinds';
import type { Duration } from './duration';

/** When a rule holds. Everything that is said must be true of the case. */
export interface Conditions {
  types?: CaseType[];
  risks?: Risk[];
  /** At least one of these is known. */
  triggers?: Trigger[];
  guardianIsSuspect?: boolean;
  underSix?: boolean;
  safe?: boolean;
  returned?: boolean;
  /** It happened at most so long before the receipt, in milliseconds. */
  happenedWithinMs?: number;
  /** The case has had steps of these kinds, or … */
  once?: string[];
  /** … has not had them yet. */
  unless?: string[];
}

export type PerRisk<T> = Partial<Record<Risk, T>>;

export interface Rule {
  kind: string;
  name: string;
  start: StartEvent;
  /** With `step_done`: the kind of step whose end starts the clock. */
  after?: string;
  /** Open steps of the kind end with this event. */
  ends?: StartEvent;
  /** How long what an `expiry` span warns of lasts, where nobody said. */
  lasts?: Duration;
  binds: 'station' | 'watch';
  urgent: boolean;
  extendable: boolean;
  when: Conditions;
  /** One deadline, or several that are set at once; none at a risk that lacks the step. */
  due: PerRisk<Duration[]>;
  /** A recurring step's next deadline, from the time that the last was really done. */
  every?: PerRisk<Duration>;
  /** How many occurrences a recurring step has at most. */
  times?: number;
  /** Reminder at a fixed time after the start, in milliseconds, instead of the risk's share of the time. */
  remindMs?: number;
  /** A time to wait (稳定期) rather than a deadline: worse risk, longer wait. */
  stability: boolean;
  /** Share of the time after which somebody else there is asked too (第二联系人). */
  second?: number;
  texts?: { reminder: TextKind; overdue: TextKind };
  /** The figure is filled in from the deadline that applies, unless the policy words it. */
  basis: Omit<Basis, 'figure'> & { figure?: string };
  file: string;
  line: number;
}

export interface Least {
  risk: Risk;
  when: Conditions;
  /** For people: why no less. */
  why: string;
  /** Holds later too, as long as the facts do; otherwise it is the level at which a case begins. */
  keeps: boolean;
}

export interface TypePolicy {
  type: CaseType;
  name: string;
  /** The level of a report that names none. */
  usual: Risk;
  least: Least[];
  /** What is to be kept in mind and has no deadline. */
  notes: string[];
}

export interface Reminder {
  /** Share of the time from start to deadline. */
  share: number;
  /** Never nearer to the deadline than this, in milliseconds. */
  leastBeforeMs: number;
}

export interface Policy {
  version: string;
  /** The file that names the version; the types' files lie beside it. */
  file: string;
  name: string;
  /** The station's hours in minutes of the Beijing day; a working-day deadline falls at their end. */
  hours: { fromMinute: number; toMinute: number };
  /** Minute of the Beijing day at which supervisors get the day's digest (每日提要). */
  digestMinute: number;
  /** How long what leads to a partner's page is good for, in milliseconds. */
  partnerLinks: { linkMs: number; pickupMs: number; qrMs: number };
  reminders: Record<Risk, Reminder>;
  ladders: Record<Risk, Ladder>;
  types: Record<CaseType, TypePolicy>;
  rules: Rule[];
  /** Step kind → its name in Chinese, at most six characters so that it fits a text's variable. */
  names: Record<string, string>;
}
