import fc from 'fast-check';
import { apply, refusal } from '../../../domain/case';
import { nextWake, tick } from '../../../domain/clock';
import type { Command } from '../../../domain/messages';
import { SYSTEM, type CaseState } from '../../../domain/model';
import { anySteps, given, HOUR, MINUTE, step, T0 } from './given';

const nudge = (tellNow: string[] = []): Command => ({ do: 'nudge', actor: SYSTEM, why: 'alert_stalled', tellNow });

/** Time alone until a moment. */
function live(from: CaseState, until: number): CaseState {
  let state = from;
  for (let wake = nextWake(state); wake !== undefined && wake <= until; wake = nextWake(state))
    state = tick(state, wake).state;
  return state;
}

test('a nudge changes no deadline, no alert and tells nobody; it asks for every open row', () => {
  fc.assert(
    fc.property(anySteps, fc.integer({ min: 0, max: 200 }), (steps, hours) => {
      const now = T0 + hours * HOUR;
      const before = live(given(steps), now);
      const { state, events, tells, touched } = apply(before, nudge(), now);
      expect({ ...state, seq: 0 }).toEqual({ ...before, seq: 0 });
      expect(events.map((event) => event.kind)).toEqual(['nudged']);
      expect(tells).toEqual([]);
      expect(new Set(touched.alerts)).toEqual(new Set(before.alerts.map((one) => one.id)));
      expect(touched.steps.length).toBe(before.steps.length);
    }),
    { numRuns: 50 },
  );
});

test('a late step that has no alert gets one, and is told at once', () => {
  const now = T0 + 5 * HOUR;
  const late: CaseState = { ...live(given(), now), alerts: [] };
  const nudged = apply(late, nudge(), now).state;
  expect(nudged.alerts).toMatchObject([{ stepId: 'first_contact', state: 'open', rung: -1, nextAt: now }]);
  expect(tick(nudged, now).tells.map((tell) => tell.to)).toEqual([{ role: 'worker' }]);
});

test('an alert of which nobody was told goes on at once; an acknowledged one keeps its time', () => {
  const now = T0 + 2 * HOUR + MINUTE;
  const late = live(given([step('first_contact', 2 * HOUR)]), now);
  const alert = late.alerts[0];
  const id = alert?.id ?? '';
  expect(apply(late, nudge([id]), now).state.alerts[0]?.nextAt).toBe(now);
  const heard = apply(late, { do: 'acknowledge', alertId: id, via: 'api', actor: SYSTEM }, now).state;
  expect(apply(heard, nudge([id]), now).state.alerts[0]?.nextAt).toBe(heard.alerts[0]?.nextAt);
});

test('a closed case can be nudged: it has checks after its closure', () => {
  expect(refusal({ ...given(), status: 'closed' }, nudge(), T0)).toBeUndefined();
});
