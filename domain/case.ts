/** The case as a machine: a new case, what a command may do to it, and what it becomes. Pure. */
import { addStep } from './commands/add-step';
import { assign, acknowledge, escalate } from './commands/people';
import { askClose, decideClose, reopen } from './commands/closing';
import { confirmReferral, declineReferral, feedBack, openReferral, refer, revokeReferral } from './commands/referrals';
import { noteAccess } from './commands/note-access';
import { nudge } from './commands/nudge';
import { movePolicy } from './commands/policy';
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
  open_referral: openReferral,
  confirm_referral: confirmReferral,
  decline_referral: declineReferral,
  feed_back: feedBack,
  revoke_referral: revokeReferral,
  ask_close: askClose,
  decide_close: decideClose,
  reopen,
  nudge,
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
}

/** A case as it is the moment it was reported: its first journal entry, and every deadline that the report starts. */
export function newCase(input: NewCase, at: number, actor: Actor): Decision {
  const { planned, ...rest } = input;
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
  draft.record('reported', { type: input.facts.type, risk: input.facts.risk, receivedAt: input.facts.receivedAt });
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
