/** Further channels (下一渠道): for whom no receipt came, or whose message failed; escalating by hand; the end of an alert. */
import fc from 'fast-check';
import { apply, refusal } from '../../../domain/case';
import { nextWake, tick } from '../../../domain/clock';
import type { Since } from '../../../domain/changes';
import { delivered, nobodyThere, told } from '../../../domain/outcomes';
import type { Decision } from '../../../domain/draft';
import type { Alert, Tell } from '../../../domain/alert';
import type { Channel } from '../../../domain/channels';
import type { CaseState } from '../../../domain/model';
import { given, HOUR, ladder, MINUTE, step, SUPERVISOR, T0, WORKER } from './given';

const DUE = T0 + 2 * HOUR;
const climbing = ladder({
  receiptWithinMs: 2 * MINUTE,
  over: ['email'],
  rungs: ladder().rungs.map((rung) => ({ ...rung, next: ['voice'] satisfies Channel[] })),
});
const start = () => tick(given([step('first_contact', 2 * HOUR, { remindAt: undefined })], climbing), DUE);
const alertOf = (state: CaseState): Alert => state.alerts[0] ?? ({} as Alert);
const keysOf = (tell: Tell | undefined, people: string[]) =>
  people.flatMap((person) => (tell?.channels ?? []).map((channel) => `${tell?.id}/${channel}/${person}`));
const words = (tells: Tell[]) => tells.map(({ channels, unheard }) => [channels.join(), unheard?.why]);

/** The first rung is told: text and mail are under way to two people. */
function underWay(): { state: CaseState; tell: Tell } {
  const { state, tells } = start();
  const [tell] = tells;
  if (!tell) throw new Error('nobody was told');
  return { state: told(state, tell.id, keysOf(tell, ['ann', 'bo']), DUE).state, tell };
}
const all = (state: CaseState, keys: string[], outcome: 'sent' | 'failed', now = DUE): Decision =>
  keys.reduce<Decision>(
    (before, key) => {
      const next = delivered(before.state, key, outcome, undefined, now);
      return { ...next, tells: [...before.tells, ...next.tells] };
    },
    { state, events: [], tells: [], touched: { steps: [], alerts: [], referrals: [] } },
  );

