/** What became of those who were to be told: reached, not reached, nobody there. Pure; times in milliseconds. */
import type { Alert, DeliveryOutcome, Telling } from './alert';
import { type Since, TODAY } from './changes';
import type { Channel } from './channels';
import { type Decision, Draft, isOpen } from './draft';
import { atTop, furtherTell, ladderFor, outsideQuiet } from './ladder';
import type { CaseState, Referral } from './model';

/** What was asked for is waited for before the ladder moves on. */
export function askFurther(alert: Alert, tells: number): void {
  if (alert.telling) alert.telling = { ...alert.telling, asked: (alert.telling.asked ?? 0) + tells };
}

/**
 * The record activity made messages of a tell: remember which are under way. A further channel that nobody has leaves
 * things as they are, and if nothing is under way or out, the ladder moves on.
 */
export function told(before: CaseState, tellId: string, keys: string[], now: number, isFurther = false): Decision {
  const draft = new Draft(before, now);
  const subject = subjectOf(draft, tellId);
  if (subject) {
    const same = subject.telling?.tellId === groupOf(tellId) ? subject.telling : undefined;
    subject.telling = {
      tellId: groupOf(tellId),
      underWay: [...(same?.underWay ?? []), ...keys],
      reached: same?.reached ?? [],
      asked: Math.max(0, (same?.asked ?? 0) - (isFurther ? 1 : 0)),
    };
    if (isFurther && 'rung' in subject && isIdle(subject.telling)) moveOn(draft, subject.id, 'not_reached');
  }
  return draft.done();
}

/** Nobody stands on a rung, or nobody there has a phone or an address: said aloud, and the next rung at once. */
export function nobodyThere(
  before: CaseState,
  tellId: string,
  why: string,
  now: number,
  since: Since = TODAY,
): Decision {
  const draft = new Draft(before, now);
  const alert = before.alerts.find((a) => tellId.startsWith(`${a.id}/`));
  draft.record('rung_skipped', { alertId: alert?.id ?? null, tellId, why });
  const atRest = alert && moveOn(draft, alert.id, 'empty') ? draft.alert(alert.id) : undefined;
  // Nobody was told, so nobody's receipt is missing.
  if (atRest?.unheardAt !== undefined && since('empty-tops-rest')) atRest.unheardAt = undefined;
  const referral = referralOf(before, tellId);
  if (referral) undeliverable(draft, referral.id);
  return draft.done();
}

/** A delivery ended, or a carrier's receipt says that it was lost after all. */
export function delivered(
  before: CaseState,
  key: string,
  outcome: DeliveryOutcome,
  code: string | undefined,
  now: number,
  since: Since = TODAY,
): Decision {
  const draft = new Draft(before, now);
  const tell = key.split('/').slice(0, -2).join('/');
  const subject = subjectOf(draft, tell);
  const telling = subject?.telling?.tellId === groupOf(tell) ? subject.telling : undefined;
  const isNews = !telling || telling.underWay.includes(key) || telling.reached.includes(key);
  if (outcome === 'failed' && isNews) draft.record('message_failed', { key, code: code ?? null });
  if (!subject || !telling || !isNews) return draft.done();
  const others = (keys: string[]): string[] => keys.filter((k) => k !== key);
  const reached = outcome === 'sent' ? [...others(telling.reached), key] : others(telling.reached);
  subject.telling = { ...telling, underWay: others(telling.underWay), reached };
  if ('rung' in subject && reached.length > 0) subject.misses = 0;
  if ('rung' in subject && outcome === 'failed' && tryPerson(draft, subject, key, since)) return draft.done();
  if (!isIdle(subject.telling)) return draft.done();
  if ('rung' in subject) moveOn(draft, subject.id, 'not_reached');
  else undeliverable(draft, subject.id);
  return draft.done();
}

/** Nothing got out, nothing is under way, nothing more was asked for. */
const isIdle = ({ underWay, reached, asked = 0 }: Telling): boolean => underWay.length + reached.length + asked === 0;

/** Channels whose carrier says whether a message arrived. */
const WITH_RECEIPT: readonly string[] = ['sms', 'voice'] satisfies Channel[];

/**
 * Nothing that could still be heard of is left for this person: the next channel at once, not after its time. In quiet hours it
 * waits for their end, as everything does that somebody would be woken by.
 * @returns whether there is such a channel
 */
