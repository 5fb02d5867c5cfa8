import fc from 'fast-check';
import { apply, isRepeated, refusal } from '../../../domain/case';
import { nextWake, tick } from '../../../domain/clock';
import type { Command, PlanOutput } from '../../../domain/messages';
import { type CaseState, RUNG_ROLES } from '../../../domain/model';
import { project, slim } from '../../../domain/project';
import { anySteps, given, HOUR, ladder, MINUTE, PARTNER, step, SUPERVISOR, T0, WORKER } from './given';

const NOW = T0 + 10 * MINUTE;

/** What follows the verb, without the sender. */
type Words = Command extends infer C ? (C extends Command ? Omit<C, 'actor'> : never) : never;
const by = (actor: Command['actor'], words: Words): Command => ({ ...words, actor });

/** Applies a command that must be possible. */
function done(state: CaseState, command: Command, plan?: Partial<PlanOutput>, now = NOW) {
  expect(refusal(state, command, now)).toBeUndefined();
  return apply(state, command, now, plan && { steps: [], ladder: ladder(), risk: state.facts.risk, ...plan });
}
const refused = (state: CaseState, command: Command, now = NOW) => refusal(state, command, now)?.type;
const kinds = (events: { kind: string }[]) => events.map((event) => event.kind);
const stepOf = (state: CaseState, id: string) => state.steps.find((s) => s.id === id);

describe('steps', () => {
  const complete = (stepId: string, more: object = {}) =>
    by(WORKER, { do: 'complete', stepId, outcome: 'done', ...more });

  test('completing ends the step and what was told about it; once more is the same answer', () => {
    const late = tick(given(), T0 + 2 * HOUR).state;
    const { state, events } = done(late, complete('first_contact'), undefined, T0 + 3 * HOUR);
    expect(kinds(events)).toEqual(['step_done', 'alert_resolved']);
    expect(nextWake(state)).toBeUndefined();
    expect(isRepeated(state, complete('first_contact'))).toBe(true);
    expect(refused(state, complete('first_contact', { outcome: 'not_possible', noteId: 'n' }))).toBe('StepOver');
  });

  test('refuses what cannot be: unknown steps, the future, not applicable without a note', () => {
    expect(refusal(given(), complete('dance'), NOW)).toMatchObject({
      type: 'StepUnknown',
      possible: ['first_contact'],
    });
    expect(refused(given(), complete('first_contact', { doneAt: NOW + HOUR }))).toBe('DoneInFuture');
    expect(refused(given(), complete('first_contact', { doneAt: T0 - 25 * HOUR }))).toBe('DoneTooEarly');
    expect(refused(given(), complete('first_contact', { outcome: 'not_applicable' }))).toBe('NoteMissing');
  });

  test('a recurring step is planned again from the visit really made; one not applicable ends its series', () => {
    const state = given([step('visit', 24 * HOUR, { occurrence: 1 })]);
    const next = step('visit', 48 * HOUR, { occurrence: 2 });
    const after = done(state, complete('visit', { doneAt: T0 }), { steps: [next] });
    expect(after.state.steps.map((s) => [s.id, s.state])).toEqual([
      ['visit', 'done'],
      ['visit-2', 'pending'],
    ]);
    // A child not found at home is visited again, not forgotten.
    const inVain = done(state, complete('visit', { outcome: 'not_possible', noteId: 'n' }), { steps: [next] });
    expect(inVain.state.steps.map((s) => s.state)).toEqual(['done', 'pending']);
    const ended = done(state, complete('visit', { outcome: 'not_applicable', noteId: 'n' }));
    expect(ended.state.steps.map((s) => s.state)).toEqual(['done']);
  });

  test('more time is decided by somebody else, the clock runs meanwhile, and the police step never gets any', () => {
    const state = given([step('first_contact', 2 * HOUR), step('police_report', HOUR, { extendable: false })]);
    const ask = (stepId: string, until: number) => by(WORKER, { do: 'ask_extension', stepId, until, reasonId: 'r' });
    const decide = (who: Command['actor'], approve = true) =>
      by(who, { do: 'decide_extension', stepId: 'first_contact', approve });
    expect(refused(state, ask('police_report', T0 + 9 * HOUR))).toBe('StepNotExtendable');
    expect(refused(state, ask('first_contact', T0 + HOUR))).toBe('ExtensionNotLater');
    expect(refused(state, decide(SUPERVISOR))).toBe('ExtensionUnknown');
    const asked = done(state, ask('first_contact', T0 + 9 * HOUR)).state;
    expect(stepOf(asked, 'first_contact')?.dueAt).toBe(T0 + 2 * HOUR);
    expect(refused(asked, decide(WORKER))).toBe('SamePersonDecides');
    const late = tick(asked, T0 + 2 * HOUR).state;
    const granted = done(late, decide(SUPERVISOR), undefined, T0 + 3 * HOUR);
    expect(kinds(granted.events)).toEqual(['extension_granted', 'alert_resolved']);
    expect(stepOf(granted.state, 'first_contact')).toMatchObject({ state: 'pending', dueAt: T0 + 9 * HOUR });
    expect(stepOf(done(late, decide(SUPERVISOR, false)).state, 'first_contact')?.state).toBe('overdue');
  });
});

