/** Closing with a supervisor's approval (结案审批), and opening again (重新开案). */
import { isOpen } from '../draft';
import type { Refusal } from '../failures';
import type { CaseState } from '../model';
import type { Rule } from './rule';

const stillToDo = (state: CaseState): string[] =>
  state.steps.filter((step) => isOpen(step) && step.kind !== 'closure_review').map((step) => step.id);

const stepsOpen = (state: CaseState): Refusal | undefined => {
  const open = stillToDo(state);
  if (open.length === 0) return undefined;
  const message = `steps are still open: ${open.join(', ')}; complete each or mark it not_applicable`;
  return { type: 'StepsOpen', message, possible: open };
};

export const askClose: Rule<'ask_close'> = {
  repeated: (state) => state.status === 'closing',
  refuse: (state) => stepsOpen(state),
  apply(draft, command) {
    draft.state.status = 'closing';
    draft.state.closing = { askedBy: command.actor.id, askedAt: draft.now, reasonId: command.reasonId };
    draft.record('closing_asked', { reasonId: command.reasonId });
  },
};

export const decideClose: Rule<'decide_close'> = {
  refuse(state, command) {
    if (!state.closing)
      return { type: 'ClosingUnknown', message: 'nobody asked to close the case', possible: ['ask_close'] };
    if (state.closing.askedBy === command.actor.id)
      return { type: 'SamePersonDecides', message: 'somebody other than the asker decides' };
    return command.approve ? stepsOpen(state) : undefined;
  },
  plan: (state, command, now) =>
    command.approve ? { event: { start: 'closed', at: now, occurrences: state.occurrences } } : undefined,
  apply(draft, command, plan) {
    draft.state.closing = undefined;
    if (!command.approve) {
      draft.state.status = 'open';
      draft.record('closing_refused', { noteId: command.noteId ?? null });
      return;
    }
    for (const { id } of draft.state.steps.filter(isOpen)) draft.finish(id, { by: command.actor.id });
    for (const { id, state } of draft.state.referrals) {
      const referral = state === 'declined' || state === 'revoked' ? undefined : draft.referral(id);
      if (referral) referral.state = 'closed';
    }
    draft.state.status = 'closed';
    draft.state.closedAt = draft.now;
    draft.record('closed', { noteId: command.noteId ?? null });
    for (const step of plan?.steps ?? []) draft.add(step);
  },
};

export const reopen: Rule<'reopen'> = {
  whenClosed: true,
  refuse: (state) =>
    state.status === 'closed'
      ? undefined
      : { type: 'CaseNotClosed', message: `the case is ${state.status}`, possible: ['ask_close'] },
  plan: (state, _command, now) => ({ event: { start: 'receipt', at: now, occurrences: state.occurrences } }),
  apply(draft, command, plan) {
    draft.state.status = 'open';
    draft.state.closedAt = undefined;
    draft.record('reopened', { reasonId: command.reasonId });
    for (const { id } of draft.state.steps.filter(isOpen)) draft.cancel(id, 'reopened');
    for (const step of plan?.steps ?? []) draft.add(step);
  },
};
