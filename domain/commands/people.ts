/** Who works the case (分派), and who has heard an alert (确认告警). */
import { isOpen } from '../draft';
import { ladderFor, outsideQuiet } from '../ladder';
import type { Rule } from './rule';

export const assign: Rule<'assign'> = {
  repeated: (state, { staffId }) => state.assigneeId === staffId,
  refuse: () => undefined,
  apply(draft, command) {
    const from = draft.state.assigneeId ?? null;
    draft.state.assigneeId = command.staffId;
    draft.record('assigned', { staffId: command.staffId, from });
    // 接案并分派: naming a worker is what this step asks for.
    const waiting = draft.state.steps.find((s) => s.kind === 'acknowledge' && isOpen(s));
    if (waiting) draft.finish(waiting.id, { by: command.actor.id });
  },
};

export const acknowledge: Rule<'acknowledge'> = {
  whenClosed: true,
  repeated: (state, { alertId, actor }) =>
    state.alerts.some((a) => a.id === alertId && a.state === 'acknowledged' && a.acknowledgedBy === actor.id),
  refuse(state, { alertId }) {
    const alert = state.alerts.find((a) => a.id === alertId);
    if (!alert) return { type: 'AlertUnknown', message: `the case has no alert ${alertId}` };
    if (alert.state === 'resolved')
      return { type: 'AlertOver', message: 'the alert is over: the step was done or given more time' };
    return undefined;
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