describe('risk', () => {
  const grade = (risk: 'critical' | 'high' | 'low', asSupervisor = false): Command => ({
    ...by(WORKER, { do: 'set_risk', risk, reasonId: 'r' }),
    asSupervisor,
  });

  test('raising can only bring deadlines nearer, lowering only push them away', () => {
    fc.assert(
      fc.property(
        anySteps,
        fc.array(fc.integer({ min: -300, max: 300 }), { minLength: 6, maxLength: 6 }),
        (steps, moves) => {
          const high = { ...given(steps), facts: { ...given(steps).facts, risk: 'high' as const } };
          const planned = steps.map((s, i) => ({ ...s, dueAt: s.dueAt + (moves[i] ?? 0) * MINUTE }));
          const raised = done(high, grade('critical'), { steps: planned }).state;
          const lowered = done(high, grade('low', true), { steps: planned }).state;
          for (const before of high.steps) {
            expect(stepOf(raised, before.id)?.dueAt).toBeLessThanOrEqual(before.dueAt);
            expect(stepOf(lowered, before.id)?.dueAt).toBeGreaterThanOrEqual(before.dueAt);
          }
        },
      ),
    );
  });

  test('lowering is the supervisor’s; a duty that the lower risk does not have falls away, one of the higher is added', () => {
    const state = given([step('first_contact', 2 * HOUR), step('case_conference', 24 * HOUR)]);
    expect(refused(state, grade('low'))).toBe('LoweringNeedsSupervisor');
    expect(refused(state, grade('critical'))).toBe('RiskSame');
    const lowered = done(state, grade('low', true), { steps: [step('first_contact', 9 * HOUR)] });
    expect(stepOf(lowered.state, 'case_conference')?.state).toBe('cancelled');
    const raised = done({ ...lowered.state }, grade('high'), {
      steps: [step('first_contact', 4 * HOUR), step('safety_plan', 4 * HOUR)],
    });
    expect(raised.state.steps.map((s) => s.id)).toEqual(['first_contact', 'case_conference', 'safety_plan']);
  });
});

describe('a risk that is raised while a step is late', () => {
  const quiet = ladder({
    rungs: [0, 4, 8].map((hours, i) => ({ to: RUNG_ROLES[i] ?? 'worker', afterMs: hours * HOUR, channels: ['sms'] })),
    repeatMs: 8 * HOUR,
    ackBuysMs: 24 * HOUR,
    quiet: { fromMinute: 11 * 60, toMinute: 22 * 60 },
  });
  const medium = given([step('first_contact', 2 * HOUR, { remindAt: undefined })], quiet);
  const calm: CaseState = { ...medium, facts: { ...medium.facts, risk: 'medium' } };
  const late = tick(calm, T0 + 2 * HOUR).state;
  const anew = (climbsAnew: PlanOutput['climbsAnew']): Partial<PlanOutput> => ({ climbsAnew, steps: calm.steps });
  const raise = (state: CaseState, at: number, climbsAnew: PlanOutput['climbsAnew'] = 'standing') =>
    done(state, by(WORKER, { do: 'set_risk', risk: 'critical', reasonId: 'r' }), anew(climbsAnew), at);

  test('what was held back until the morning is told at once', () => {
    expect(nextWake(late)).toBe(T0 + 12 * HOUR);
    const raised = raise(late, T0 + 3 * HOUR).state;
    expect(nextWake(raised)).toBe(T0 + 3 * HOUR);
    expect(tick(raised, T0 + 3 * HOUR).tells).toMatchObject([{ kind: 'overdue', to: { role: 'worker' } }]);
  });

  test('what was told climbs by the new ladder from now, and never later than it would have', () => {
    const told = tick(late, T0 + 12 * HOUR).state;
    expect(nextWake(told)).toBe(T0 + 16 * HOUR);
    expect(nextWake(raise(told, T0 + 13 * HOUR).state)).toBe(T0 + 13 * HOUR + 10 * MINUTE);
    expect(nextWake(raise(told, T0 + 16 * HOUR - MINUTE).state)).toBe(T0 + 16 * HOUR);
  });

  test('what was acknowledged has the new ladder’s respite from now, and no longer than it had', () => {
    const told = tick(late, T0 + 12 * HOUR).state;
    const alertId = told.alerts[0]?.id ?? '';
    const at = T0 + 12 * HOUR + 10 * MINUTE;
    const heard = done(told, by(WORKER, { do: 'acknowledge', alertId, via: 'api' }), undefined, at).state;
    expect(nextWake(heard)).toBe(at + 24 * HOUR);
    expect(nextWake(raise(heard, T0 + 13 * HOUR).state)).toBe(T0 + 13 * HOUR + 30 * MINUTE);
    expect(nextWake(raise(heard, at + 24 * HOUR - MINUTE).state)).toBe(at + 24 * HOUR);
    // As runs do it that began before there was this rule.
    expect(nextWake(raise(heard, T0 + 13 * HOUR, 'open').state)).toBe(at + 24 * HOUR);
  });

  test('the same under another version of the policy', () => {
    const told = tick(late, T0 + 12 * HOUR).state;
    const move = (climbsAnew: PlanOutput['climbsAnew']) =>
      done(
        told,
        by(SUPERVISOR, { do: 'move_policy', version: 'next', reasonId: 'r' }),
        anew(climbsAnew),
        T0 + 13 * HOUR,
      );
    expect(nextWake(move('standing').state)).toBe(T0 + 13 * HOUR + 10 * MINUTE);
    expect(nextWake(move('open').state)).toBe(T0 + 16 * HOUR);
  });
});

