import fc from 'fast-check';
import { apply } from '../../../domain/case';
import { nextWake, tick } from '../../../domain/clock';
import { delivered, nobodyThere, told } from '../../../domain/outcomes';
import type { Decision } from '../../../domain/draft';
import type { Tell } from '../../../domain/alert';
import type { CaseState } from '../../../domain/model';
import { anySteps, given, HOUR, ladder, MINUTE, step, SUPERVISOR, T0 } from './given';

/** Lets time alone act until `until`; what was told, with the moment. */
function live(from: CaseState, until: number): { state: CaseState; tells: (Tell & { at: number })[] } {
  let state = from;
  const tells: (Tell & { at: number })[] = [];
  for (let wake = nextWake(state); wake !== undefined && wake <= until; wake = nextWake(state)) {
    const now = wake;
    const decision: Decision = tick(state, now);
    expect(decision.events.length).toBeGreaterThan(0);
    state = decision.state;
    tells.push(...decision.tells.map((tell) => ({ ...tell, at: now })));
  }
  return { state, tells };
}

const roles = (tells: Tell[]) => tells.map((tell) => ('role' in tell.to ? tell.to.role : tell.to));
const minutes = (tells: { at: number }[]) => tells.map((tell) => (tell.at - T0) / MINUTE);

describe('a late step', () => {
  test('reminds at half time, then climbs worker, supervisor, duty officer, then tells all again', () => {
    const { tells } = live(given(), T0 + 2 * HOUR + 50 * MINUTE);
    expect(roles(tells)).toEqual([
      'worker',
      'worker',
      'supervisor',
      'duty_officer',
      ...['worker', 'supervisor', 'duty_officer'],
      ...['worker', 'supervisor', 'duty_officer'],
    ]);
    expect(minutes(tells)).toEqual([60, 120, 130, 140, 155, 155, 155, 170, 170, 170]);
    expect(tells.map((tell) => tell.kind)).toEqual(['reminder', ...Array<string>(9).fill('overdue')]);
    expect(tells[3]?.lateMs).toBe(20 * MINUTE);
  });

  test('never falls silent, and no two messages share a key', () => {
    fc.assert(
      fc.property(anySteps, fc.integer({ min: 1, max: 60 }), (steps, hours) => {
        const { state, tells } = live(given(steps), T0 + hours * HOUR);
        const late = state.steps.filter((s) => s.state === 'overdue');
        for (const one of late) {
          const own = tells.filter((tell) => tell.stepId === one.id && tell.kind !== 'reminder').map((tell) => tell.at);
          const gaps = own.map((at, i) => at - (own[i - 1] ?? one.dueAt));
          expect(Math.max(...gaps)).toBeLessThanOrEqual(15 * MINUTE);
          expect(own[0]).toBe(one.dueAt);
        }
        expect(new Set(tells.map((tell) => tell.id)).size).toBe(tells.length);
      }),
      { numRuns: 50 },
    );
  });

  test('nothing is told before it is due', () => {
    fc.assert(
      fc.property(anySteps, fc.integer({ min: 0, max: 60 }), (steps, hours) => {
        const now = T0 + hours * HOUR;
        const { tells } = live(given(steps), now);
        for (const tell of tells.filter((t) => t.kind === 'overdue')) {
          const due = steps.find((s) => s.id === tell.stepId)?.dueAt ?? Infinity;
          expect(tell.at).toBeGreaterThanOrEqual(due);
        }
      }),
    );
  });

  test('an acknowledgement buys its time, then the ladder goes on where it was', () => {
    const late = live(given(), T0 + 2 * HOUR).state;
    const alert = late.alerts[0];
    const at = T0 + 2 * HOUR + 5 * MINUTE;
    const acked = apply(late, { do: 'acknowledge', alertId: alert?.id ?? '', via: 'api', actor: SUPERVISOR }, at);
    const { tells } = live(acked.state, at + HOUR);
    expect(minutes(tells)[0]).toBe(155);
    expect(roles(tells).slice(0, 2)).toEqual(['supervisor', 'duty_officer']);
  });

  test('at night nobody is woken for a medium risk, and everybody for a critical one', () => {
    // 22:30 to 23:30 Beijing time
    const lateEvening = T0 + 12.5 * HOUR;
    const quiet = ladder({ quiet: { fromMinute: 23 * 60, toMinute: 9 * 60 } });
    const at2330 = [step('visit', lateEvening + HOUR - T0, { remindAt: undefined })];
    expect(minutes(live(given(at2330, quiet), T0 + 24 * HOUR).tells)[0]).toBe(23 * 60);
    expect(minutes(live(given(at2330), T0 + 24 * HOUR).tells)[0]).toBe(13.5 * 60);
    // What the law wants done at once is never held back.
    const police = at2330.map((one) => ({ ...one, kind: 'police_report', urgent: true, extendable: false }));
    expect(minutes(live(given(police, quiet), T0 + 24 * HOUR).tells).slice(0, 3)).toEqual([810, 820, 830]);
  });
});

