/** Handing a case to a colleague (交接): it stays where it is until the other one has taken it. */
import { isOpen } from '../draft';
import type { Refusal } from '../failures';
import type { CaseState } from '../model';
import { give, settleHandover } from './people';
import type { Rule } from './rule';

export const HANDOVER_STEP = 'handover_accept';

const pending = ({ handover }: CaseState): Refusal | undefined =>
  handover
    ? undefined
    : { type: 'HandoverUnknown', message: 'nobody was asked to take the case', possible: ['hand-over'] };

export const handOver: Rule<'hand_over'> = {
  repeated: (state, { staffId }) => state.handover?.to === staffId,
  refuse(state, { staffId }) {
    if (state.assigneeId === staffId)
      return { type: 'HandoverNotYours', message: 'the case is already theirs', possible: [] };
    if (!state.handover) return undefined;
    const message = 'somebody else was asked already';
    return {
      type: 'HandoverPending',
      message,
      possible: ['hand-over/accept', 'hand-over/decline', 'hand-over/withdraw'],
    };
  },
  plan: (state, _command, now) => ({
    event: { start: 'handover_asked', at: now, occurrences: state.occurrences },
  }),
  apply(draft, { staffId: to, noteId, actor }, plan) {
    const planned = plan?.steps.find((one) => one.kind === HANDOVER_STEP);
    draft.state.handover = { to, askedBy: actor.id, askedAt: draft.now, acceptBy: planned?.dueAt, noteId };
    draft.record('handover_asked', { staffId: to, acceptBy: planned?.dueAt ?? null, noteId: noteId ?? null });
    const steps = (plan?.steps ?? []).map((one) => draft.add(one));
    draft.tell({
      id: `${draft.state.caseId}.${HANDOVER_STEP}/asked/${draft.now}`,
      ...{ kind: 'accept_asked', to: { staffId: to }, channels: ['sms', 'email'] },
      stepId: steps[0]?.id ?? HANDOVER_STEP,
      leftMs: (planned?.dueAt ?? draft.now + draft.state.ladder.ackBuysMs) - draft.now,
    });
  },
};

/** Only who was asked may answer. */
const askedOnly = (state: CaseState, who: string): Refusal | undefined =>
  pending(state) ??
  (state.handover?.to === who
    ? undefined
    : { type: 'HandoverNotYours', message: 'somebody else was asked to take the case', possible: ['take-over'] });

export const acceptHandover: Rule<'accept_handover'> = {
  repeated: (state, { actor }) => !state.handover && state.assigneeId === actor.id,
  refuse: (state, { actor }) => askedOnly(state, actor.id),
  apply(draft, { actor }) {
    const { assigneeId: from, handover } = draft.state;
    draft.record('handed_over', { staffId: actor.id, from: from ?? null, askedBy: handover?.askedBy ?? null });
    const waiting = draft.state.steps.find((one) => one.kind === HANDOVER_STEP && isOpen(one));
    if (waiting) draft.finish(waiting.id, { by: actor.id });
    draft.state.handover = undefined;
    give(draft, actor.id, actor.id);
  },
};

export const declineHandover: Rule<'decline_handover'> = {
  refuse: (state, { actor }) => askedOnly(state, actor.id),
  apply(draft, { actor, reasonId }) {
    const asker = draft.state.handover?.askedBy;
    draft.record('handover_declined', { staffId: actor.id, reasonId });
    settleHandover(draft, 'declined');
    if (asker === undefined) return;
    draft.tell({
      id: `${draft.state.caseId}.${HANDOVER_STEP}/declined/${draft.now}`,
      ...{ kind: 'step_news', to: { staffId: asker }, channels: ['sms', 'email'], stepId: HANDOVER_STEP },
    });
  },
};

export const withdrawHandover: Rule<'withdraw_handover'> = {
  refuse: (state) => pending(state),
  apply(draft) {
    draft.record('handover_withdrawn', { staffId: draft.state.handover?.to ?? null });
    settleHandover(draft, 'withdrawn');
  },
};
