/** The audit's nudge (巡检): the case looks again at what is due, and writes its rows anew. Never harmful, whatever it finds. */
import { isOpen } from '../draft';
import { ladderFor, outsideQuiet } from '../ladder';
import type { Rule } from './rule';

export const nudge: Rule<'nudge'> = {
  whenClosed: true,
  whenJoined: true,
  refuse: () => undefined,
  apply(draft, { why, tellNow = [] }) {
    const { state, now } = draft;
    draft.record('nudged', { why });
    // Asked for, a step or alert counts as changed, and its row is written from what the case itself knows.
    for (const { id } of state.steps.filter(isOpen)) draft.step(id);
    for (const { id } of state.alerts) draft.alert(id);
    for (const { id } of state.referrals) draft.referral(id);
    for (const step of state.steps.filter((one) => one.state === 'overdue')) {
      const ladder = ladderFor(state.ladder, step);
      const standing = state.alerts.find((one) => one.stepId === step.id && one.state !== 'resolved');
      if (!standing) draft.openAlert(step, outsideQuiet(ladder, now));
      else if (tellNow.includes(standing.id) && standing.state === 'open')
        standing.nextAt = Math.min(standing.nextAt, outsideQuiet(ladder, now));
    }
  },
};
