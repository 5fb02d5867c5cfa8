import { timelineOf } from '../../api/routes/alert-timeline';
import type { AlertStory } from '../../store/alert-story';

const T0 = Date.parse('2026-03-02T02:00:00Z');
const HOUR = 3_600_000;
const wall = (seconds: number): Date => new Date(T0 + seconds * 1_000);

/** A text that was tried with two providers, delivered and answered; the case's clock is `aheadMs` ahead. */
function story(aheadMs: number): AlertStory {
  const inCase = (seconds: number): Date => new Date(T0 + aheadMs + seconds * 1_000);
  const entry = {
    caseId: 'c',
    actorKind: 'system',
    actorId: 'shouwang',
    prevHash: new Uint8Array(),
    hash: new Uint8Array(),
  };
  const about = { caseId: 'c', alertId: 'a', referralId: null, stepId: 's', kind: 'overdue', vars: {} };
  return {
    cut: false,
    events: [
      { ...entry, seq: 1, at: inCase(0), recordedAt: wall(1), kind: 'alert_opened', data: { alertId: 'a' } },
      {
        ...entry,
        seq: 2,
        at: inCase(0),
        recordedAt: wall(1),
        kind: 'rung_told',
        data: { alertId: 'a', round: 1, rung: 0 },
      },
    ],
    deliveries: [
      {
        ...{ ...about, key: 'a/1/0/sms/w', channel: 'sms', personKind: 'staff', personId: 'w', state: 'delivered' },
        ...{ attempts: 1, triedAt: wall(2), providerRef: 'r', provider: 'sms2', code: null },
        ...{ priority: 1, heldPhone: null, heldUntil: null, bundle: null, bundledIn: null },
        ...{ at: inCase(1), createdAt: wall(1), receiptAt: wall(4) },
      },
    ],
    attempts: [
      ...['sms', 'sms2'].map((provider, n) => ({
        ...{ id: BigInt(n), key: 'a/1/0/sms/w', n: 1, at: wall(2 + n), provider, ms: 20 },
        ...{ outcome: n === 0 ? 'refused' : 'sent', code: n === 0 ? 'EAUTH' : null },
      })),
      { id: 9n, key: 'somebody/else', n: 1, at: wall(2), provider: 'sms', ms: 1, outcome: 'sent', code: null },
    ],
    replies: [{ id: 1n, alertId: 'a', personId: 'w', via: 'sms', outcome: 'acknowledged', at: wall(9) }],
    names: new Map([['w', '林立春']]),
  };
}

test.each([0, 5 * HOUR])('in order, in the case’s own time (clock %d ms ahead)', (aheadMs) => {
  const timeline = timelineOf(story(aheadMs), aheadMs);
  expect(timeline.map((one) => `${one.kind} ${one.what}`)).toEqual([
    'event alert_opened',
    'event rung_told',
    'told overdue',
    'attempt refused',
    'attempt sent',
    'receipt delivered',
    'reply acknowledged',
  ]);
  expect(timeline.map((one) => Date.parse(one.at) - T0 - aheadMs)).toEqual([0, 0, 1, 2, 3, 4, 9].map((s) => s * 1_000));
  expect(timeline[1]).toMatchObject({ round: 1, rung: 0, who: { kind: 'system' } });
  expect(timeline[3]).toMatchObject({ provider: 'sms', code: 'EAUTH', attempt: 1, ms: 20 });
  expect(timeline[6]).toMatchObject({ channel: 'sms', who: { kind: 'staff', id: 'w', name: '林立春' } });
});
