/** Referring (转介): written, sent, sent again. The partner's own part is in referrals.ts. */
import { isOpen, type Draft } from '../draft';
import type { PlannedStep, Referral } from '../model';
import { alive, endPartnerStep, find, unknown } from './referral-state';
import type { Rule } from './rule';

export const refer: Rule<'refer'> = {
  repeated: (state, { referralId }) => find(state, referralId) !== undefined,
  refuse: (state, { phonedAt }, now) =>
    phonedAt !== undefined && phonedAt > now + 5 * 60_000
      ? { type: 'DoneInFuture', message: 'phonedAt is in the future' }
      : undefined,
  plan: (state, { referralId, draft }, now) => ({
    event: {
      start: draft ? 'referral_drafted' : 'referral_sent',
      at: now,
      referralId,
      occurrences: state.occurrences,
    },
  }),
  apply(draft, command, plan) {
    const { referralId: id, partnerId, purpose, noteId, phonedAt } = command;
    const steps = plan?.steps ?? [];
    const called = draft.state.steps.find((s) => s.kind === 'referral_phone' && isOpen(s));
    if (called && phonedAt !== undefined) draft.finish(called.id, { by: command.actor.id, doneAt: phonedAt });
    if (command.draft) {
      const sendBy = steps.find((step) => step.kind === SENDING)?.dueAt ?? draft.now;
      draft.putReferral({ id, partnerId, purpose, noteId, state: 'drafted', sentAt: draft.now, confirmBy: sendBy });
      draft.record('referral_drafted', { referralId: id, partnerId, purpose, sendBy, noteId: noteId ?? null });
      for (const step of steps) draft.add(step);
      return;
    }
    const confirmBy = confirmByOf(steps, draft.now);
    draft.putReferral({ id, partnerId, purpose, noteId, state: 'sent', sentAt: draft.now, confirmBy });
    draft.record('referral_sent', { referralId: id, partnerId, purpose, confirmBy, noteId: noteId ?? null });
    goOut(draft, { id, partnerId }, steps, command.actor.id);
  },
};

/** 转介待发出: a draft that nobody sends is late like anything else. */
export const SENDING = 'referral_sending';

const confirmByOf = (steps: PlannedStep[], now: number): number =>
  steps.find((step) => step.kind === 'partner_confirm')?.dueAt ?? now;

/** The partner is told, its clock starts, and the duty to refer is done. */
function goOut(
  draft: Draft,
  { id, partnerId }: Pick<Referral, 'id' | 'partnerId'>,
  steps: PlannedStep[],
  by: string,
): void {
  for (const step of steps) draft.add(step);
  const duty = draft.state.steps.find((s) => s.kind === 'referral' && isOpen(s));
  if (duty) draft.finish(duty.id, { by });
  tellPartner(draft, { id, partnerId }, 0);
}

function tellPartner(draft: Draft, { id, partnerId }: Pick<Referral, 'id' | 'partnerId'>, turn: number): void {
  draft.tell({
    id: `${id}/1/${turn}`,
    ...{ kind: 'referral', to: { partnerId }, channels: ['sms', 'email'], referralId: id },
  });
}

export const sendReferral: Rule<'send_referral'> = {
  repeated: (state, { referralId }) => !['drafted', 'revoked'].includes(find(state, referralId)?.state ?? 'drafted'),
  refuse(state, { referralId }) {
    const referral = find(state, referralId);
    if (!referral) return unknown(referralId);
    if (referral.state === 'drafted') return undefined;
    return { type: 'ReferralNotDrafted', message: `the referral is ${referral.state}`, possible: ['refer anew'] };
  },
  plan: (state, { referralId }, now) => ({
    event: { start: 'referral_sent', at: now, referralId, occurrences: state.occurrences },
  }),
  apply(draft, { referralId, actor }, plan) {
    const referral = draft.referral(referralId);
    if (!referral) return;
    const confirmBy = confirmByOf(plan?.steps ?? [], draft.now);
    Object.assign(referral, { state: 'sent', sentAt: draft.now, confirmBy });
    const { partnerId, purpose, noteId } = referral;
    draft.record('referral_sent', { referralId, partnerId, purpose, confirmBy, noteId: noteId ?? null });
    endPartnerStep(draft, referralId, SENDING, 'done', actor.id);
    goOut(draft, { id: referralId, partnerId }, plan?.steps ?? [], actor.id);
  },
};

/** 重发: a new link and a new code; no clock begins again. The API ends the old ones. */
export const resendReferral: Rule<'resend_referral'> = {
  refuse: (state, { referralId }) => alive(state, referralId),
  apply(draft, { referralId }) {
    const referral = draft.referral(referralId);
    if (!referral) return;
    const turn = (referral.resent ?? 0) + 1;
    referral.resent = turn;
    draft.record('referral_resent', { referralId, turn });
    tellPartner(draft, referral, turn);
  },
};
