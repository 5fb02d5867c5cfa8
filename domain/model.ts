/**
 * The words of the work, as data. Everything here is plain JSON: it travels through workflow histories, the journal
 * and the API, so it holds ids, figures and codes only — never a name, a number to call, an address or a story.
 * Times are milliseconds since the epoch (UTC); the screen turns them into Beijing time.
 */

import type { Alert, Ladder, Telling } from './alert';
import type { Cover, Handover, Joined, Transfer } from './custody';
import type { TextKind } from './text-kinds';

export const CASE_TYPES = [
  'sexual_abuse',
  'physical_abuse',
  'domestic_violence',
  'abandonment',
  'neglect',
  'bullying',
  'missing',
  'self_harm',
  'other_emergency',
] as const;
export type CaseType = (typeof CASE_TYPES)[number];

/** Risk levels (紧急 高 中 低), worst first. */
export const RISKS = ['critical', 'high', 'medium', 'low'] as const;
export type Risk = (typeof RISKS)[number];

/** Facts that oblige a report to the police (强制报告情形), or raise the risk. */
export const TRIGGERS = [
  'sexual_abuse',
  'injury',
  'severe_malnutrition',
  'abandonment',
  'no_carer',
  'missing',
  'self_harm',
  'disability_or_death',
  'trafficking',
  'other',
] as const;
export type Trigger = (typeof TRIGGERS)[number];

/** Who a rung of the ladder (告警梯级) reaches. */
export const RUNG_ROLES = ['worker', 'supervisor', 'duty_officer'] as const;
export type RungRole = (typeof RUNG_ROLES)[number];

/**
 * What starts a step's clock. `previous`: the last occurrence of a recurring step was done; `step_done`: another step,
 * named by the rule, was.
 */
export const START_EVENTS = [
  'receipt',
  'trigger',
  'referral_sent',
  'referral_received',
  'referral_drafted',
  'referral_answered',
  'handover_asked',
  'transfer_asked',
  'previous',
  'step_done',
  'child_returned',
  'discharged',
  'order_applied',
  'order_issued',
  'warning_issued',
  'investigation_started',
  'placed',
  'made_safe',
  'closed',
] as const;
export type StartEvent = (typeof START_EVENTS)[number];

/** Why a deadline is what it is (依据). `legal` names law and article; `judgement` is professional practice. */
export interface Basis {
  kind: 'legal' | 'local' | 'judgement';
  /** e.g. 未成年人保护法 */
  law?: string;
  /** e.g. 第十一条 */
  article?: string;
  /** The law's own word where it gives no figure, e.g. 立即. */
  word?: string;
  /** The figure in words, e.g. 24 小时. */
  figure: string;
  note?: string;
}

/** One deadline as the policy gives it. */
export interface PlannedStep {
  /** Unique within the case and stable under re-planning: the kind, with `-n` from the second occurrence on. */
  id: string;
  kind: string;
  /** Whose duty: ours, or one that we only watch (法院、公安、学校的期限), which never counts as our breach. */
  binds: 'station' | 'watch';
  start: StartEvent;
  startAt: number;
  dueAt: number;
  remindAt?: number;
  /** Due soon from its start, as the police report is. */
  urgent?: boolean;
  /** May more time be asked for? Never for the police report. */
  extendable: boolean;
  /** A time to wait (稳定期): it begins again with each incident. */
  stability?: true;
  /** Other duties start when this one is done. */
  followed?: true;
  /** The event that makes it pointless, e.g. the child's return for news of the search. */
  endsWith?: StartEvent;
  /** The end of what the step warns of, e.g. of a protection order, ms. */
  until?: number;
  /** Wording of its messages, where it is not the usual one. */
  texts?: { reminder: TextKind; overdue: TextKind };
  /** Occurrence number of a recurring step, from 1. */
  occurrence?: number;
  referralId?: string;
  /** When somebody else there is asked too: a partner's second contact (第二联系人), the station that is to take over; ms. */
  secondAt?: number;
  /** People added it, as a decision or a task (会商决定, 方案任务): no policy plans it, moves it or takes it away. */
  added?: string;
  basis: Basis;
}

export type StepState = 'pending' | 'due_soon' | 'overdue' | 'done' | 'cancelled';
export type StepOutcome = 'done' | 'not_possible' | 'not_applicable';

export interface Extension {
  until: number;
  askedBy: string;
  askedAt: number;
  reasonId: string;
}

export interface Step extends PlannedStep {
  /** Its place among the case's steps, from 0. */
  ord: number;
  state: StepState;
  doneAt?: number;
  doneBy?: string;
  outcome?: StepOutcome;
  noteId?: string;
  /** Asked for and not decided yet; the clock runs meanwhile. */
  extension?: Extension;
  /** Times that more time was granted. */
  extended?: number;
  /** The reminder went out. */
  reminded?: boolean;
  /** Whom `secondAt` is for has been asked. */
  secondTold?: boolean;
}

export const REFERRAL_STATES = [
  'drafted',
  'sent',
  'opened',
  'received',
  'declined',
  'accepted',
  'feedback',
  'closed',
  'revoked',
] as const;
export type ReferralState = (typeof REFERRAL_STATES)[number];

export interface Referral {
  id: string;
  partnerId: string;
  purpose: string;
  state: ReferralState;
  noteId?: string;
  /** While it is drafted (草拟): when it was, and by when it is to be sent. */
  sentAt: number;
  confirmBy: number;
  receivedAt?: number;
  feedbackBy?: number;
  /** The partner has taken it on (受理), ms. */
  acceptedAt?: number;
  /** How often it was sent again (重发). */
  resent?: number;
  telling?: Telling;
}

export type CaseStatus = 'open' | 'closing' | 'closed';

export interface Closing {
  askedBy: string;
  askedAt: number;
  reasonId: string;
}

/** What planning needs to know of a case. */
export interface CaseFacts {
  type: CaseType;
  risk: Risk;
  receivedAt: number;
  occurredAt?: number;
  triggers: { trigger: Trigger; at: number }[];
  guardianIsSuspect: boolean;
  /** Derived from the birth date so that the date itself stays in the vault. */
  underSix?: boolean;
  /** Somebody said so, or the child was placed; over with the next incident. */
  safe?: boolean;
  /** A missing child came back. */
  returned?: boolean;
}

/** The whole case as its workflow holds it. */
export interface CaseState {
  v: 1;
  caseId: string;
  number: string;
  stationId: string;
  policyVersion: string;
  facts: CaseFacts;
  ladder: Ladder;
  status: CaseStatus;
  assigneeId?: string;
  steps: Step[];
  alerts: Alert[];
  referrals: Referral[];
  closing?: Closing;
  handover?: Handover;
  transfer?: Transfer;
  cover?: Cover;
  closedAt?: number;
  joined?: Joined;
  /** Cases that go on as this one. */
  takenIn?: string[];
  /** Ids of links with other cases. */
  links?: string[];
  /** Ids of reports (接报队列) that were joined to it. */
  reports?: string[];
  /** Number of the last journal event. */
  seq: number;
  /** How many steps of each kind the case has had; gives the next one its id. */
  occurrences: Record<string, number>;
}

export type ActorKind = 'staff' | 'partner' | 'system';
export interface Actor {
  kind: ActorKind;
  id: string;
}

/** One entry of the journal (案卷日志). `data` holds ids, codes and figures only. */
export interface CaseEvent {
  seq: number;
  at: number;
  actor: Actor;
  kind: string;
  data: Record<string, string | number | boolean | null>;
}

export const SYSTEM: Actor = { kind: 'system', id: 'shouwang' };
