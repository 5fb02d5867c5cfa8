/** Who works the case (分派), and who has heard an alert (确认告警). */
import { isOpen, type Draft } from '../draft';
import type { Refusal } from '../failures';
import { ladderFor, outsideQuiet } from '../ladder';
import type { Alert } from '../alert';
import type { CaseState } from '../model';
import type { Rule } from './rule';

export const assign: Rule<'assign'> = {
  repeated: (state, { staffId }) => state.assigneeId === staffId,
  refuse: () => undefined,
  apply(draft, command) {
    const from = draft.state.assigneeId ?? null;
    draft.record('assigned', { staffId: command.staffId, from });
    give(draft, command.staffId, command.actor.id);
  },
};

/** 接管: somebody takes a case on without having been asked; who had it hears of it. */
export const takeOver: Rule<'take_over'> = {
  repeated: (state, { actor }) => state.assigneeId === actor.id,
  refuse: () => undefined,
  apply(draft, { actor, reasonId }) {
    const { assigneeId: from, caseId } = draft.state;
    draft.record('taken_over', { staffId: actor.id, from: from ?? null, reasonId: reasonId ?? null });
    give(draft, actor.id, actor.id);
    if (from === undefined) return;
    draft.tell({
      id: `${caseId}.acknowledge/taken_over/${draft.now}`,
      ...{ kind: 'step_news', to: { staffId: from }, channels: ['sms', 'email'], stepId: 'acknowledge' },
    });
  },
};

/** The case is this one's from now on; whatever was arranged about who has it, is settled by that. */
export function give(draft: Draft, staffId: string, by: string): void {
  settleHandover(draft, 'reassigned');
  dropCover(draft);
  draft.state.assigneeId = staffId;
  // 接案并分派: naming a worker is what this step asks for.
  const waiting = draft.state.steps.find((s) => s.kind === 'acknowledge' && isOpen(s));
  if (waiting) draft.finish(waiting.id, { by });
  startLaddersAgain(draft);
}

/** Nobody is asked to take the case any more. */
export function settleHandover(draft: Draft, why: string): void {
  if (!draft.state.handover) return;
  draft.state.handover = undefined;
  endAsking(draft, 'handover_accept', why);
}

/** The step that waited for somebody's yes is over. */
export function endAsking(draft: Draft, kind: string, why: string): void {
  const waiting = draft.state.steps.find((s) => s.kind === kind && isOpen(s));
  if (waiting) draft.cancel(waiting.id, why);
}

/** Somebody decided anew who has the case: it does not come back by itself. */
function dropCover(draft: Draft): void {
  const { cover } = draft.state;
  if (!cover) return;
  draft.state.cover = undefined;
  draft.record('cover_dropped', { coverId: cover.id });
}

/**
 * What is late is told to the new worker first: the climb that ran is over, and another begins.
 * @param elsewhere the case has left the station: those who were told there have nothing more to do
 */
export function startLaddersAgain(draft: Draft, elsewhere = false): void {
  const { ladder, alerts } = draft.state;
  for (const { stepId } of alerts.filter((alert) => alert.state !== 'resolved')) {
    const step = draft.state.steps.find((one) => one.id === stepId);
    // An alert of a step that was settled just now is over with it.
    if (!step || !isOpen(step)) continue;
    draft.resolveAlerts(stepId, !elsewhere);
    draft.openAlert(step, outsideQuiet(ladderFor(ladder, step), draft.now));
  }
}

const alertOf = (state: CaseState, id: string): { alert: Alert } | { refusal: Refusal } => {
  const alert = state.alerts.find((a) => a.id === id);
  if (!alert) return { refusal: { type: 'AlertUnknown', message: `the case has no alert ${id}` } };
  if (alert.state !== 'resolved') return { alert };
  return { refusal: { type: 'AlertOver', message: 'the alert is over: the step was done or given more time' } };
};

/** 立即上报: the next rung now, whatever the hour and whoever has acknowledged. */
export const escalate: Rule<'escalate'> = {
  whenClosed: true,
  refuse(state, { alertId }) {
    const found = alertOf(state, alertId);
    return 'refusal' in found ? found.refusal : undefined;
  },
  apply(draft, { alertId, noteId }) {
    const alert = draft.alert(alertId);
    if (!alert) return;
    draft.record('escalated', { alertId, stepId: alert.stepId, noteId: noteId ?? null });
    alert.state = 'open';
    alert.nextAt = draft.now;
  },
};

export const acknowledge: Rule<'acknowledge'> = {
  whenClosed: true,
  repeated: (state, { alertId, actor }) =>
    state.alerts.some((a) => a.id === alertId && a.state === 'acknowledged' && a.acknowledgedBy === actor.id),
  refuse(state, { alertId }) {
    const found = alertOf(state, alertId);
    return 'refusal' in found ? found.refusal : undefined;
  },
  apply(draft, command) {
    const alert = draft.alert(command.alertId);
    if (!alert) return;
    const { caseId, steps } = draft.state;
    const ladder = ladderFor(
      draft.state.ladder,
      steps.find((step) => step.id === alert.stepId),
    );
    alert.state = 'acknowledged';
    alert.acknowledgedBy = command.actor.id;
    alert.acknowledgedAt = draft.now;
    alert.telling = undefined;
    alert.unheardAt = undefined;
    alert.nextAt = outsideQuiet(ladder, draft.now + ladder.ackBuysMs);
    draft.record('alert_acknowledged', {
      alertId: alert.id,
      stepId: alert.stepId,
      via: command.via,
      until: alert.nextAt,
      noteId: command.noteId ?? null,
    });
    if (command.via !== 'sms') return;
    draft.tell({
      id: `${caseId}.${alert.stepId}/acknowledged/${draft.now}`,
      kind: 'acknowledged',
      to: { staffId: command.actor.id },
      channels: ['sms'],
      stepId: alert.stepId,
      alertId: alert.id,
    });
  },
};
