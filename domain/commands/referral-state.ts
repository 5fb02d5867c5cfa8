/** What the rules of referrals (转介) share: where one stands, and the steps that wait for the partner. */
import { isOpen, type Draft } from '../draft';
import type { Refusal } from '../failures';
import type { CaseState, Referral, ReferralState } from '../model';

const OVER: ReferralState[] = ['closed', 'revoked'];
export const CONFIRMED: ReferralState[] = ['received', 'accepted', 'feedback'];
export const TAKEN_ON: ReferralState[] = ['accepted', 'feedback'];
/** What is asked of the partner, each with a deadline; all of it is over when nobody there will take the child on. */
export const ASKED_OF_THEM = ['partner_confirm', 'partner_accept', 'partner_feedback'];

export const find = (state: CaseState, id: string): Referral | undefined => state.referrals.find((r) => r.id === id);

export const unknown = (id: string): Refusal => ({
  type: 'ReferralUnknown',
  message: `the case has no referral ${id}`,
});
export const over = (referral: Referral): Refusal => ({
  type: 'ReferralOver',
  message: `the referral is ${referral.state}`,
});

export const isOver = (referral: Referral): boolean => OVER.includes(referral.state) || referral.state === 'declined';

/** Refuses what a partner cannot do: the referral has to be with it. Declined counts as over, since it needs no more answer. */
export function alive(state: CaseState, id: string): Refusal | undefined {
  const referral = find(state, id);
  if (!referral) return unknown(id);
  if (isOver(referral)) return over(referral);
  return referral.state === 'drafted'
    ? { type: 'ReferralNotSent', message: 'the referral is not sent yet', possible: ['send', 'revoke'] }
    : undefined;
}

/** @param how `done`, or why the step is cancelled */
export function endPartnerStep(draft: Draft, referralId: string, kind: string, how: string, by: string): void {
  const waiting = draft.state.steps.find((s) => s.referralId === referralId && s.kind === kind && isOpen(s));
  if (!waiting) return;
  if (how === 'done') draft.finish(waiting.id, { by });
  else draft.cancel(waiting.id, how);
}