function tryPerson(draft: Draft, alert: Alert, key: string, since: Since): boolean {
  const { state, now } = draft;
  const step = state.steps.find((s) => s.id === alert.stepId);
  const [rung, channel, personId] = key.split('/').slice(-3);
  if (!step || alert.state !== 'open' || personId === undefined || !WITH_RECEIPT.includes(channel ?? '')) return false;
  const ladder = ladderFor(state.ladder, step);
  const { underWay = [], reached = [] } = alert.telling ?? {};
  const heardOf = [...underWay, ...reached].some((other) => {
    const [otherChannel, otherPerson] = other.split('/').slice(-2);
    return otherPerson === personId && WITH_RECEIPT.includes(otherChannel ?? '');
  });
  // What failed was the rung's own message, or the further channel of that place in the list.
  const place = ladder.rungs[Number(rung)]?.next?.findIndex((one) => one === channel) ?? -1;
  const tell = furtherTell(ladder, alert, step, { rung: Number(rung), wave: place + 1, now });
  if (heardOf || !tell) return false;
  const wakes = outsideQuiet(ladder, now);
  if (wakes > now && since('lost-texts-let-sleep')) {
    // Used for others already, it does not come again: then the next rung has to do.
    if ((alert.wave ?? 0) !== place + 1) return false;
    alert.unheardAt = Math.min(alert.unheardAt ?? wakes, wakes);
    alert.owed = true;
    return true;
  }
  draft.tell({ ...tell, unheard: { why: 'failed', personId } });
  askFurther(alert, 1);
  draft.record('further_channel', { alertId: alert.id, stepId: step.id, round: alert.round, wave: place + 1 });
  return true;
}

const FIRST_MISS_MS = 60_000;
const LONGEST_MISS_MS = 5 * 60_000;

/**
 * Nobody was reached on this rung: do not wait for the next. At the top, where people stand but no message gets out, the
 * round is tried again within minutes rather than at the ladder's own interval; where nobody stands only that is left.
 * @returns whether it stands at the top, with nobody reached
 */
function moveOn(draft: Draft, id: string, why: 'empty' | 'not_reached'): boolean {
  const alert = draft.alert(id);
  if (!alert || alert.state !== 'open') return false;
  const ladder = ladderFor(
    draft.state.ladder,
    draft.state.steps.find((step) => step.id === alert.stepId),
  );
  alert.skipped = true;
  const others = alert.telling;
  if (others && !isIdle(others)) return false;
  if (!atTop(ladder, alert)) {
    alert.nextAt = outsideQuiet(ladder, draft.now);
    return false;
  }
  draft.record('nobody_reached', { alertId: id, stepId: alert.stepId });
  if (why === 'empty') return true;
  const misses = (alert.misses ?? 0) + 1;
  alert.misses = misses;
  const pause = Math.min(ladder.repeatMs, LONGEST_MISS_MS, FIRST_MISS_MS * 2 ** Math.min(misses - 1, 10));
  alert.nextAt = outsideQuiet(ladder, draft.now + pause);
  return true;
}

/** No message got through to the partner: waiting for a confirmation is no use, so the ladder starts now. */
function undeliverable(draft: Draft, referralId: string): void {
  draft.record('referral_undelivered', { referralId });
  const waiting = draft.state.steps.find((s) => s.referralId === referralId && s.kind === 'partner_confirm');
  const step = waiting && isOpen(waiting) ? draft.step(waiting.id) : undefined;
  if (!step) return;
  if (step.dueAt > draft.now) step.dueAt = draft.now;
  // The second contact may still be reached.
  if (step.secondAt !== undefined && step.secondAt > draft.now) step.secondAt = draft.now;
}

/** In a repeat round all rungs are told together and count together. */
const groupOf = (tellId: string): string => {
  const round = Number(tellId.split('/').at(-2));
  return round > 1 ? tellId.split('/').slice(0, -1).join('/') : tellId;
};

const referralOf = (state: CaseState, tellId: string): Referral | undefined =>
  state.referrals.find((r) => tellId.startsWith(`${r.id}/`));

function subjectOf(draft: Draft, tellId: string): Alert | Referral | undefined {
  const alert = draft.state.alerts.find((a) => tellId.startsWith(`${a.id}/`) && a.state !== 'resolved');
  if (alert) return draft.alert(alert.id);
  const referral = referralOf(draft.state, tellId);
  return referral && draft.referral(referral.id);
}
