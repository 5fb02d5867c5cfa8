/** Referrals (转介) at the partner: opened, received, taken on, fed back or declined. One confirmation counts; a second changes nothing. */
import { isOpen, type Draft } from '../draft';
import type { Refusal } from '../failures';
import type { CaseState, Referral } from '../model';
import { SENDING } from './referral-sending';
import { alive, ASKED_OF_THEM, CONFIRMED, endPartnerStep, find, isOver, TAKEN_ON, unknown } from './referral-state';
import type { Rule } from './rule';

/** Work goes on there: the outcome is awaited for as long again, from now. */
function awaitOutcome(draft: Draft, referralId: string): void {
  const waiting = draft.state.steps.find((s) => s.referralId === referralId && s.kind === 'partner_feedback');
  const step = waiting && isOpen(waiting) ? draft.step(waiting.id) : undefined;
  if (!step) return;
  const from = step.dueAt;
  const remindIn = step.remindAt === undefined ? undefined : step.remindAt - step.startAt;
  step.dueAt = draft.now + (step.dueAt - step.startAt);
  step.startAt = draft.now;
  step.remindAt = remindIn === undefined ? undefined : draft.now + remindIn;
  step.reminded = false;
  if (step.state === 'due_soon') step.state = 'pending';
  draft.record('deadline_moved', { stepId: step.id, from, to: step.dueAt });
  draft.backInTime(step);
}

/** Nobody has taken the child on after all: the duty to refer stands again, under the clock that it had. */
function referAgain(draft: Draft): void {
  const last = draft.state.steps.filter((s) => s.kind === 'referral').at(-1);
  if (!last || isOpen(last) || last.outcome !== 'done') return;
  const { id, kind, binds, start, startAt, dueAt, extendable, basis } = last;
  draft.add({ id, kind, binds, start, startAt, dueAt: Math.max(dueAt, draft.now), extendable, basis });
}

export const openReferral: Rule<'open_referral'> = {
  repeated: (state, { referralId }) => find(state, referralId)?.state !== 'sent' && !alive(state, referralId),
  refuse: (state, { referralId }) => alive(state, referralId),
  apply(draft, { referralId }) {
    const referral = draft.referral(referralId);
    if (!referral) return;
    referral.state = 'opened';
    draft.record('referral_opened', { referralId });
  },
};

export const confirmReferral: Rule<'confirm_referral'> = {
  repeated: (state, { referralId }) => CONFIRMED.includes(find(state, referralId)?.state ?? 'sent'),
  refuse: (state, { referralId }) => alive(state, referralId),
  plan: (state, { referralId }, now) => ({
    event: { start: 'referral_received', at: now, referralId, occurrences: state.occurrences },
  }),
  apply(draft, { referralId, actor }, plan) {
    const referral = draft.referral(referralId);
    if (!referral) return;
    const feedback = plan?.steps.find((step) => step.kind === 'partner_feedback');
    referral.state = 'received';
    referral.receivedAt = draft.now;
    referral.feedbackBy = feedback?.dueAt;
    draft.record('referral_received', { referralId, feedbackBy: feedback?.dueAt ?? null });
    endPartnerStep(draft, referralId, 'partner_confirm', 'done', actor.id);
    for (const step of plan?.steps ?? []) draft.add(step);
  },
};

export const acceptReferral: Rule<'accept_referral'> = {
  repeated: (state, { referralId }) => TAKEN_ON.includes(find(state, referralId)?.state ?? 'sent'),
  refuse: (state, { referralId }) => notConfirmed(state, referralId),
  apply(draft, { referralId, actor }) {
    const referral = draft.referral(referralId);
    if (!referral) return;
    referral.state = 'accepted';
    referral.acceptedAt = draft.now;
    draft.record('referral_accepted', { referralId });
    endPartnerStep(draft, referralId, 'partner_accept', 'done', actor.id);
  },
};

function notConfirmed(state: CaseState, referralId: string): Refusal | undefined {
  const refusal = alive(state, referralId);
  if (refusal) return refusal;
  return CONFIRMED.includes(find(state, referralId)?.state ?? 'sent')
    ? undefined
    : { type: 'ReferralNotConfirmed', message: 'confirm receipt first', possible: ['confirm', 'decline'] };
}

/** The child is with nobody again: the clocks of this partner end, the duty to refer stands, and our worker hears of it. */
function comesBack(draft: Draft, referral: Referral, how: string): void {
  for (const kind of [...ASKED_OF_THEM, 'referral_check'])
    endPartnerStep(draft, referral.id, kind, how, referral.partnerId);
  referAgain(draft);
  tellWorker(draft, referral.id, 'partner_accept', how);
}

