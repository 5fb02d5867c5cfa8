import fc from 'fast-check';
import { apply, isRepeated, refusal } from '../../../domain/case';
import { nextWake, tick } from '../../../domain/clock';
import type { Decision } from '../../../domain/draft';
import type { Command } from '../../../domain/messages';
import type { CaseState } from '../../../domain/model';
import { project } from '../../../domain/project';
import { given, HOUR, ladder, MINUTE, step, SUPERVISOR, T0, WORKER } from './given';

const NOW = T0 + 10 * MINUTE;
const OTHER = { kind: 'staff', id: 'worker-2' } as const;
const THERE = { kind: 'staff', id: 'supervisor-2' } as const;

type Words = Command extends infer C ? (C extends Command ? Omit<C, 'actor'> : never) : never;
const by = (actor: Command['actor'], words: Words): Command => ({ ...words, actor });

const asking = (kind: string, start: 'handover_asked' | 'transfer_asked', now: number) =>
  step(kind, 0, {
    start,
    startAt: now,
    dueAt: now + HOUR,
    remindAt: undefined,
    extendable: false,
    secondAt: now + HOUR / 2,
  });

/** What the policy says to each command that asks it. */
const planOf = (state: CaseState, command: Command, now: number) => {
  const steps =
    command.do === 'hand_over'
      ? [asking('handover_accept', 'handover_asked', now)]
      : command.do === 'ask_transfer'
        ? [asking('transfer_accept', 'transfer_asked', now)]
        : [];
  return { steps, ladder: ladder(), risk: state.facts.risk };
};

function done(state: CaseState, command: Command, now = NOW): Decision {
  expect(refusal(state, command, now)).toBeUndefined();
  return apply(state, command, now, planOf(state, command, now));
}
const refused = (state: CaseState, command: Command, now = NOW) => refusal(state, command, now)?.type;
const kinds = (events: { kind: string }[]) => events.map((event) => event.kind);

const worked: CaseState = { ...given(), assigneeId: WORKER.id };

describe('handing over', () => {
  const ask = by(WORKER, { do: 'hand_over', staffId: OTHER.id, noteId: 'n' });

  test('changes nothing until the other one takes it; then the ladders begin with them', () => {
    const late = tick(worked, T0 + 2 * HOUR).state;
    const asked = done(late, ask, T0 + 2 * HOUR);
    expect(asked.state.assigneeId).toBe(WORKER.id);
    expect(asked.tells).toMatchObject([{ kind: 'accept_asked', to: { staffId: OTHER.id }, leftMs: HOUR }]);
    expect(refused(asked.state, by(SUPERVISOR, { do: 'accept_handover' }))).toBe('HandoverNotYours');
    expect(refused(asked.state, by(WORKER, { do: 'hand_over', staffId: 'worker-3' }))).toBe('HandoverPending');
    const taken = done(asked.state, by(OTHER, { do: 'accept_handover' }), T0 + 2 * HOUR + MINUTE);
    expect(taken.state.assigneeId).toBe(OTHER.id);
    expect(taken.state.handover).toBeUndefined();
    expect(kinds(taken.events)).toEqual(['handed_over', 'step_done', 'alert_resolved', 'alert_opened']);
  });

  test('nobody takes it in time: it lapses, the one before keeps it, and both they and the supervisor hear of it', () => {
    const asked = done(worked, ask).state;
    expect(nextWake(asked)).toBe(Math.min(NOW + HOUR / 2, T0 + HOUR));
    const lapsed = tick(asked, NOW + HOUR);
    expect(lapsed.state).toMatchObject({ assigneeId: WORKER.id, handover: undefined });
    expect(kinds(lapsed.events)).toContain('handover_lapsed');
    const told = lapsed.tells.filter(({ kind }) => kind === 'step_news');
    expect(told.map(({ to }) => to)).toEqual([{ role: 'worker' }, { role: 'supervisor' }]);
    expect(refused(lapsed.state, by(OTHER, { do: 'accept_handover' }))).toBe('HandoverUnknown');
  });

  test('declined with a reason, the asker hears; ticking the step off is no answer', () => {
    const asked = done(worked, ask).state;
    expect(
      refusal(asked, by(WORKER, { do: 'complete', stepId: 'handover_accept', outcome: 'done' }), NOW),
    ).toMatchObject({
      type: 'StepNotByHand',
      possible: ['hand-over/accept', 'hand-over/decline', 'hand-over/withdraw'],
    });
    const declined = done(asked, by(OTHER, { do: 'decline_handover', reasonId: 'r' }));
    expect(declined.tells).toMatchObject([{ kind: 'step_news', to: { staffId: WORKER.id } }]);
    expect(declined.state.assigneeId).toBe(WORKER.id);
  });

  test('a second handing over after the first one lapsed is a step of its own', () => {
    const again = done(tick(done(worked, ask).state, NOW + HOUR).state, ask, NOW + 2 * HOUR);
    expect(again.state.steps.filter(({ kind }) => kind === 'handover_accept').map((s) => [s.id, s.state])).toEqual([
      ['handover_accept', 'cancelled'],
      ['handover_accept-2', 'pending'],
    ]);
    expect(done(again.state, by(OTHER, { do: 'accept_handover' }), NOW + 2 * HOUR).state.assigneeId).toBe(OTHER.id);
  });
});

