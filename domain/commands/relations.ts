/**
 * What cases have to do with one another: joined (并案: one goes on, the other points to it), split again (拆分), linked (关联),
 * and a report of the queue joined to a case (并入). Each of the two cases is told by a command of its own.
 */
import { type Draft, isOpen } from '../draft';
import type { Refusal } from '../failures';
import type { CaseState, Referral } from '../model';
import type { Rule } from './rule';

/** A partner was asked and its answer would find nobody: its referral holds the case where it is. */
const AWAITED: readonly Referral['state'][] = ['sent', 'opened', 'received', 'accepted'];

function awaited(state: CaseState): Refusal | undefined {
  const open = state.referrals.filter((one) => AWAITED.includes(one.state)).map(({ id }) => id);
  if (open.length === 0) return undefined;
  const message = 'partners still have to answer; revoke their referrals, or join the other case into this one';
  return {
    type: 'ReferralsOpen',
    message,
    possible: [...open.map((id) => `revoke ${id}`), 'join the other way round'],
  };
}

/** The other one ends in this case, or is about to: were this case to end in that one, both would be closed and nobody would watch. */
function crosses({ takenIn = [] }: CaseState, intoId: string): Refusal | undefined {
  if (!takenIn.includes(intoId)) return undefined;
  const message = 'that case is being joined into this one; finish that, or split it off';
  return { type: 'JoinsCross', message, possible: ['join the other way round', 'split'] };
}

/** This case ends in another one, which has taken it in before: its clocks stop, its history stays. */
export const joinInto: Rule<'join_into'> = {
  whenClosed: true,
  repeated: (state, { intoId }) => state.joined?.into === intoId,
  refuse: (state, { intoId }) => crosses(state, intoId) ?? awaited(state),
  apply(draft, { intoId, intoNumber, reasonId }) {
    const { state, now } = draft;
    const steps = state.steps.filter(isOpen).map(({ id }) => id);
    draft.record('joined_into', { otherId: intoId, number: intoNumber, reasonId });
    for (const id of steps) draft.cancel(id, 'joined');
    for (const { id, state: was } of state.referrals) {
      const referral = was === 'feedback' ? draft.referral(id) : undefined;
      if (referral) referral.state = 'closed';
    }
    state.joined = { into: intoId, number: intoNumber, at: now, steps, wasClosed: state.status === 'closed' };
    state.closing = undefined;
    state.status = 'closed';
    state.closedAt ??= now;
  },
};

/** This case goes on for another one as well. */
export const takeIn: Rule<'take_in'> = {
  repeated: (state, { otherId }) => state.takenIn?.includes(otherId) ?? false,
  refuse: () => undefined,
  apply(draft, { otherId, otherNumber, reasonId }) {
    draft.state.takenIn = [...(draft.state.takenIn ?? []), otherId];
    draft.record('taken_in', { otherId, number: otherNumber, reasonId });
  },
};

/** It was two cases after all: what was still to do when they were joined is to do again, by the deadlines of then. */
export const splitOff: Rule<'split_off'> = {
  whenClosed: true,
  whenJoined: true,
  refuse: ({ joined }) =>
    joined ? undefined : { type: 'CaseNotJoined', message: 'the case goes on by itself', possible: ['join'] },
  apply(draft, { reasonId }) {
    const { state } = draft;
    const { joined } = state;
    if (!joined) return;
    state.joined = undefined;
    draft.record('split_off', { otherId: joined.into, number: joined.number, reasonId });
    if (!joined.wasClosed) {
      state.status = 'open';
      state.closedAt = undefined;
    }
    for (const id of joined.steps) goOn(draft, id);
  },
};

function goOn(draft: Draft, id: string): void {
  const step = draft.step(id);
  if (step?.state !== 'cancelled') return;
  step.state = step.urgent ? 'due_soon' : 'pending';
  draft.record('step_resumed', { stepId: id, dueAt: step.dueAt });
}

/** The other half of {@link splitOff}. */
export const letGo: Rule<'let_go'> = {
  whenClosed: true,
  whenJoined: true,
  repeated: (state, { otherId }) => !state.takenIn?.includes(otherId),
  refuse: () => undefined,
  apply(draft, { otherId, otherNumber, reasonId }) {
    draft.state.takenIn = draft.state.takenIn?.filter((id) => id !== otherId);
    draft.record('let_go', { otherId, number: otherNumber, reasonId });
  },
};

export const linkCase: Rule<'link_case'> = {
  whenClosed: true,
  whenJoined: true,
  repeated: (state, { linkId }) => state.links?.includes(linkId) ?? false,
  refuse: () => undefined,
  apply(draft, { linkId, otherId, otherNumber, kind }) {
    draft.state.links = [...(draft.state.links ?? []), linkId];
    draft.record('linked', { linkId, otherId, number: otherNumber, link: kind });
  },
};

export const unlinkCase: Rule<'unlink_case'> = {
  whenClosed: true,
  whenJoined: true,
  repeated: (state, { linkId }) => !state.links?.includes(linkId),
  refuse: () => undefined,
  apply(draft, { linkId, otherId, otherNumber, kind }) {
    draft.state.links = draft.state.links?.filter((id) => id !== linkId);
    draft.record('unlinked', { linkId, otherId, number: otherNumber, link: kind });
  },
};

/** A report of the queue is about what this case is about. */
export const joinReport: Rule<'join_report'> = {
  repeated: (state, { reportId }) => state.reports?.includes(reportId) ?? false,
  refuse: () => undefined,
  apply(draft, { reportId, reportNumber, receivedAt, noteId }) {
    draft.state.reports = [...(draft.state.reports ?? []), reportId];
    draft.record('report_joined', { reportId, number: reportNumber, receivedAt, noteId });
  },
};
