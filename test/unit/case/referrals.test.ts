import fc from 'fast-check';
import { apply, isRepeated, refusal } from '../../../domain/case';
import { nextWake, tick } from '../../../domain/clock';
import { delivered, nobodyThere, told } from '../../../domain/outcomes';
import type { Command } from '../../../domain/messages';
import type { CaseState, PlannedStep, ReferralState } from '../../../domain/model';
import { given, HOUR, ladder, MINUTE, PARTNER, step, T0, WORKER } from './given';

const NOW = T0 + 10 * MINUTE;
type Words = Command extends infer C ? (C extends Command ? Omit<C, 'actor'> : never) : never;
const by = (actor: Command['actor'], words: Words): Command => ({ ...words, actor });

const asked = (kind: string, start: PlannedStep['start'], now: number, over: Partial<PlannedStep> = {}): PlannedStep =>
  step(kind, 0, {
    ...{ id: `${kind}-r1`, referralId: 'r1', start, startAt: now, dueAt: now + HOUR, remindAt: undefined },
    ...{ binds: 'watch', secondAt: now + HOUR / 2 },
    ...over,
  });

/** What the policy says to each command that asks it. */
function planned(command: Command, now: number): PlannedStep[] {
  if (command.do === 'refer' && command.draft)
    return [asked('referral_sending', 'referral_drafted', now, { binds: 'station', secondAt: undefined })];
  if (command.do === 'refer' || command.do === 'send_referral') return [asked('partner_confirm', 'referral_sent', now)];
  if (command.do === 'confirm_referral')
    return ['partner_accept', 'partner_feedback'].map((kind) => asked(kind, 'referral_received', now));
  if (command.do === 'feed_back' && command.outcome !== 'in_progress')
    return [asked('referral_check', 'referral_answered', now, { binds: 'station', secondAt: undefined })];
  return [];
}

const may = (state: CaseState, command: Command, now = NOW) =>
  apply(state, command, now, { steps: planned(command, now), ladder: ladder(), risk: state.facts.risk });
function done(state: CaseState, command: Command, now = NOW) {
  expect(refusal(state, command, now)).toBeUndefined();
  return may(state, command, now);
}
const refer = (more: object = {}) =>
  by(WORKER, { do: 'refer', referralId: 'r1', partnerId: 'police-1', purpose: 'protect', ...more });
const partner = (what: string, more: object = {}): Command =>
  ({ do: what, referralId: 'r1', actor: PARTNER, ...more }) as Command;
const worker = (what: string, more: object = {}): Command => ({ ...partner(what, more), actor: WORKER });
const stateOf = (state: CaseState) => state.referrals[0]?.state;
const open = (state: CaseState) =>
  state.steps.filter((one) => one.referralId && !['done', 'cancelled'].includes(one.state)).map(({ kind }) => kind);

test('from draft to closed, each state with a clock of its own', () => {
  const drafted = done(given([]), refer({ draft: true }));
  expect([stateOf(drafted.state), open(drafted.state)]).toEqual(['drafted', ['referral_sending']]);
  expect(drafted.tells).toEqual([]);
  const sent = done(drafted.state, worker('send_referral'));
  expect([stateOf(sent.state), open(sent.state)]).toEqual(['sent', ['partner_confirm']]);
  expect(sent.tells).toMatchObject([{ kind: 'referral', to: { partnerId: 'police-1' } }]);
  const opened = done(sent.state, partner('open_referral')).state;
  const received = done(opened, partner('confirm_referral')).state;
  expect([stateOf(received), open(received)]).toEqual(['received', ['partner_accept', 'partner_feedback']]);
  const accepted = done(received, partner('accept_referral')).state;
  expect([stateOf(accepted), open(accepted)]).toEqual(['accepted', ['partner_feedback']]);
  const fed = done(accepted, partner('feed_back', { outcome: 'done', textId: 't' }));
  expect([stateOf(fed.state), open(fed.state)]).toEqual(['feedback', ['referral_check']]);
  expect(fed.tells).toMatchObject([{ kind: 'step_news', to: { role: 'worker' } }]);
  const closed = done(fed.state, worker('close_referral')).state;
  expect([stateOf(closed), open(closed)]).toEqual(['closed', []]);
  expect(refusal(closed, partner('feed_back', { outcome: 'done' }), NOW)?.type).toBe('ReferralOver');
});

test('called before: the phone step ends with the time of the call', () => {
  const state = given([step('referral_phone', HOUR), step('referral', 24 * HOUR)]);
  const sent = done(state, refer({ phonedAt: T0 + MINUTE })).state;
  expect(sent.steps.filter(({ referralId }) => !referralId).map((one) => [one.id, one.state, one.doneAt])).toEqual([
    ['referral_phone', 'done', T0 + MINUTE],
    ['referral', 'done', NOW],
  ]);
  expect(refusal(state, refer({ phonedAt: NOW + HOUR }), NOW)?.type).toBe('DoneInFuture');
});