test('taking over: the case is theirs, and who had it hears of it', () => {
  const taken = done(worked, by(OTHER, { do: 'take_over' }));
  expect(taken.state.assigneeId).toBe(OTHER.id);
  expect(taken.tells).toMatchObject([{ kind: 'step_news', to: { staffId: WORKER.id } }]);
});

describe('standing in', () => {
  const cover = (from: number, until: number) =>
    by(SUPERVISOR, { do: 'cover', coverId: 'c1', of: WORKER.id, by: OTHER.id, from, until });

  test('goes when the leave begins, and comes back by itself when it is over', () => {
    const arranged = done(worked, cover(NOW + HOUR, NOW + 5 * HOUR)).state;
    expect(arranged.assigneeId).toBe(WORKER.id);
    const begun = tick(arranged, NOW + HOUR);
    expect(begun.state.assigneeId).toBe(OTHER.id);
    expect(nextWake({ ...begun.state, alerts: [], steps: [] })).toBe(NOW + 5 * HOUR);
    const back = tick(begun.state, NOW + 5 * HOUR);
    expect(back.state).toMatchObject({ assigneeId: WORKER.id, cover: undefined });
    expect(kinds(back.events)).toContain('cover_ended');
  });

  test('ended before its time it comes back at once; given away meanwhile, it stays there', () => {
    const begun = done(worked, cover(NOW, NOW + 5 * HOUR)).state;
    expect(begun.assigneeId).toBe(OTHER.id);
    expect(done(begun, by(SUPERVISOR, { do: 'end_cover', coverId: 'c1' })).state.assigneeId).toBe(WORKER.id);
    const given = done(begun, by(SUPERVISOR, { do: 'assign', staffId: 'worker-3' })).state;
    expect(tick(given, NOW + 5 * HOUR).state.assigneeId).toBe('worker-3');
  });

  test('a case that is somebody else’s by now is not moved', () => {
    expect(refused({ ...worked, assigneeId: 'worker-3' }, cover(NOW, NOW + HOUR))).toBe('CoverNotTheirs');
  });
});