describe('further channels', () => {
  test('no receipt in time: the next channel, once; then the next rung at its own time', () => {
    const { state, tell } = underWay();
    const out = all(state, keysOf(tell, ['ann', 'bo']), 'sent').state;
    expect(nextWake(out)).toBe(DUE + 2 * MINUTE);
    const further = tick(out, DUE + 2 * MINUTE);
    expect(words(further.tells)).toEqual([['voice', 'silent']]);
    expect(further.tells[0]?.id).toBe(tell.id);
    expect(nextWake(further.state)).toBe(DUE + 10 * MINUTE);
  });

  test('one person’s text failed: the next channel for that one at once, and the rung goes on as it was', () => {
    const { state, tell } = underWay();
    const failed = delivered(state, `${tell.id}/sms/ann`, 'failed', 'Blacklist', DUE);
    expect(failed.tells).toMatchObject([
      { id: tell.id, channels: ['voice'], unheard: { why: 'failed', personId: 'ann' } },
    ]);
    expect(alertOf(failed.state).nextAt).toBe(DUE + 10 * MINUTE);
    // A mail has no receipt: whether it got out changes nothing here.
    expect(delivered(failed.state, `${tell.id}/email/ann`, 'failed', undefined, DUE).tells).toEqual([]);
  });

  test('a receipt that says lost comes late: the same', () => {
    const { state, tell } = underWay();
    const out = all(state, keysOf(tell, ['ann', 'bo']), 'sent').state;
    const lost = delivered(out, `${tell.id}/sms/bo`, 'failed', 'MK:1', DUE + MINUTE);
    expect(words(lost.tells)).toEqual([['voice', 'failed']]);
  });

  test('everything fails, the further channel too: the next rung at once', () => {
    const { state, tell } = underWay();
    const failed = all(state, keysOf(tell, ['ann', 'bo']), 'failed');
    expect(words(failed.tells)).toEqual([
      ['voice', 'failed'],
      ['voice', 'failed'],
    ]);
    const calls = failed.tells.flatMap((one, i) => keysOf(one, [['ann', 'bo'][i] ?? '']));
    const called = calls.reduce((before, key) => told(before, tell.id, [key], DUE, true).state, failed.state);
    expect(alertOf(called).nextAt).toBe(DUE + 10 * MINUTE);
    expect(alertOf(all(called, calls, 'failed').state)).toMatchObject({ nextAt: DUE, skipped: true });
  });

  test('everything fails and nobody has the further channel: the next rung at once', () => {
    const { state, tell } = underWay();
    const failed = all(state, keysOf(tell, ['ann', 'bo']), 'failed').state;
    const none = (before: CaseState) => told(before, tell.id, [], DUE, true).state;
    expect(alertOf(none(failed)).nextAt).toBe(DUE + 10 * MINUTE);
    expect(alertOf(none(none(failed)))).toMatchObject({ nextAt: DUE, skipped: true });
  });

  test('an acknowledgement, the end of the step and an empty rung end the waiting', () => {
    const { state } = underWay();
    const id = alertOf(state).id;
    const acked = apply(state, { do: 'acknowledge', alertId: id, via: 'sms', actor: WORKER }, DUE + MINUTE).state;
    expect(nextWake(acked)).toBe(DUE + MINUTE + climbing.ackBuysMs);
    const done = apply(
      state,
      { do: 'complete', stepId: 'first_contact', outcome: 'done', actor: WORKER },
      DUE + MINUTE,
    );
    expect(nextWake(done.state)).toBeUndefined();
    const first = start();
    const skipped = nobodyThere(first.state, first.tells[0]?.id ?? '', 'nobody_on_duty', DUE).state;
    expect(nextWake(skipped)).toBe(DUE);
  });

  test('nobody at the top: the round is told again at the ladder’s own interval, no channel is waited for', () => {
    const nobody = (since?: Since): CaseState => {
      let { state, tells } = start();
      for (let rung = 0; rung < 3; rung += 1) {
        state = nobodyThere(state, tells[0]?.id ?? '', 'nobody_on_duty', DUE, since).state;
        if (rung < 2) ({ state, tells } = tick(state, DUE));
      }
      return state;
    };
    expect(nextWake(nobody())).toBe(DUE + 15 * MINUTE);
    // As runs do it that began before there was this rule.
    expect(nextWake(nobody(() => false))).toBe(DUE + 2 * MINUTE);
  });

  test('a text that is lost in quiet hours wakes nobody: its person is tried when they are over', () => {
    // Until 22:00 in Beijing, which is ten hours after this deadline at noon.
    const quiet = { ...climbing, quiet: { fromMinute: 12 * 60 + 1, toMinute: 22 * 60 } };
    const late = tick(given([step('first_contact', 2 * HOUR, { remindAt: undefined })], quiet), DUE);
    const [tell] = late.tells;
    const sent = all(
      told(late.state, tell?.id ?? '', keysOf(tell, ['ann']), DUE).state,
      keysOf(tell, ['ann']),
      'sent',
    ).state;
    const lost = (since?: Since) => delivered(sent, `${tell?.id}/sms/ann`, 'failed', 'MK:1', DUE + 5 * MINUTE, since);
    expect(lost().tells).toEqual([]);
    expect(alertOf(lost().state).unheardAt).toBe(DUE + 10 * HOUR);
    expect(words(tick(lost().state, DUE + 10 * HOUR).tells)).toContainEqual(['voice', 'silent']);
    // As runs do it that began before there was this rule.
    expect(words(lost(() => false).tells)).toEqual([['voice', 'failed']]);
  });

  test('whatever fails or stays silent, the climb never stops and no rung comes later than its time', () => {
    const outcome = fc.constantFrom<('sent' | 'failed')[]>('sent', 'failed');
    fc.assert(
      fc.property(fc.array(outcome, { minLength: 40, maxLength: 40 }), (outcomes) => {
        let state = given([step('first_contact', 2 * HOUR, { remindAt: undefined })], climbing);
        let told3 = 0;
        let n = 0;
        for (let turn = 0; turn < 30; turn += 1) {
          const now = nextWake(state);
          expect(now).toBeDefined();
          if (now === undefined || now > DUE + HOUR) break;
          let queue = tick(state, now);
          state = queue.state;
          for (let depth = 0; depth < 5 && queue.tells.length > 0; depth += 1) {
            const tells = queue.tells;
            if (tells.some((tell) => 'role' in tell.to && tell.to.role === 'duty_officer')) told3 += 1;
            let more: Tell[] = [];
            for (const tell of tells) {
              const keys = keysOf(tell, ['ann']);
              state = told(state, tell.id, keys, now, tell.unheard !== undefined).state;
              const ended = all(state, keys, outcomes[n++ % 40] ?? 'sent', now);
              state = ended.state;
              more = [...more, ...ended.tells];
            }
            queue = { ...queue, tells: more };
          }
        }
        expect(told3).toBeGreaterThan(0);
        expect(nextWake(state) ?? Infinity).toBeLessThanOrEqual(DUE + HOUR + 15 * MINUTE);
      }),
    );
  });
});

