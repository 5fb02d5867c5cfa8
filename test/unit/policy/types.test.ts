import { CASE_TYPES, type CaseFacts, RISKS, type Risk, type Trigger } from '../../../domain/model';
import { grade, planFrom, replan } from '../../../domain/policy';
import { DAY, HOUR, MINUTE, addMonths } from '../../../domain/zone';
import { PLAIN, at, event, facts, intake, open, policy } from './support';

const ungraded = (type: CaseFacts['type'], more: Partial<CaseFacts> = {}) => {
  const { risk: _, ...rest } = facts({ type, ...more });
  return rest;
};
const known = (...triggers: Trigger[]) => ({ triggers: triggers.map((trigger) => ({ trigger, at: PLAIN })) });

const LEAST: [CaseFacts['type'], string, Partial<CaseFacts>, Risk][] = [
  ['sexual_abuse', 'nothing more known', {}, 'high'],
  ['sexual_abuse', '72 hours ago', { occurredAt: PLAIN - 72 * HOUR }, 'critical'],
  ['sexual_abuse', 'longer ago', { occurredAt: PLAIN - 72 * HOUR - 1 }, 'high'],
  ['sexual_abuse', 'suspect has access', { guardianIsSuspect: true }, 'critical'],
  ['physical_abuse', 'nothing more known', {}, 'high'],
  ['domestic_violence', 'nothing more known', {}, 'medium'],
  ['domestic_violence', 'child hit', known('injury'), 'high'],
  ['abandonment', 'an adult is there', {}, 'low'],
  ['abandonment', 'no adult', known('no_carer'), 'critical'],
  ['neglect', 'nothing more known', {}, 'low'],
  ['bullying', 'nothing more known', {}, 'medium'],
  ['bullying', 'severe', known('injury'), 'high'],
  ['missing', 'nothing more known', {}, 'critical'],
  ['self_harm', 'nothing more known', {}, 'high'],
  ['self_harm', 'attempt, plan or intent', known('self_harm'), 'critical'],
  ['other_emergency', 'nothing more known', {}, 'low'],
  ['other_emergency', 'no carer', known('no_carer'), 'critical'],
];

describe('least levels', () => {
  test.each(LEAST)('%s, %s', (type, _, more, least) => {
    const graded = grade(policy, { ...ungraded(type, more), risk: 'low' });
    expect(graded.risk).toBe(least);
    expect(graded.raisedFrom).toBe(least === 'low' ? undefined : 'low');
    expect(grade(policy, { ...ungraded(type, more), risk: 'critical' })).toEqual({ risk: 'critical' });
  });

  test.each([
    ['sexual_abuse', 'high'],
    ['physical_abuse', 'high'],
    ['domestic_violence', 'medium'],
    ['abandonment', 'high'],
    ['neglect', 'medium'],
    ['bullying', 'medium'],
    ['missing', 'critical'],
    ['self_harm', 'high'],
    ['other_emergency', 'high'],
  ] as const)('a report of %s that names no level is %s', (type, usual) => {
    const graded = grade(policy, ungraded(type));
    expect(graded.risk).toBe(usual);
    expect(graded.raisedFrom).toBeUndefined();
  });
});

/** [due after ms, reminder after ms if fixed] of a step at intake. */
const dueAfter = (type: CaseFacts['type'], kind: string, risk: Risk, more: Partial<CaseFacts> = {}) => {
  const of = facts({ type, risk, ...more });
  const step = intake(of).find((one) => one.kind === kind);
  return step && step.dueAt - of.receivedAt;
};

