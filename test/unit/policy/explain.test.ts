import { explain } from '../../../cli/policy/explain';
import { explanationJson, explanationText } from '../../../cli/policy/explain-print';
import { SeenCase, SeenEvent } from '../../../cli/cases';
import { loadPolicy } from '../../../store/policies';
import { POLICIES } from './support';

const policy = loadPolicy(POLICIES);
const T0 = '2026-07-06T10:00:00+08:00';
const hour = (n: number): string => new Date(Date.parse(T0) + n * 3_600_000).toISOString();
const basis = { kind: 'judgement', figure: '24 小时' };

const step = (id: string, more: object = {}) => ({
  ...{ id, kind: id.split('-')[0], name: id, state: 'pending', binds: 'station', startAt: T0, dueAt: hour(24) },
  ...{ remindAt: null, basis, extendable: true, doneAt: null, doneBy: null, outcome: null, referralId: null },
  ...{ extension: null, ...more },
});
const seen = (steps: object[], more: object = {}): SeenCase =>
  SeenCase.parse({
    ...{
      id: 'c',
      number: 'A0123',
      stationId: 'east',
      type: 'neglect',
      risk: 'high',
      status: 'open',
      workflow: 'running',
    },
    ...{ assignee: null, policyVersion: policy.version, receivedAt: T0, asOf: hour(1), triggers: [], drill: false },
    ...{ steps, alerts: [], ...more },
  });
const journal = (...entries: [kind: string, data: object, at?: string][]): SeenEvent[] =>
  entries.map(([kind, data, at = T0], index) =>
    SeenEvent.parse({ seq: index + 1, at, actor: { kind: 'staff', id: 'w1', name: '林立春' }, kind, data }),
  );
const planned = (stepId: string, dueAt = hour(24)): [string, object] => ['step_planned', { stepId, dueAt }];
const explained = (one: SeenCase, events: SeenEvent[], id: string) =>
  explain(one, events, policy).steps.find((found) => found.id === id);

describe('what started a clock', () => {
  const events = journal(
    ['reported', { type: 'neglect', risk: 'high' }],
    planned('first_contact'),
    ['trigger_learnt', { trigger: 'injury', learntAt: hour(3) }],
    planned('police_report'),
    ['step_done', { stepId: 'visit', outcome: 'done' }],
    ['alert_resolved', { stepId: 'visit' }],
    planned('visit-2'),
    ['clock_started', { event: 'placed' }],
    planned('placement_review'),
    ['referral_sent', { referralId: 'r1' }],
    planned('partner_confirm-r1'),
    ['closed', {}],
    planned('post_closure_check'),
  );
  const ids = [
    'first_contact',
    'police_report',
    'visit-2',
    'placement_review',
    'partner_confirm-r1',
    'post_closure_check',
  ];
  const one = seen(ids.map((id) => step(id)));
  test.each([
    ['first_contact', '接报'],
    ['police_report', '得知情形：受伤'],
    ['visit-2', '上一次visit-2办结（visit）'],
    ['placement_review', '安置'],
    ['partner_confirm-r1', '转介发出'],
    ['post_closure_check', '结案'],
  ])('%s: %s', (id, words) => expect(explained(one, events, id)?.startedBy).toBe(words));

  test('a fact that was known when it was reported', () => {
    const known = seen([step('police_report')], { triggers: ['injury', 'no_carer'] });
    const entries = journal(['reported', { risk: 'high' }], planned('police_report'));
    expect(explained(known, entries, 'police_report')?.startedBy).toBe('接报时已知：受伤、无人照料');
  });

  test('a case opened again starts anew', () => {
    const again = seen([step('visit-3', { startAt: hour(5) })]);
    expect(explained(again, journal(['reopened', {}]), 'visit-3')?.startedBy).toBe('重新开案');
  });
});

describe('what happened to a deadline', () => {
  test('a policy that changed moved it, and the first one is kept in mind', () => {
    const events = journal(
      ['reported', { risk: 'high' }],
      planned('first_contact'),
      ['policy_moved', { from: '2025.2', to: '2026.1' }],
      ['deadline_moved', { stepId: 'first_contact', from: hour(24), to: hour(12) }],
    );
    const found = explained(seen([step('first_contact', { dueAt: hour(12) })]), events, 'first_contact');
    expect(found).toMatchObject({ firstDueAt: Date.parse(hour(24)), dueAt: Date.parse(hour(12)) });
    expect(found?.changes).toEqual([
      expect.objectContaining({
        what: '时限规则由 2025.2 换为 2026.1，期限改动',
        by: '林立春',
        to: Date.parse(hour(12)),
      }),
    ]);
  });

  test('a partner whom no message reached was late at once', () => {
    const one = seen([step('partner_confirm-r1', { referralId: 'r1', dueAt: hour(1) })]);
    const events = journal(['referral_sent', { referralId: 'r1' }], planned('partner_confirm-r1'), [
      'referral_undelivered',
      { referralId: 'r1' },
      hour(1),
    ]);
    expect(explained(one, events, 'partner_confirm-r1')?.changes[0]?.what).toContain('未能送达');
  });

  test('more time that nobody has decided on is said', () => {
    const extension = { until: hour(48), askedBy: 'w1', askedAt: hour(1) };
    const out = explanationText(explain(seen([step('visit', { extension })]), [], policy));
    expect(out).toContain('；申请延期到 7月8日(周三)10:00，待审批');
  });
});

test('a risk that was raised at intake, and again later', () => {
  const events = journal(['reported', { risk: 'high' }], ['risk_set', { from: 'high', to: 'critical' }]);
  const { risks } = explain(seen([], { risk: 'critical', riskRaisedFrom: 'low' }), events, policy);
  expect(risks.map(({ what }) => what)).toEqual(['接报时定为高，由低调高到本类型的最低等级', '风险由高改为紧急']);
});

test('without the policy’s files rules and ladder are left out, and it says so', () => {
  const explanation = explain(seen([step('visit')], { policyVersion: '1999' }), []);
  expect(explanation.steps[0]?.rules).toEqual([]);
  expect(explanationText(explanation)).toContain('本机没有版本为 1999 的时限规则');
  expect(JSON.parse(explanationJson(explanation))).toMatchObject({ ladder: null });
});

test('quiet hours and working days are put into words', () => {
  const one = seen([step('referral', { basis: { kind: 'judgement', figure: '3 个工作日' } })], { risk: 'medium' });
  const out = explanationText(explain(one, [], policy));
  expect(out).toContain('工作日含调休，起算当天不计');
  expect(out).toContain('免打扰 23:00–09:00');
});