describe('a trigger learnt late', () => {
  const learn = by(WORKER, { do: 'learn_trigger', trigger: 'no_carer' });
  const low = { ...given([step('first_contact', 24 * HOUR)]), facts: { ...given().facts, risk: 'low' as const } };

  test('starts its own clock, and raises the risk where the type’s rule says so', () => {
    const police = step('police_report', HOUR, { start: 'trigger', extendable: false });
    expect(done(low, learn, { risk: 'low', steps: [police] }).state.steps.map((s) => s.id)).toEqual([
      'first_contact',
      'police_report',
    ]);
    const nearer = step('first_contact', 2 * HOUR);
    const raised = done(low, learn, { risk: 'critical', steps: [nearer, police] });
    expect(kinds(raised.events)).toContain('risk_set');
    expect(raised.state.facts).toMatchObject({ risk: 'critical', triggers: [{ trigger: 'no_carer' }] });
    expect(stepOf(raised.state, 'first_contact')?.dueAt).toBe(nearer.dueAt);
    expect(stepOf(raised.state, 'police_report')?.state).toBe('pending');
  });
});

describe('referrals', () => {
  const ask = by(WORKER, { do: 'refer', referralId: 'r1', partnerId: 'police-1', purpose: 'investigate' });
  const confirmStep = step('partner_confirm', 30 * MINUTE, {
    id: 'partner_confirm-r1',
    referralId: 'r1',
    binds: 'watch',
  });
  const feedbackStep = step('partner_feedback', 24 * HOUR, {
    id: 'partner_feedback-r1',
    referralId: 'r1',
    binds: 'watch',
  });
  const duty = step('referral', 24 * HOUR);
  const sent = done(given([duty]), ask, { steps: [confirmStep] });
  const confirm = by(PARTNER, { do: 'confirm_referral', referralId: 'r1' });
  const received = done(sent.state, confirm, { steps: [feedbackStep] });

  test('sending tells the partner and does the duty to refer; confirmation starts the clock of the feedback', () => {
    expect(sent.tells).toMatchObject([{ kind: 'referral', to: { partnerId: 'police-1' } }]);
    expect(stepOf(sent.state, 'referral')?.state).toBe('done');
    expect(received.state.referrals[0]).toMatchObject({ state: 'received', feedbackBy: feedbackStep.dueAt });
    expect(stepOf(received.state, 'partner_confirm-r1')?.state).toBe('done');
  });

  test('a second confirmation changes nothing; feedback before the first is refused', () => {
    expect(isRepeated(received.state, confirm)).toBe(true);
    const feedBack = by(PARTNER, { do: 'feed_back', referralId: 'r1', outcome: 'done', textId: 't' });
    expect(refused(sent.state, feedBack)).toBe('ReferralNotConfirmed');
    const going = done(
      received.state,
      by(PARTNER, { do: 'feed_back', referralId: 'r1', outcome: 'in_progress' }),
    ).state;
    expect(stepOf(going, 'partner_feedback-r1')).toMatchObject({ state: 'pending', dueAt: NOW + 24 * HOUR });
    const fed = done(received.state, feedBack).state;
    expect(stepOf(fed, 'partner_feedback-r1')?.state).toBe('done');
    expect(refused(fed, feedBack)).toBeUndefined();
  });

  test('declined, the duty to refer stands again; revoked, the link is over', () => {
    const declined = done(sent.state, by(PARTNER, { do: 'decline_referral', referralId: 'r1', reasonId: 'x' })).state;
    expect(declined.steps.map((s) => [s.id, s.state])).toEqual([
      ['referral', 'done'],
      ['partner_confirm-r1', 'cancelled'],
      ['referral-2', 'pending'],
    ]);
    const revoked = done(sent.state, by(WORKER, { do: 'revoke_referral', referralId: 'r1' })).state;
    expect(refused(revoked, confirm)).toBe('ReferralOver');
  });

  test('unconfirmed, it climbs the same ladder', () => {
    const late = tick(sent.state, T0 + 30 * MINUTE);
    expect(late.tells).toMatchObject([{ kind: 'overdue', stepId: 'partner_confirm-r1', to: { role: 'worker' } }]);
  });
});