describe('what each type adds at its receipt', () => {
  test.each([
    ['sexual_abuse', 'medical_escort', 2 * HOUR],
    ['sexual_abuse', 'police_progress', 7 * DAY],
    ['physical_abuse', 'injury_examination', 4 * HOUR],
    ['domestic_violence', 'order_application', 24 * HOUR],
    ['abandonment', 'civil_affairs', HOUR],
    ['abandonment', 'carer_named', 4 * HOUR],
    ['bullying', 'separation_plan', 24 * HOUR],
    ['missing', 'missing_update', 2 * HOUR],
    ['self_harm', 'emergency_call', 15 * MINUTE],
    ['self_harm', 'never_alone', 15 * MINUTE],
    ['other_emergency', 'civil_affairs', HOUR],
    ['other_emergency', 'carer_named', 4 * HOUR],
  ] as const)('%s: %s', (type, kind, ms) => {
    expect(RISKS.map((risk) => dueAfter(type, kind, risk))).toEqual(RISKS.map(() => ms));
  });

  test('the police at once where the type itself is a trigger; severe bullying only; by law', () => {
    const asked = CASE_TYPES.map((type) => [
      type,
      RISKS.filter((risk) => dueAfter(type, 'police_report', risk) === HOUR),
    ]);
    expect(Object.fromEntries(asked)).toEqual({
      sexual_abuse: RISKS,
      physical_abuse: RISKS,
      domestic_violence: RISKS,
      abandonment: RISKS,
      neglect: [],
      bullying: ['critical', 'high'],
      missing: RISKS,
      self_harm: [],
      other_emergency: [],
    });
    for (const type of CASE_TYPES) {
      const report = intake(facts({ type })).find((step) => step.kind === 'police_report');
      if (report) expect(report).toMatchObject({ urgent: true, extendable: false, basis: { kind: 'legal' } });
    }
    expect(dueAfter('bullying', 'education_report', 'high')).toBe(HOUR);
    expect(dueAfter('bullying', 'education_report', 'medium')).toBeUndefined();
    expect(dueAfter('neglect', 'police_report', 'low', known('severe_malnutrition'))).toBe(HOUR);
  });

  test('a neglected child under six is seen in 24 hours, sooner if critical, and the basis says why', () => {
    const after = (risk: Risk) => dueAfter('neglect', 'first_contact', risk, { underSix: true });
    expect(RISKS.map(after)).toEqual([2 * HOUR, 24 * HOUR, 24 * HOUR, 24 * HOUR]);
    const low = intake(facts({ risk: 'low', underSix: true })).find((step) => step.kind === 'first_contact');
    expect(low?.basis.note).toContain('六岁以下');
  });

  test('a carer before the night, an assessment the same day', () => {
    const evening = { receivedAt: at('2026-07-10T19:30+08:00') };
    expect(dueAfter('abandonment', 'carer_named', 'high', evening)).toBe(2.5 * HOUR);
    expect(dueAfter('abandonment', 'carer_named', 'high', { receivedAt: at('2026-07-10T22:30+08:00') })).toBe(4 * HOUR);
    expect(dueAfter('self_harm', 'clinical_assessment', 'high')).toBe(9 * HOUR);
    expect(dueAfter('self_harm', 'clinical_assessment', 'high', { receivedAt: at('2026-07-10T23:30+08:00') })).toBe(
      24 * HOUR,
    );
  });
});

describe('clocks that a later event starts', () => {
  const after = (type: CaseFacts['type'], start: Parameters<typeof event>[0], risk: Risk = 'high') =>
    planFrom(policy, facts({ type, risk }), event(start, PLAIN)).map(({ id, dueAt, binds }) => [
      id,
      dueAt - PLAIN,
      binds,
    ]);

  test('a protection order: the court’s own time is watched by law', () => {
    expect(after('domestic_violence', 'order_applied')).toEqual([['court_decision', 72 * HOUR, 'watch']]);
    expect(after('domestic_violence', 'order_applied', 'critical')).toEqual([['court_decision', 24 * HOUR, 'watch']]);
    const [court] = planFrom(policy, facts({ type: 'domestic_violence' }), event('order_applied', PLAIN));
    expect(court?.basis).toMatchObject({ kind: 'legal', law: '反家庭暴力法', article: '第二十八条' });
  });

  test('a protection order: warnings 30, 14 and 7 days before six months are over', () => {
    const end = addMonths(PLAIN, 6) - PLAIN;
    expect(after('domestic_violence', 'order_issued')).toEqual([
      ['order_expiry', end - 30 * DAY, 'station'],
      ['order_expiry-2', end - 14 * DAY, 'station'],
      ['order_expiry-3', end - 7 * DAY, 'station'],
    ]);
  });

  test('a protection order with a date of its own: only the warnings for which there is time, one at least', () => {
    const warned = (days: number) =>
      planFrom(
        policy,
        facts({ type: 'domestic_violence' }),
        event('order_issued', PLAIN, { until: PLAIN + days * DAY }),
      ).map(({ dueAt }) => (dueAt - PLAIN) / DAY);
    expect([90, 20, 10, 4].map(warned)).toEqual([[60, 76, 83], [6, 13], [3], [2]]);
  });

  test('a written warning: a visit in 7 days, then monthly to 90', () => {
    const days = after('domestic_violence', 'warning_issued').map(([, ms]) => Number(ms) / DAY);
    expect(days).toEqual([7, 37, 67, 90]);
  });

  test('a placement: reviewed monthly, warned of at 9 and 11 months', () => {
    expect(after('abandonment', 'placed')).toEqual([
      ['placement_review', addMonths(PLAIN, 1) - PLAIN, 'station'],
      ['placement_limit', addMonths(PLAIN, 9) - PLAIN, 'station'],
      ['placement_limit-2', addMonths(PLAIN, 11) - PLAIN, 'station'],
    ]);
  });

  test('bullying: the school’s finding and recheck are watched', () => {
    expect(after('bullying', 'investigation_started')).toEqual([['school_finding', 10 * DAY, 'watch']]);
    const found = event('previous', PLAIN, { of: 'school_finding', occurrences: { school_finding: 1 } });
    expect(planFrom(policy, facts({ type: 'bullying' }), found)).toMatchObject([
      { id: 'school_recheck', binds: 'watch', start: 'step_done', dueAt: PLAIN + 15 * DAY },
    ]);
    expect(planFrom(policy, facts({ type: 'bullying' }), { ...found, outcome: 'not_possible' })).toEqual([]);
  });

  test('a missing child: two-hourly for 24 hours; after the return seen in 24, heard in 72 hours', () => {
    expect(after('missing', 'child_returned')).toEqual([
      ['return_contact', 24 * HOUR, 'station'],
      ['return_interview', 72 * HOUR, 'station'],
    ]);
    const update = (had: number) =>
      planFrom(
        policy,
        facts({ type: 'missing' }),
        event('previous', PLAIN, { of: 'missing_update', occurrences: { missing_update: had } }),
      );
    expect(update(11)).toMatchObject([{ id: 'missing_update-12', dueAt: PLAIN + 2 * HOUR }]);
    expect(update(12)).toEqual([]);
  });

  test('self-harm: 48 hours after discharge, then weekly four times', () => {
    expect(after('self_harm', 'discharged')).toEqual([['recontact', 48 * HOUR, 'station']]);
    const next = (had: number) =>
      planFrom(
        policy,
        facts({ type: 'self_harm' }),
        event('previous', PLAIN, { of: 'recontact', occurrences: { recontact: had } }),
      ).map((step) => step.dueAt - PLAIN);
    expect([1, 2, 3, 4, 5].map(next)).toEqual([[7 * DAY], [7 * DAY], [7 * DAY], [7 * DAY], []]);
  });
});

