/** The case as a machine: a new case, what a command may do to it, and what it becomes. Pure. */
import { addStep } from './commands/add-step';
import { assign, acknowledge, escalate, takeOver } from './commands/people';
import { cover, endCover } from './commands/cover';
import { acceptHandover, declineHandover, handOver, withdrawHandover } from './commands/handover';
import { acceptTransfer, askTransfer, declineTransfer, withdrawTransfer } from './commands/transfer';
import { askClose, decideClose, reopen } from './commands/closing';
import {
  acceptReferral,
  closeReferral,
  confirmReferral,
  declineReferral,
  feedBack,
  misdirectReferral,
  openReferral,
  revokeReferral,
} from './commands/referrals';
import { refer, resendReferral, sendReferral } from './commands/referral-sending';
import { addNote } from './commands/note';
import { noteAccess } from './commands/note-access';
import { nudge } from './commands/nudge';
import { movePolicy } from './commands/policy';
import { joinInto, joinReport, letGo, linkCase, splitOff, takeIn, unlinkCase } from './commands/relations';
import { learnTrigger, setRisk, startClock } from './commands/risk';
import type { PlanNeed, Rule, Verb } from './commands/rule';
import { askExtension, complete, decideExtension } from './commands/steps';
import { Draft, type Decision } from './draft';
import type { Refusal } from './failures';
import type { Command, PlanOutput } from './messages';
import type { Ladder } from './alert';
import type { Actor, CaseFacts, CaseState, PlannedStep } from './model';

/** A new command is one file and one line here. */
const RULES: { [V in Verb]: Rule<V> } = {
  assign,
  take_over: takeOver,
  hand_over: handOver,
  accept_handover: acceptHandover,
  decline_handover: declineHandover,
  withdraw_handover: withdrawHandover,
  cover,
  end_cover: endCover,
  ask_transfer: askTransfer,
  accept_transfer: acceptTransfer,
  decline_transfer: declineTransfer,
  withdraw_transfer: withdrawTransfer,
  acknowledge,
  escalate,
  complete,
  ask_extension: askExtension,
  decide_extension: decideExtension,
  set_risk: setRisk,
  learn_trigger: learnTrigger,
  start_clock: startClock,
  move_policy: movePolicy,
  add_step: addStep,
  refer,
  send_referral: sendReferral,
  resend_referral: resendReferral,
  open_referral: openReferral,
  confirm_referral: confirmReferral,
  accept_referral: acceptReferral,
  decline_referral: declineReferral,
  misdirect_referral: misdirectReferral,
  close_referral: closeReferral,
  feed_back: feedBack,
  revoke_referral: revokeReferral,
  ask_close: askClose,
  decide_close: decideClose,
  reopen,
  join_into: joinInto,
  take_in: takeIn,
  split_off: splitOff,
  let_go: letGo,
  link_case: linkCase,
  unlink_case: unlinkCase,
  join_report: joinReport,
  nudge,
  add_note: addNote,
  note_access: noteAccess,
};

// The table's key and the command's verb are the same word, which the compiler cannot follow through an index.
const ruleOf = (command: Command): Rule<Verb> => RULES[command.do] as unknown as Rule<Verb>;

export interface NewCase {
  caseId: string;
  number: string;
  stationId: string;
  policyVersion: string;
  facts: CaseFacts;
  ladder: Ladder;
  planned: PlannedStep[];
  /** The report of the queue (接报队列) that became this case. */
  report?: { id: string; number: string };
}

/** A case as it is the moment it was reported: its first journal entry, and every deadline that the report starts. */
export function newCase(input: NewCase, at: number, actor: Actor): Decision {
  const { planned, report, ...rest } = input;
  const empty: CaseState = {
    v: 1,
    ...rest,
    status: 'open',
    steps: [],
    alerts: [],
    referrals: [],
    seq: 0,
    occurrences: {},
  };
  const draft = new Draft(empty, at, actor);
  const { type, risk, receivedAt } = input.facts;
  const from = report && { reportId: report.id, reportNumber: report.number };
  draft.record('reported', { type, risk, receivedAt, ...from });
  for (const step of planned) draft.add(step);
  return draft.done();
}

/** Is it so already? A repeated command answers the same and changes nothing. */
export const isRepeated = (state: CaseState, command: Command): boolean =>
  ruleOf(command).repeated?.(state, command) ?? false;

/** Why the command cannot be followed now; undefined: it can. */
export function refusal(state: CaseState, command: Command, now: number): Refusal | undefined {
  const rule = ruleOf(command);
  if (isRepeated(state, command)) return undefined;
  const { joined } = state;
  if (joined && !rule.whenJoined)
    return { type: 'CaseJoined', message: `the case goes on as ${joined.number}`, possible: ['split', joined.number] };
  if (state.status === 'closed' && !rule.whenClosed)
    return { type: 'CaseClosed', message: 'the case is closed', possible: ['reopen'] };
  return rule.refuse(state, command, now);
}

/** What the policy has to be asked before the command can be applied. */
export const planNeeded = (state: CaseState, command: Command, now: number): PlanNeed | undefined =>
  ruleOf(command).plan?.(state, command, now);

/** Why the command cannot be followed, now that the policy has answered; undefined: it can. */
export const planRefusal = (command: Command, plan: PlanOutput): Refusal | undefined =>
  ruleOf(command).refusePlanned?.(command, plan);

/** The case after the command. Call only when {@link refusal} has nothing to say. */
export function apply(state: CaseState, command: Command, now: number, plan?: PlanOutput): Decision {
  const draft = new Draft(state, now, command.actor);
  ruleOf(command).apply(draft, command, plan);
  return draft.done();
}