describe('escalating by hand', () => {
  test('tells the next rung now, also when somebody has acknowledged, also at night', () => {
    const { state } = underWay();
    const id = alertOf(state).id;
    const acked = apply(state, { do: 'acknowledge', alertId: id, via: 'api', actor: WORKER }, DUE + MINUTE).state;
    const pushed = apply(acked, { do: 'escalate', alertId: id, actor: SUPERVISOR }, DUE + 2 * MINUTE);
    expect(pushed.events.map(({ kind }) => kind)).toEqual(['escalated']);
    const { tells } = tick(pushed.state, DUE + 2 * MINUTE);
    expect(tells.map(({ to }) => to)).toEqual([{ role: 'supervisor' }]);
  });

  test('is refused for an alert that is over or unknown', () => {
    const { state } = underWay();
    const done = apply(
      state,
      { do: 'complete', stepId: 'first_contact', outcome: 'done', actor: WORKER },
      DUE + MINUTE,
    );
    const escalate = (alertId: string) => ({ do: 'escalate', alertId, actor: SUPERVISOR }) as const;
    expect(refusal(done.state, escalate(alertOf(state).id), DUE + HOUR)?.type).toBe('AlertOver');
    expect(refusal(state, escalate('x'), DUE)?.type).toBe('AlertUnknown');
  });
});

describe('the end of an alert', () => {
  test('those who were told hear of it, but for who ended it', () => {
    const { state } = underWay();
    const { tells } = apply(
      state,
      { do: 'complete', stepId: 'first_contact', outcome: 'done', actor: WORKER },
      DUE + MINUTE,
    );
    expect(tells).toMatchObject([
      { kind: 'over', channels: ['email'], to: { toldOf: alertOf(state).id, except: 'worker-1' } },
    ]);
  });

  test('a re-assigned case starts its ladders again with the new worker; the old alert is over', () => {
    const { state } = underWay();
    const moved = apply(state, { do: 'assign', staffId: 'cy', actor: SUPERVISOR }, DUE + 15 * MINUTE);
    expect(moved.state.alerts.map((alert) => alert.state)).toEqual(['resolved', 'open']);
    // The step is still late: who was told of it is not told that there is nothing left to do.
    expect(moved.tells).toEqual([]);
    const { tells } = tick(moved.state, DUE + 15 * MINUTE);
    expect(tells.map(({ to }) => to)).toEqual([{ role: 'worker' }]);
    expect(tells[0]?.id.startsWith(alertOf(state).id)).toBe(false);
  });
});
