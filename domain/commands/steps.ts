/** Finishing steps (完成步骤) and asking for more time (延期). */
import { isOpen } from '../draft';
import type { Refusal } from '../failures';
import type { CaseState, Step } from '../model';
import type { Rule } from './rule';

/** Clocks of phones differ; beyond this a time given by hand is wrong. */
const AHEAD_MS = 5 * 60_000;

/** A visit or a call to the police may have come before the report was written down, but not by more than this. */
const BEFORE_MS = 24 * 3_600_000;

/** Steps that end when somebody who was asked has answered, and what can be done instead of ticking them off. */
const BY_ANSWER: Record<string, string[]> = {
  handover_accept: ['hand-over/accept', 'hand-over/decline', 'hand-over/withdraw'],
  transfer_accept: ['transfer/accept', 'transfer/decline', 'transfer/withdraw'],
};

const openSteps = (state: CaseState): string[] => state.steps.filter(isOpen).map((step) => step.id);

function findOpen(state: CaseState, id: string): { step: Step } | { refusal: Refusal } {
  const step = state.steps.find((s) => s.id === id);
  const possible = openSteps(state);
  if (!step) return { refusal: { type: 'StepUnknown', message: `the case has no step ${id}`, possible } };
  if (!isOpen(step)) return { refusal: { type: 'StepOver', message: `step ${id} is ${step.state}`, possible } };
  return { step };
}

export const complete: Rule<'complete'> = {
  whenClosed: true,
  repeated: (state, { stepId, outcome }) =>
    state.steps.some((s) => s.id === stepId && s.state === 'done' && s.outcome === outcome),
  refuse(state, command, now) {
    const found = findOpen(state, command.stepId);
    if ('refusal' in found) return found.refusal;
    const answers = BY_ANSWER[found.step.kind];
    if (answers)
      return { type: 'StepNotByHand', message: `step ${found.step.id} ends with an answer`, possible: answers };
    if (command.outcome !== 'done' && !command.noteId)
      return { type: 'NoteMissing', message: `outcome ${command.outcome} needs a note` };
    if (command.doneAt !== undefined && command.doneAt > now + AHEAD_MS)
      return { type: 'DoneInFuture', message: 'doneAt is in the future' };
    if (command.doneAt !== undefined && command.doneAt < state.facts.receivedAt - BEFORE_MS)
      return { type: 'DoneTooEarly', message: 'doneAt lies more than a day before the report was received' };
    return undefined;
  },
  // A recurring step is planned again from when it was really done, or tried in vain; only one that no longer applies
  // ends its series.
  plan(state, command, now) {
    const step = state.steps.find((s) => s.id === command.stepId);
    const leadsOn = step?.occurrence !== undefined || step?.followed;
    if (!step || !leadsOn || command.outcome === 'not_applicable' || state.status === 'closed') return undefined;
    const at = Math.max(step.startAt, Math.min(command.doneAt ?? now, now));
    const { outcome } = command;
    return { event: { start: 'previous', at, of: step.kind, outcome, occurrences: state.occurrences } };
  },
  apply(draft, command, plan) {
    const { stepId, outcome, doneAt, noteId } = command;
    draft.finish(stepId, { by: command.actor.id, outcome, doneAt, noteId });
    for (const next of plan?.steps ?? []) draft.add(next);
  },
};

export const askExtension: Rule<'ask_extension'> = {
  refuse(state, command, now) {
    const found = findOpen(state, command.stepId);
    if ('refusal' in found) return found.refusal;
    const { step } = found;
    if (!step.extendable) {
      const message = `step ${step.id} can never be given more time`;
      return { type: 'StepNotExtendable', message, possible: ['complete'] };
    }
    if (command.until <= step.dueAt || command.until <= now)
      return { type: 'ExtensionNotLater', message: 'until must be later than the deadline and than now' };
    return undefined;
  },
  apply(draft, command) {
    const step = draft.step(command.stepId);
    if (!step) return;
    const { until, reasonId } = command;
    step.extension = { until, askedBy: command.actor.id, askedAt: draft.now, reasonId };
    draft.record('extension_asked', { stepId: step.id, until, reasonId });
  },
};

export const decideExtension: Rule<'decide_extension'> = {
  refuse(state, command) {
    const found = findOpen(state, command.stepId);
    if ('refusal' in found) return found.refusal;
    const asked = found.step.extension;
    if (!asked) {
      const message = `nobody asked for more time on step ${command.stepId}`;
      return { type: 'ExtensionUnknown', message, possible: ['extend'] };
    }
    if (asked.askedBy === command.actor.id)
      return { type: 'SamePersonDecides', message: 'somebody other than the asker decides' };
    return undefined;
  },
  apply(draft, command) {
    const step = draft.step(command.stepId);
    if (!step?.extension) return;
    const { until } = step.extension;
    step.extension = undefined;
    draft.record(command.approve ? 'extension_granted' : 'extension_refused', {
      stepId: step.id,
      until,
      noteId: command.noteId ?? null,
    });
    if (!command.approve) return;
    const lead = step.remindAt === undefined ? undefined : step.dueAt - step.remindAt;
    step.dueAt = until;
    step.remindAt = lead === undefined ? undefined : Math.max(draft.now, until - lead);
    step.reminded = false;
    step.extended = (step.extended ?? 0) + 1;
    if (step.state === 'due_soon' && !step.urgent) step.state = 'pending';
    draft.backInTime(step);
  },
};