/** @param step which the text speaks of, by its kind */
function tellWorker(draft: Draft, referralId: string, step: string, how: string): void {
  draft.tell({
    id: `${draft.state.caseId}.${step}-${referralId}/${how}/${draft.now}`,
    ...{ kind: 'step_news', to: { role: 'worker' }, channels: ['sms', 'email'] },
    stepId: `${step}-${referralId}`,
  });
}

export const declineReferral: Rule<'decline_referral'> = {
  repeated: (state, { referralId }) => find(state, referralId)?.state === 'declined',
  refuse: (state, { referralId }) => alive(state, referralId),
  apply(draft, { referralId, reasonId, suggestionId }) {
    const referral = draft.referral(referralId);
    if (!referral) return;
    referral.state = 'declined';
    draft.record('referral_declined', { referralId, reasonId, ...(suggestionId !== undefined && { suggestionId }) });
    comesBack(draft, referral, 'declined');
  },
};

export const misdirectReferral: Rule<'misdirect_referral'> = {
  repeated: (state, { referralId }) => find(state, referralId)?.state === 'declined',
  refuse: (state, { referralId }) => alive(state, referralId),
  apply(draft, { referralId, reasonId }) {
    const referral = draft.referral(referralId);
    if (!referral) return;
    referral.state = 'declined';
    draft.record('referral_misdirected', { referralId, partnerId: referral.partnerId, reasonId: reasonId ?? null });
    comesBack(draft, referral, 'misdirected');
  },
};

export const feedBack: Rule<'feed_back'> = {
  refuse: (state, { referralId }) => notConfirmed(state, referralId),
  // What is finished there is looked at here, and the referral closed.
  plan: (state, { referralId, outcome }, now) =>
    outcome === 'in_progress'
      ? undefined
      : { event: { start: 'referral_answered', at: now, referralId, occurrences: state.occurrences } },
  apply(draft, { referralId, outcome, textId, actor }, plan) {
    const referral = draft.referral(referralId);
    if (!referral) return;
    referral.state = 'feedback';
    draft.record('referral_feedback', { referralId, outcome, textId: textId ?? null });
    endPartnerStep(draft, referralId, 'partner_accept', 'done', actor.id);
    if (outcome === 'in_progress') awaitOutcome(draft, referralId);
    else endPartnerStep(draft, referralId, 'partner_feedback', 'done', actor.id);
    if (outcome === 'cannot') referAgain(draft);
    for (const step of plan?.steps ?? []) {
      // Fed back once more: one look is enough.
      const had = draft.state.steps.some((s) => s.referralId === referralId && s.kind === step.kind && isOpen(s));
      if (!had) draft.add({ ...step, id: `${step.id}.${draft.state.seq}` });
    }
    tellWorker(draft, referralId, 'partner_feedback', 'feedback');
  },
};

/** 转介办结: our worker has seen what came of it. */
export const closeReferral: Rule<'close_referral'> = {
  repeated: (state, { referralId }) => find(state, referralId)?.state === 'closed',
  refuse(state, { referralId }) {
    const referral = find(state, referralId);
    if (!referral) return unknown(referralId);
    if (referral.state === 'feedback') return undefined;
    if (isOver(referral) || referral.state === 'drafted') return alive(state, referralId);
    return {
      type: 'ReferralNotConfirmed',
      message: 'the partner has not answered yet',
      possible: ['resend', 'revoke'],
    };
  },
  apply(draft, { referralId, noteId, actor }) {
    const referral = draft.referral(referralId);
    if (!referral) return;
    referral.state = 'closed';
    draft.record('referral_closed', { referralId, noteId: noteId ?? null });
    for (const kind of [...ASKED_OF_THEM, 'referral_check']) endPartnerStep(draft, referralId, kind, 'done', actor.id);
  },
};

export const revokeReferral: Rule<'revoke_referral'> = {
  repeated: (state, { referralId }) => find(state, referralId)?.state === 'revoked',
  refuse(state, { referralId }) {
    const referral = find(state, referralId);
    return referral?.state === 'drafted' ? undefined : alive(state, referralId);
  },
  apply(draft, { referralId, reasonId }) {
    const referral = draft.referral(referralId);
    if (!referral) return;
    const wasSent = referral.state !== 'drafted';
    referral.state = 'revoked';
    draft.record('referral_revoked', { referralId, reasonId: reasonId ?? null });
    for (const kind of [...ASKED_OF_THEM, SENDING, 'referral_check'])
      endPartnerStep(draft, referralId, kind, 'revoked', referral.partnerId);
    if (wasSent) referAgain(draft);
  },
};
