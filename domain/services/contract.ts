/** A contract for services (购买服务合同), as data: what the buyer counts, by when, and for how much. */
import type { CaseType, Risk } from '../model';
import type { ServiceKind } from './kinds';

/** The unit of a figure. A rate is a share in per cent. */
export const UNITS = ['persons', 'person_times', 'sessions', 'groups', 'rate'] as const;
export type Unit = (typeof UNITS)[number];

export const UNIT_NAMES: Record<Unit, string> = {
  persons: '人',
  person_times: '人次',
  sessions: '次',
  groups: '个',
  rate: '%',
};

/** Cases of special protection that count by themselves, each at the moment of its receipt; drills never do. */
export interface CaseRule {
  types?: readonly CaseType[];
  risks?: readonly Risk[];
}

/** What a post may have to be: 专职, 儿童福利社工. */
export const POST_KINDS = ['full_time', 'child_welfare'] as const;
export type PostKind = (typeof POST_KINDS)[number];

/** Whom and what counts, and whether once or each time. */
export type CountRule =
  | {
      from: 'records';
      /** A child once in the whole term; everybody each time; each record; each series that has met. */
      each: 'person' | 'person_time' | 'session' | 'group';
      kinds: readonly ServiceKind[];
      cases?: CaseRule;
      /** A series counts from so many sessions on; 1 where it is not said. */
      leastSessions: number;
    }
  /** People of the station in these roles who hold such a post at the moment (在岗登记), each once. */
  | { from: 'staff'; roles: readonly string[]; post?: PostKind }
  /** Cases received in the term with each of these steps done in time, of all that came in and are no longer pending. */
  | { from: 'intake'; steps: readonly string[] }
  /** Satisfied answers of all valid ones. */
  | { from: 'satisfaction' };

export interface Indicator {
  /** Unique within the contract. */
  id: string;
  name: string;
  /** What the evaluator's form calls the part: output 产出指标, performance 绩效目标. */
  part: 'output' | 'performance';
  unit: Unit;
  /** At least so many; of a rate, per cent. */
  target: number;
  count: CountRule;
  /** How the count is to be understood, for whoever reads the figures. */
  note?: string;
}

export interface Evaluation {
  stage: 'mid' | 'final';
  name: string;
  /** Beijing day, days since 1970-01-01. */
  day: number;
}

export interface Payment {
  name: string;
  /** Yuan. */
  amount: number;
  /** Beijing day; absent where the contract names an event and no date. */
  day?: number;
}

/** Both days belong to the term; it begins and ends at midnight Beijing time. */
export interface Term {
  fromDay: number;
  toDay: number;
}

export interface Contract {
  id: string;
  name: string;
  buyer: string;
  contractor: string;
  stationId: string;
  term: Term;
  /** In the order of their days. */
  evaluations: Evaluation[];
  /** Yuan. */
  budget: number;
  payments: Payment[];
  /** Days at the beginning of the term in which nothing is said about the pace: too little has happened. */
  quietDays: number;
  indicators: Indicator[];
  file: string;
}