describe('closing', () => {
  const ask = by(WORKER, { do: 'ask_close', reasonId: 'r' });
  const decide = (who: Command['actor'], approve: boolean) => by(who, { do: 'decide_close', approve });
  const finished = done(given(), by(WORKER, { do: 'complete', stepId: 'first_contact', outcome: 'done' })).state;

  test('needs every step done, and a second person', () => {
    expect(refusal(given(), ask, NOW)).toMatchObject({ type: 'StepsOpen', possible: ['first_contact'] });
    const asked = done(finished, ask).state;
    expect(refused(asked, decide(WORKER, true))).toBe('SamePersonDecides');
    expect(done(asked, decide(SUPERVISOR, false)).state.status).toBe('open');
    const check = step('post_closure_check', 30 * 24 * HOUR, { start: 'closed' });
    const closed = done(asked, decide(SUPERVISOR, true), { steps: [check] }).state;
    expect(closed.status).toBe('closed');
    expect(refused(closed, by(WORKER, { do: 'assign', staffId: 'x' }))).toBe('CaseClosed');
    expect(
      refused(closed, by(WORKER, { do: 'complete', stepId: 'post_closure_check', outcome: 'done' })),
    ).toBeUndefined();
    const again = done(closed, by(SUPERVISOR, { do: 'reopen', reasonId: 'r' }), {
      steps: [step('first_contact', HOUR)],
    });
    expect(again.state.steps.map((s) => [s.id, s.state])).toEqual([
      ['first_contact', 'done'],
      ['post_closure_check', 'cancelled'],
      ['first_contact-2', 'pending'],
    ]);
  });
});

describe('people', () => {
  test('assigning is what 接案并分派 asks for', () => {
    const state = given([step('acknowledge', 15 * MINUTE)]);
    const assigned = done(state, by(SUPERVISOR, { do: 'assign', staffId: 'worker-2' })).state;
    expect(assigned).toMatchObject({ assigneeId: 'worker-2', steps: [{ kind: 'acknowledge', state: 'done' }] });
  });

  test('an alert that is over cannot be acknowledged; by text the answer comes back as a text', () => {
    const late = tick(given(), T0 + 2 * HOUR).state;
    const alertId = late.alerts[0]?.id ?? '';
    const { tells } = done(late, by(WORKER, { do: 'acknowledge', alertId, via: 'sms' }));
    expect(tells).toMatchObject([{ kind: 'acknowledged', to: { staffId: 'worker-1' } }]);
    const over = done(late, by(WORKER, { do: 'complete', stepId: 'first_contact', outcome: 'done' })).state;
    expect(refused(over, by(WORKER, { do: 'acknowledge', alertId, via: 'sms' }))).toBe('AlertOver');
  });
});

describe('the record of it all', () => {
  test('numbers every entry once, in order, and carries on after a new run of the workflow', () => {
    const { state, events } = tick(given(), T0 + 2 * HOUR);
    expect(events.map((e) => e.seq)).toEqual([3, 4, 5]);
    const next = tick(slim(state), nextWake(state) ?? 0);
    expect(next.events.map((e) => e.seq)).toEqual([6]);
    expect(project(state, { steps: ['first_contact'], alerts: [], referrals: [] })).toMatchObject({
      overdue: true,
      rev: 5,
      steps: [{ id: 'first_contact', ord: 0 }],
    });
  });
});