describe('moving to another station', () => {
  const ask = by(SUPERVISOR, { do: 'ask_transfer', stationId: 'station-2', ground: 'consent', reasonId: 'r' });

  test('asks the other supervisors, again at half the time, and late climbs our own ladder beside them', () => {
    const asked = done(worked, ask);
    const there = { kind: 'accept_asked', to: { role: 'supervisor', stationId: 'station-2' } };
    expect(asked.tells).toMatchObject([there]);
    expect(asked.state).toMatchObject({ stationId: 'station-1', assigneeId: WORKER.id });
    const half = tick(asked.state, NOW + HOUR / 2);
    expect(half.tells.filter(({ kind }) => kind === 'accept_asked')).toMatchObject([there]);
    const late = tick(half.state, NOW + HOUR);
    expect(late.tells.filter(({ kind }) => kind === 'accept_asked')).toMatchObject([there]);
    const climb = tick(late.state, NOW + HOUR + 20 * MINUTE).tells.filter((tell) => tell.stepId === 'transfer_accept');
    expect([...late.tells.filter((tell) => tell.alertId), ...climb].map(({ to }) => to)).toEqual([
      { role: 'worker' },
      { role: 'supervisor' },
    ]);
  });

  test('accepted, the other station is responsible, what is late is told there, and no deadline has moved', () => {
    const late = tick(worked, T0 + 2 * HOUR).state;
    const dues = late.steps.map(({ id, dueAt }) => [id, dueAt]);
    const accepted = done(done(late, ask, T0 + 2 * HOUR).state, by(THERE, { do: 'accept_transfer' }), T0 + 3 * HOUR);
    expect(accepted.state).toMatchObject({ stationId: 'station-2', assigneeId: undefined, transfer: undefined });
    const moved = accepted.events.find(({ kind }) => kind === 'transferred');
    expect(moved?.data).toMatchObject({ from: 'station-1', to: 'station-2', ground: 'consent', before: WORKER.id });
    expect(kinds(accepted.events).slice(kinds(accepted.events).indexOf('transferred'))).toEqual([
      'transferred',
      'alert_resolved',
      'alert_opened',
    ]);
    expect(accepted.state.steps.filter(({ kind }) => kind !== 'transfer_accept').map((s) => [s.id, s.dueAt])).toEqual(
      dues,
    );
  });

  test('declined or withdrawn, it stays; and only what is asked can be answered', () => {
    const asked = done(worked, ask).state;
    for (const command of [
      by(THERE, { do: 'decline_transfer', reasonId: 'x' }),
      by(SUPERVISOR, { do: 'withdraw_transfer' }),
    ]) {
      const over = done(asked, command).state;
      expect(over).toMatchObject({ stationId: 'station-1', assigneeId: WORKER.id, transfer: undefined });
      expect(refused(over, by(THERE, { do: 'accept_transfer' }))).toBe('TransferUnknown');
    }
    expect(refused(asked, by(SUPERVISOR, { ...ask, stationId: 'station-3' } as Words))).toBe('TransferPending');
  });

  test('an answer counts for the offer that it was given to, and for no later one', () => {
    const asked = done(worked, ask).state;
    const offer = { to: 'station-2', askedAt: asked.transfer?.askedAt ?? 0 };
    const answers = [
      by(THERE, { do: 'accept_transfer', offer }),
      by(THERE, { do: 'decline_transfer', reasonId: 'x', offer }),
    ];
    const withdrawn = done(asked, by(SUPERVISOR, { do: 'withdraw_transfer' })).state;
    const elsewhere = done(withdrawn, by(SUPERVISOR, { ...ask, stationId: 'station-3' } as Words)).state;
    const later = done(withdrawn, ask, NOW + MINUTE).state;
    for (const answer of answers) {
      expect(refused(asked, answer)).toBeUndefined();
      expect(refused(withdrawn, answer)).toBe('TransferUnknown');
      expect(refused(elsewhere, answer)).toBe('TransferChanged');
      expect(refused(later, answer)).toBe('TransferChanged');
    }
  });
});

describe('word that an alert is over', () => {
  const climbing: CaseState = { ...worked, ladder: ladder({ over: ['sms'] }) };
  const late = () => tick(tick(climbing, T0 + 2 * HOUR).state, T0 + 2 * HOUR).state;
  const now = T0 + 3 * HOUR;
  const overs = ({ tells }: Decision) => tells.filter(({ kind }) => kind === 'over');

  test('is not said of a step that is late all the same with another worker', () => {
    const of = { do: 'cover', coverId: 'c1', of: WORKER.id, by: OTHER.id, from: now, until: now + HOUR } as const;
    const covered = done(late(), by(SUPERVISOR, of), now);
    for (const moved of [
      covered,
      tick(covered.state, now + HOUR),
      done(late(), by(SUPERVISOR, { do: 'assign', staffId: OTHER.id }), now),
      done(late(), by(OTHER, { do: 'take_over' }), now),
    ]) {
      expect(moved.state.alerts.some(({ state }) => state === 'open')).toBe(true);
      expect(overs(moved)).toEqual([]);
    }
  });

  test('is said where the step is done, and at the station that the case has left', () => {
    expect(
      overs(done(late(), by(SUPERVISOR, { do: 'complete', stepId: 'first_contact', outcome: 'done' }), now)),
    ).toHaveLength(1);
    const ask = by(SUPERVISOR, { do: 'ask_transfer', stationId: 'station-2', ground: 'consent', reasonId: 'r' });
    expect(overs(done(done(late(), ask, now).state, by(THERE, { do: 'accept_transfer' }), now))).toHaveLength(1);
  });
});