test('late: the second contact first, then our worker, our supervisor, the duty officer', () => {
  let state = done(given([]), refer()).state;
  const order: unknown[] = [];
  for (let wake = nextWake(state); wake !== undefined && wake <= NOW + HOUR + 20 * MINUTE; wake = nextWake(state)) {
    const moved = tick(state, wake);
    order.push(
      ...moved.tells.map(({ to, kind }) => ['partnerId' in to ? { second: to.second } : to, kind, wake - NOW]),
    );
    ({ state } = moved);
  }
  expect(order).toEqual([
    [{ second: true }, 'referral_again', 30 * MINUTE],
    [{ role: 'worker' }, 'overdue', HOUR],
    [{ role: 'supervisor' }, 'overdue', HOUR + 10 * MINUTE],
    [{ role: 'duty_officer' }, 'overdue', HOUR + 20 * MINUTE],
  ]);
});

test('nothing gets out to the first contact: the second and our worker hear at once', () => {
  const sent = done(given([]), refer());
  const key = 'r1/1/0/sms/police-1';
  const state = told(sent.state, 'r1/1/0', [key], NOW).state;
  const failed = delivered(state, key, 'failed', 'x', NOW + MINUTE).state;
  expect(nextWake(failed)).toBe(NOW + MINUTE);
  expect(tick(failed, NOW + MINUTE).tells.map(({ kind, to }) => [kind, to])).toEqual([
    ['referral_again', { partnerId: 'police-1', second: true }],
    ['overdue', { role: 'worker' }],
  ]);
  // No second contact is no reason to do anything else than to go on.
  const second = tick(sent.state, NOW + 30 * MINUTE);
  const nobody = nobodyThere(second.state, second.tells[0]?.id ?? '', 'no_contact', NOW + 30 * MINUTE);
  expect(nobody.events.map(({ kind }) => kind)).toEqual(['rung_skipped']);
  expect(nextWake(nobody.state)).toBe(NOW + HOUR);
});

test('sent again: a message of its own, and no clock begins again', () => {
  const sent = done(given([]), refer()).state;
  const again = done(sent, worker('resend_referral'), NOW + 20 * MINUTE);
  expect(again.tells).toMatchObject([{ id: 'r1/1/1', kind: 'referral' }]);
  expect(again.state.steps.map(({ dueAt }) => dueAt)).toEqual(sent.steps.map(({ dueAt }) => dueAt));
});

test.each(['decline_referral', 'misdirect_referral'])('%s: its clocks end, the duty to refer stands again', (what) => {
  const state = given([step('referral', 24 * HOUR)]);
  const received = done(done(state, refer()).state, partner('confirm_referral')).state;
  const back = done(received, partner(what, { reasonId: 'r' }));
  expect([stateOf(back.state), open(back.state)]).toEqual(['declined', []]);
  expect(back.state.steps.filter(({ kind }) => kind === 'referral').map((one) => one.state)).toEqual([
    'done',
    'pending',
  ]);
  expect(back.tells).toMatchObject([{ kind: 'step_news', to: { role: 'worker' } }]);
});

/** Where each state may lead. */
const NEXT: Record<ReferralState, ReferralState[]> = {
  drafted: ['sent', 'revoked'],
  sent: ['opened', 'received', 'declined', 'revoked'],
  opened: ['received', 'declined', 'revoked'],
  received: ['accepted', 'feedback', 'declined', 'revoked'],
  accepted: ['feedback', 'declined', 'revoked'],
  feedback: ['closed', 'declined', 'revoked'],
  declined: [],
  closed: [],
  revoked: [],
};

const anyCommand = fc.constantFrom<Command>(
  worker('send_referral'),
  worker('resend_referral'),
  worker('close_referral'),
  worker('revoke_referral', { reasonId: 'r' }),
  partner('open_referral'),
  partner('confirm_referral'),
  partner('accept_referral'),
  partner('decline_referral', { reasonId: 'r' }),
  partner('misdirect_referral'),
  ...['in_progress', 'done', 'cannot'].map((outcome) => partner('feed_back', { outcome, textId: 't' })),
);

test('whatever is done in whatever order: only the ways there are, a clock while something is owed, none after', () => {
  fc.assert(
    fc.property(fc.boolean(), fc.array(anyCommand, { maxLength: 20 }), (draft, commands) => {
      let state = done(given([]), refer(draft ? { draft } : {})).state;
      for (const [turn, command] of commands.entries()) {
        const now = NOW + turn * MINUTE;
        const before = stateOf(state) ?? 'drafted';
        const refused = refusal(state, command, now);
        if (refused) {
          // What cannot be is over, or says what can be done.
          expect(refused.type === 'ReferralOver' || (refused.possible ?? []).length > 0).toBe(true);
          continue;
        }
        if (isRepeated(state, command)) continue;
        ({ state } = may(state, command, now));
        const after = stateOf(state) ?? 'drafted';
        if (after !== before) expect(NEXT[before]).toContain(after);
        const waits = open(state).length;
        if (['drafted', 'sent', 'opened', 'received', 'accepted'].includes(after)) expect(waits).toBeGreaterThan(0);
        if (['declined', 'closed', 'revoked'].includes(after)) expect(open(state)).toEqual([]);
        expect(new Set(state.steps.map(({ id }) => id)).size).toBe(state.steps.length);
      }
    }),
  );
});
