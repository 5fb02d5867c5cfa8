/** Referrals (转介): sent, opened, received, fed back or declined. One confirmation counts; a second changes nothing. */
import { isOpen, type Draft } from '../draft';
import type { Refusal } from '../failures';
import type { CaseState, Referral, ReferralState } from '../model';
import type { Rule } from './rule';

const OVER: ReferralState[] = ['closed', 'revoked'];
const CONFIRMED: ReferralState[] = ['received', 'accepted', 'feedback'];

const find = (state: CaseState, id: string): Referral | undefined => state.referrals.find((r) => r.id === id);

const unknown = (id: string): Refusal => ({ type: 'ReferralUnknown', message: `the case has no referral ${id}` });
const over = (referral: Referral): Refusal => ({ type: 'ReferralOver', message: `the referral is ${referral.state}` });

/** Refuses unless the referral is alive; declined counts as over, since it needs no more answer. */
function alive(state: CaseState, id: string): Refusal | undefined {
  const referral = find(state, id);
  if (!referral) return unknown(id);
  return OVER.includes(referral.state) || referral.state === 'declined' ? over(referral) : undefined;
}

function endPartnerStep(draft: Draft, referralId: string, kind: string, how: string, by: string): void {
  const waiting = draft.state.steps.find((s) => s.referralId === referralId && s.kind === kind && isOpen(s));
  if (!waiting) return;
  if (how === 'done') draft.finish(waiting.id, { by });
  else draft.cancel(waiting.id, how);
}

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

export const refer: Rule<'refer'> = {
  repeated: (state, { referralId }) => find(state, referralId) !== undefined,
  refuse: () => undefined,
  plan: (state, { referralId }, now) => ({
    event: { start: 'referral_sent', at: now, referralId, occurrences: state.occurrences },
  }),
  apply(draft, command, plan) {
    const { referralId: id, partnerId, purpose, noteId } = command;
    const confirm = plan?.steps.find((step) => step.kind === 'partner_confirm');
    const confirmBy = confirm?.dueAt ?? draft.now;
    draft.putReferral({ id, partnerId, purpose, noteId, state: 'sent', sentAt: draft.now, confirmBy });
    draft.record('referral_sent', { referralId: id, partnerId, purpose, confirmBy, noteId: noteId ?? null });
    for (const step of plan?.steps ?? []) draft.add(step);
    const duty = draft.state.steps.find((s) => s.kind === 'referral' && isOpen(s));
    if (duty) draft.finish(duty.id, { by: command.actor.id });
    draft.tell({
      id: `${id}/1/0`,
      kind: 'referral',
      to: { partnerId },
      channels: ['sms', 'email'],
      referralId: id,
    });
  },
};

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

export const declineReferral: Rule<'decline_referral'> = {
  repeated: (state, { referralId }) => find(state, referralId)?.state === 'declined',
  refuse: (state, { referralId }) => alive(state, referralId),
  apply(draft, { referralId, reasonId }) {
    const referral = draft.referral(referralId);
    if (!referral) return;
    referral.state = 'declined';
    draft.record('referral_declined', { referralId, reasonId });
    for (const kind of ['partner_confirm', 'partner_feedback'])
      endPartnerStep(draft, referralId, kind, 'declined', referral.partnerId);
    referAgain(draft);
  },
};

export const feedBack: Rule<'feed_back'> = {
  refuse(state, { referralId }) {
    const refusal = alive(state, referralId);
    if (refusal) return refusal;
    return CONFIRMED.includes(find(state, referralId)?.state ?? 'sent')
      ? undefined
      : { type: 'ReferralNotConfirmed', message: 'confirm receipt first', possible: ['confirm', 'decline'] };
  },
  apply(draft, { referralId, outcome, textId, actor }) {
    const referral = draft.referral(referralId);
    if (!referral) return;
    referral.state = 'feedback';
    draft.record('referral_feedback', { referralId, outcome, textId: textId ?? null });
    if (outcome === 'in_progress') awaitOutcome(draft, referralId);
    else endPartnerStep(draft, referralId, 'partner_feedback', 'done', actor.id);
    if (outcome === 'cannot') referAgain(draft);
  },
};

export const revokeReferral: Rule<'revoke_referral'> = {
  repeated: (state, { referralId }) => find(state, referralId)?.state === 'revoked',
  refuse: (state, { referralId }) => alive(state, referralId),
  apply(draft, { referralId, reasonId }) {
    const referral = draft.referral(referralId);
    if (!referral) return;
    referral.state = 'revoked';
    draft.record('referral_revoked', { referralId, reasonId: reasonId ?? null });
    for (const kind of ['partner_confirm', 'partner_feedback'])
      endPartnerStep(draft, referralId, kind, 'revoked', referral.partnerId);
    referAgain(draft);
  },
};