const anyone = fc.constantFrom(WORKER.id, OTHER.id, 'worker-3');
const anyCommand: fc.Arbitrary<Words> = fc.oneof(
  anyone.map((staffId): Words => ({ do: 'assign', staffId })),
  anyone.map((staffId): Words => ({ do: 'hand_over', staffId })),
  fc.constant<Words>({ do: 'take_over' }),
  fc.constant<Words>({ do: 'accept_handover' }),
  fc.constant<Words>({ do: 'decline_handover', reasonId: 'r' }),
  fc.constant<Words>({ do: 'withdraw_handover' }),
  fc
    .record({ of: anyone, by: anyone, from: fc.integer({ min: 0, max: 90 }), span: fc.integer({ min: 1, max: 200 }) })
    .map(({ of, by: other, from, span }): Words => {
      const at = T0 + from * MINUTE;
      return { do: 'cover', coverId: `c${from}`, of, by: other, from: at, until: at + span * MINUTE };
    }),
  fc.constantFrom('station-1', 'station-2').map((stationId): Words => {
    return { do: 'ask_transfer', stationId, ground: 'statutory', reasonId: 'r' };
  }),
  fc.option(anyone, { nil: undefined }).map((staffId): Words => ({ do: 'accept_transfer', staffId })),
  fc.constant<Words>({ do: 'decline_transfer', reasonId: 'r' }),
  fc.constant<Words>({ do: 'withdraw_transfer' }),
);

test('whatever people arrange: one station is responsible, no deadline moves, and whoever is asked has a clock', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ command: anyCommand, who: anyone, after: fc.integer({ min: 0, max: 60 }) }), {
        maxLength: 25,
      }),
      (turns) => {
        let state: CaseState = {
          ...given([step('first_contact', 2 * HOUR), step('visit', 24 * HOUR)]),
          assigneeId: WORKER.id,
        };
        const dues = state.steps.map(({ id, dueAt }) => [id, dueAt]);
        let now = T0;
        for (const { command, who, after } of turns) {
          now += after * MINUTE;
          for (let wake = nextWake(state); wake !== undefined && wake <= now; wake = nextWake(state))
            state = tick(state, Math.max(wake, T0)).state;
          const full = by({ kind: 'staff', id: who }, command);
          const before = state;
          if (refusal(state, full, now) ?? isRepeated(state, full)) continue;
          const decision = apply(state, full, now, planOf(state, full, now));
          state = decision.state;
          if (state.stationId !== before.stationId) {
            expect(command.do).toBe('accept_transfer');
            expect(state.stationId).toBe(before.transfer?.to);
          }
          const open = (kind: string) =>
            state.steps.filter((one) => one.kind === kind && !['done', 'cancelled'].includes(one.state));
          expect(open('handover_accept')).toHaveLength(state.handover ? 1 : 0);
          expect(open('transfer_accept')).toHaveLength(state.transfer ? 1 : 0);
          if (state.cover?.begun) expect(state.assigneeId).toBe(state.cover.by);
          expect(project(state, decision.touched).people === undefined).toBe(
            !state.handover && !state.transfer && !state.cover,
          );
          expect(state.steps.slice(0, dues.length).map(({ id, dueAt }) => [id, dueAt])).toEqual(dues);
        }
      },
    ),
  );
});