describe('a rung that cannot be reached', () => {
  const late = live(given(), T0 + 2 * HOUR);
  const first = late.tells.find((tell) => tell.kind === 'overdue');
  const now = T0 + 2 * HOUR;

  test('is skipped at once when nobody stands on it, and the next text says so', () => {
    const { state, events } = nobodyThere(late.state, first?.id ?? '', 'nobody_on_duty', now);
    expect(events.map((e) => e.kind)).toEqual(['rung_skipped']);
    const next = tick(state, nextWake(state) ?? Infinity);
    expect(nextWake(state)).toBe(now);
    expect(next.tells.map((tell) => [roles([tell])[0], tell.kind])).toEqual([['supervisor', 'overdue_skipped']]);
  });

  test('is left when every message to it failed, and only then', () => {
    const keys = [`${first?.id}/sms/w`, `${first?.id}/email/w`];
    const waiting = told(late.state, first?.id ?? '', keys, now).state;
    const one = delivered(waiting, keys[0] ?? '', 'failed', 'blacklist', now).state;
    expect(nextWake(one)).toBe(now + 10 * MINUTE);
    expect(nextWake(delivered(one, keys[1] ?? '', 'sent', undefined, now).state)).toBe(now + 10 * MINUTE);
    expect(nextWake(delivered(one, keys[1] ?? '', 'failed', 'refused', now + MINUTE).state)).toBe(now + MINUTE);
  });

  test('a receipt that says lost counts as failed', () => {
    const key = `${first?.id}/sms/w`;
    const waiting = told(late.state, first?.id ?? '', [key], now).state;
    const out = delivered(waiting, key, 'sent', undefined, now).state;
    const lost = delivered(out, key, 'failed', 'UNDELIV', now + MINUTE);
    expect(lost.events.map((e) => e.kind)).toEqual(['message_failed']);
    expect(nextWake(lost.state)).toBe(now + MINUTE);
  });

  test('a receipt that overtakes the answer counts once', () => {
    const keys = [`${first?.id}/sms/w`, `${first?.id}/email/w`];
    const waiting = told(late.state, first?.id ?? '', keys, now).state;
    const receipt = delivered(waiting, keys[0] ?? '', 'failed', 'UNDELIV', now);
    const answer = delivered(receipt.state, keys[0] ?? '', 'failed', 'UNDELIV', now);
    expect([receipt, answer].map(({ events }) => events.length)).toEqual([1, 0]);
    const mail = delivered(answer.state, keys[1] ?? '', 'sent', undefined, now).state;
    expect([mail.alerts[0]?.skipped, nextWake(mail)]).toEqual([false, now + 10 * MINUTE]);
  });

  test('while no message gets out at all, the top is tried again within minutes', () => {
    const top = live(given(), T0 + 2 * HOUR + 20 * MINUTE);
    const tell = top.tells.at(-1)?.id ?? '';
    const at = T0 + 2 * HOUR + 20 * MINUTE;
    const key = `${tell}/sms/d`;
    const failed = delivered(told(top.state, tell, [key], at).state, key, 'failed', 'DOWN', at).state;
    expect(nextWake(failed)).toBe(at + MINUTE);
    const again = tick(failed, at + MINUTE);
    const keys = again.tells.map((one) => `${one.id}/sms/x`);
    let state = again.state;
    for (const one of again.tells) state = told(state, one.id, [`${one.id}/sms/x`], at + MINUTE).state;
    for (const one of keys) state = delivered(state, one, 'failed', 'DOWN', at + MINUTE).state;
    expect(nextWake(state)).toBe(at + 3 * MINUTE);
  });

  test('with nobody anywhere the alert stays open and is repeated', () => {
    let state = late.state;
    for (let i = 0; i < 3; i += 1) {
      const alert = state.alerts[0];
      state = nobodyThere(state, `${alert?.id}/${alert?.round}/${alert?.rung}`, 'nobody_on_duty', now).state;
      if (i < 2) state = tick(state, now).state;
    }
    expect(state.alerts[0]?.state).toBe('open');
    expect(nextWake(state)).toBe(now + 15 * MINUTE);
  });
});
