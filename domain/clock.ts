/** What is due next: the one place that decides when a case wakes and what happens then. Pure; times in milliseconds. */
import { coverWake, passCover } from './commands/cover';
import { HANDOVER_STEP } from './commands/handover';
import { settleHandover } from './commands/people';
import { askStation, TRANSFER_STEP } from './commands/transfer';
import { Draft, isOpen, type Decision } from './draft';
import { beat, climb, further, ladderFor, outsideQuiet } from './ladder';
import { askFurther } from './outcomes';
import type { Alert } from './alert';
import type { CaseState, Step } from './model';

const reminderDue = (state: CaseState, step: Step): number | undefined =>
  step.reminded || step.remindAt === undefined || step.remindAt >= step.dueAt
    ? undefined
    : outsideQuiet(ladderFor(state.ladder, step), step.remindAt);

/** When the other one there is asked: a second contact, or the station that is to take over. */
const secondDue = (state: CaseState, step: Step): number | undefined =>
  step.secondTold || step.secondAt === undefined || !isOpen(step)
    ? undefined
    : outsideQuiet(ladderFor(state.ladder, step), step.secondAt);

const awaits = (step: Step): boolean => step.state === 'pending' || step.state === 'due_soon';
const climbs = (alert: Alert): boolean => alert.state !== 'resolved';

/** The next moment at which something happens by itself; undefined: the case waits for people only. */
export function nextWake(state: CaseState): number | undefined {
  const moments: number[] = [];
  const covered = coverWake(state);
  if (covered !== undefined) moments.push(covered);
  for (const step of state.steps) {
    const second = secondDue(state, step);
    if (second !== undefined) moments.push(second);
    if (!awaits(step)) continue;
    moments.push(step.dueAt);
    const remind = reminderDue(state, step);
    if (remind !== undefined && remind < step.dueAt) moments.push(remind);
  }
  for (const alert of state.alerts.filter(climbs)) {
    moments.push(alert.nextAt);
    if (alert.unheardAt !== undefined) moments.push(alert.unheardAt);
  }
  return moments.length > 0 ? Math.min(...moments) : undefined;
}

/** Everything that time itself brings about at `now`: reminders, lateness, the ladder's next rung, the end of a respite. */
export function tick(before: CaseState, now: number): Decision {
  const draft = new Draft(before, now);
  for (const { id } of before.steps) askSecond(draft, id);
  for (const { id } of before.steps.filter(awaits)) passTime(draft, id);
  passCover(draft);
  for (const { id, owed, unheardAt } of draft.state.alerts)
    if (owed && unheardAt !== undefined && unheardAt <= now) tryFurther(draft, id);
  for (const { id } of draft.state.alerts.filter((a) => climbs(a) && a.nextAt <= now)) advance(draft, id);
  for (const { id, unheardAt } of draft.state.alerts)
    if (unheardAt !== undefined && unheardAt <= now) tryFurther(draft, id);
  return draft.done();
}

function askSecond(draft: Draft, id: string): void {
  const { state, now } = draft;
  const seen = state.steps.find((s) => s.id === id);
  const due = seen && secondDue(state, seen);
  if (due === undefined || due > now) return;
  const step = draft.step(id);
  if (!step) return;
  step.secondTold = true;
  const { referralId } = step;
  draft.record('second_asked', { stepId: id, referralId: referralId ?? null });
  const referral = state.referrals.find((one) => one.id === referralId);
  if (referral)
    draft.tell({
      id: `${state.caseId}.${id}/second/${now}`,
      ...{ kind: 'referral_again', channels: ['sms', 'email'], stepId: id, referralId: referral.id },
      to: { partnerId: referral.partnerId, second: true },
    });
  else if (step.kind === TRANSFER_STEP) draft.tell(...askStation(state, step, 'second', now));
}

/** Nobody took the case in time: who has it keeps it, and hears of that beside the supervisor. */
function lapse(draft: Draft): void {
  const { caseId, handover, assigneeId } = draft.state;
  draft.record('handover_lapsed', { staffId: handover?.to ?? null, kept: assigneeId ?? null });
  settleHandover(draft, 'lapsed');
  for (const role of ['worker', 'supervisor'] as const)
    draft.tell({
      id: `${caseId}.${HANDOVER_STEP}/lapsed_${role}/${draft.now}`,
      ...{ kind: 'step_news', to: { role }, channels: ['sms', 'email'], stepId: HANDOVER_STEP },
    });
}

function passTime(draft: Draft, id: string): void {
  const { state, now } = draft;
  const seen = state.steps.find((s) => s.id === id);
  if (!seen) return;
  const remind = reminderDue(state, seen);
  if (seen.dueAt <= now && seen.kind === HANDOVER_STEP) {
    lapse(draft);
  } else if (seen.dueAt <= now) {
    const step = draft.step(id);
    if (!step) return;
    step.state = 'overdue';
    draft.record('step_overdue', { stepId: id, dueAt: step.dueAt });
    draft.openAlert(step, outsideQuiet(ladderFor(state.ladder, step), beat(step.dueAt, now)));
    if (step.kind === TRANSFER_STEP) draft.tell(...askStation(state, step, 'late', now));
  } else if (remind !== undefined && remind <= now) {
    const step = draft.step(id);
    if (!step) return;
    step.state = 'due_soon';
    step.reminded = true;
    const channels = state.ladder.rungs[0]?.channels ?? [];
    draft.record('step_due_soon', { stepId: id, dueAt: step.dueAt });
    draft.tell({
      id: `${state.caseId}.${id}/reminder/${step.dueAt}`,
      kind: step.texts?.reminder ?? 'reminder',
      to: { role: 'worker' },
      channels,
      stepId: id,
      leftMs: step.dueAt - now,
    });
  }
}

function advance(draft: Draft, id: string): void {
  const { state, now } = draft;
  const alert = state.alerts.find((a) => a.id === id);
  const step = alert && state.steps.find((s) => s.id === alert.stepId);
  if (!alert || !step) return;
  if (alert.state === 'acknowledged') draft.record('acknowledgement_over', { alertId: id, stepId: step.id });
  const moved = climb(ladderFor(state.ladder, step), alert, step, now);
  draft.putAlert(moved.alert);
  draft.record('rung_told', { alertId: id, stepId: step.id, round: moved.alert.round, rung: moved.alert.rung });
  draft.tell(...moved.tells);
}

/** No receipt came in time: those who may not have got anything are tried by the next channel. */
function tryFurther(draft: Draft, id: string): void {
  const { state, now } = draft;
  const alert = state.alerts.find((a) => a.id === id);
  const step = alert && state.steps.find((s) => s.id === alert.stepId);
  if (!alert || !step) return;
  const tried = further(ladderFor(state.ladder, step), alert, step, now);
  draft.putAlert(tried.alert);
  draft.record('further_channel', { alertId: id, stepId: step.id, round: alert.round, wave: tried.alert.wave ?? 0 });
  askFurther(tried.alert, tried.tells.length);
  draft.tell(...tried.tells);
}