test('lowering severe bullying leaves the reports that are owed as they were; medium alone would not have them', () => {
  const before = intake(facts({ type: 'bullying', risk: 'high' }));
  const after = replan(policy, facts({ type: 'bullying', risk: 'medium' }), open(before));
  const owed = ['police_report', 'police_record', 'education_report'];
  const of = (steps: typeof before) => steps.filter((step) => owed.includes(step.kind));
  expect(of(after)).toEqual(of(before));
  expect(of(intake(facts({ type: 'bullying', risk: 'medium' })))).toEqual([]);
});

test('the first visit of a re-graded case keeps its number', () => {
  const visit = { start: 'previous', startAt: PLAIN, id: 'visit-6', occurrence: 6 } as const;
  const of = facts({ risk: 'high' });
  const planned = planFrom(policy, of, event('previous', PLAIN, { of: 'visit', occurrences: { visit: 5 } }));
  expect(planned).toMatchObject([{ ...visit, dueAt: PLAIN + 7 * DAY }]);
  const again = replan(policy, { ...of, risk: 'critical' }, open(planned));
  expect(again.find((step) => step.kind === 'visit')).toMatchObject({ ...visit, dueAt: PLAIN + DAY });
});

test('a raise adds what the lesser level lacked, once: not what was done, but what was cancelled', () => {
  const low = open(intake(facts({ risk: 'low' })));
  const had = (state: 'done' | 'cancelled') =>
    open(intake(facts({ risk: 'medium' })))
      .filter((step) => step.kind === 'case_conference')
      .map((step) => ({ ...step, state }));
  const added = (more: typeof low) =>
    replan(policy, facts({ risk: 'high' }), [...low, ...more])
      .map((step) => step.id)
      .filter((id) => !low.some((step) => step.id === id));
  expect(added([])).toEqual(['case_conference']);
  expect(added(had('done'))).toEqual([]);
  expect(added(had('cancelled'))).toEqual(['case_conference']);
});

test('warnings of a second order are planned again as such', () => {
  const of = facts({ type: 'domestic_violence' });
  const second = planFrom(policy, of, event('order_issued', PLAIN, { occurrences: { order_expiry: 3 } }));
  expect(second.map((step) => step.id)).toEqual(['order_expiry-4', 'order_expiry-5', 'order_expiry-6']);
  expect(replan(policy, of, open(second))).toEqual(expect.arrayContaining(second));
});

test('every kind’s name fits a text’s variable of six characters', () => {
  for (const name of Object.values(policy.names)) expect([...name].length).toBeLessThanOrEqual(6);
});
