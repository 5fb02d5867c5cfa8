import { RISKS } from '../../../domain/model';
import { ladderOf, planFrom } from '../../../domain/policy';
import { HOUR, MINUTE } from '../../../domain/zone';
import { PLAIN, at, event, facts, intake, policy } from './support';

// The default policy as it was agreed, figure by figure; a dash: the level has no such step.
const TABLE: [string, string, string, string, string][] = [
  ['acknowledge', '15 分钟', '1 小时', '3 小时', '1 个工作日'],
  ['first_contact', '2 小时', '24 小时', '72 小时', '7 天'],
  ['safety_plan', '4 小时', '24 小时', '72 小时', '7 天'],
  ['referral_phone', '1 小时', '—', '—', '—'],
  ['referral', '24 小时', '24 小时', '3 个工作日', '5 个工作日'],
  ['partner_confirm', '30 分钟', '4 小时', '1 个工作日', '2 个工作日'],
  ['partner_accept', '4 小时', '24 小时', '2 个工作日', '3 个工作日'],
  ['partner_feedback', '24 小时', '72 小时', '5 个工作日', '10 个工作日'],
  ['referral_sending', '30 分钟', '4 小时', '1 个工作日', '2 个工作日'],
  ['referral_check', '24 小时', '2 个工作日', '5 个工作日', '10 个工作日'],
  ['handover_accept', '15 分钟', '2 小时', '8 小时', '1 个工作日'],
  ['transfer_accept', '1 小时', '4 小时', '1 个工作日', '2 个工作日'],
  ['guardianship_assessment', '24 小时', '72 小时', '7 天', '14 天'],
  ['guardianship_assessment_full', '10 个工作日', '15 个工作日', '20 个工作日', '30 个工作日'],
  ['case_conference', '24 小时', '5 个工作日', '15 个工作日', '—'],
  ['case_plan_interim', '72 小时', '—', '—', '—'],
  ['case_plan', '7 天', '7 天', '10 天', '14 天'],
  ['visit', '1 天', '7 天', '14 天', '1 个月'],
  ['risk_review', '72 小时', '7 天', '30 天', '90 天'],
  ['closure_review', '90 天', '90 天', '60 天', '30 天'],
  ['police_report', '60 分钟', '60 分钟', '60 分钟', '60 分钟'],
  ['police_record', '24 小时', '24 小时', '24 小时', '24 小时'],
];

const STARTS = [
  'receipt',
  'trigger',
  ...(['referral_drafted', 'referral_sent', 'referral_received', 'referral_answered'] as const),
  ...(['handover_asked', 'transfer_asked'] as const),
] as const;

test.each(TABLE)('%s: %s, %s, %s, %s', (kind, ...figures) => {
  const seen = RISKS.map((risk) => {
    const of = facts({ risk, triggers: [{ trigger: 'other', at: PLAIN + 2 * HOUR }] });
    const steps = STARTS.flatMap((start) => planFrom(policy, of, event(start, PLAIN)));
    return steps.find((step) => step.kind === kind)?.basis.figure ?? '—';
  });
  expect(seen).toEqual(figures);
});

test('nothing else starts with the receipt of a case without a rule of its type', () => {
  const kinds = new Set(RISKS.flatMap((risk) => intake(facts({ risk })).map((step) => step.kind)));
  const table = TABLE.map(([kind]) => kind).filter((kind) => !/^(partner|police)_|_(sending|check|accept)$/.test(kind));
  expect([...kinds].sort()).toEqual(table.sort());
});

test('every basis of the base is a judgement, but for the police report', () => {
  const of = facts({ risk: 'critical', triggers: [{ trigger: 'injury', at: PLAIN }] });
  const legal = intake(of).filter((step) => step.basis.kind !== 'judgement');
  expect(legal.map((step) => step.kind)).toEqual(['police_report']);
});

test.each(RISKS)(
  'the police clock at %s: from when the trigger was learnt, 15 and 60 minutes, firm, by law',
  (risk) => {
    const learnt = at('2026-07-13T03:20+08:00');
    const of = facts({ risk, triggers: [{ trigger: 'injury', at: learnt }] });
    const [report, record] = planFrom(policy, of, event('trigger', learnt));
    expect(report).toMatchObject({
      id: 'police_report',
      start: 'trigger',
      startAt: learnt,
      remindAt: learnt + 15 * MINUTE,
      dueAt: learnt + 60 * MINUTE,
      urgent: true,
      extendable: false,
      binds: 'station',
      basis: { kind: 'legal', law: '未成年人保护法', article: '第十一条', word: '立即', figure: '60 分钟' },
    });
    expect(record).toMatchObject({ id: 'police_record', dueAt: learnt + 24 * HOUR });
    expect(intake(of).find((step) => step.id === 'police_report')).toEqual(report);
  },
);

test('a second trigger does not ask for a second report', () => {
  const of = facts({
    triggers: [
      { trigger: 'injury', at: PLAIN },
      { trigger: 'no_carer', at: PLAIN + HOUR },
    ],
  });
  expect(intake(of).filter((step) => step.kind === 'police_report')).toMatchObject([{ startAt: PLAIN }]);
  const later = event('trigger', PLAIN + HOUR, { occurrences: { police_report: 1, police_record: 1 } });
  expect(planFrom(policy, of, later)).toEqual([]);
});

test('referral clocks are watched, and each referral has its own', () => {
  const of = facts({ risk: 'critical' });
  const sent = planFrom(
    policy,
    of,
    event('referral_sent', PLAIN, { referralId: 'r7', occurrences: { partner_confirm: 3 } }),
  );
  expect(sent).toMatchObject([
    { id: 'partner_confirm-r7', referralId: 'r7', dueAt: PLAIN + 30 * MINUTE, secondAt: PLAIN + 10 * MINUTE },
  ]);
  const received = planFrom(policy, of, event('referral_received', PLAIN, { referralId: 'r7' }));
  expect(received).toMatchObject([
    { id: 'partner_accept-r7', binds: 'watch', dueAt: PLAIN + 4 * HOUR, secondAt: PLAIN + 80 * MINUTE },
    { id: 'partner_feedback-r7', binds: 'watch', dueAt: PLAIN + 24 * HOUR, secondAt: PLAIN + 9.6 * HOUR },
  ]);
});

test.each([
  ['critical', 7.5 * MINUTE],
  ['high', 45 * MINUTE],
  ['medium', 135 * MINUTE],
] as const)('the reminder of the acknowledgement at %s comes after %d ms', (risk, after) => {
  const step = intake(facts({ risk })).find((one) => one.kind === 'acknowledge');
  expect(step?.remindAt).toBe(PLAIN + after);
});

// rungs (minutes), repeat, acknowledgement (minutes), quiet hours
test.each([
  ['critical', [0, 10, 20], 15, 30, undefined],
  ['high', [0, 30, 60], 60, 120, undefined],
  ['medium', [0, 240, 480], 480, 480, { fromMinute: 1380, toMinute: 540 }],
  ['low', [0, 1440, 2880], 1440, 1440, { fromMinute: 1380, toMinute: 540 }],
] as const)('the ladder at %s', (risk, rungs, repeat, ack, quiet) => {
  const ladder = ladderOf(policy, risk);
  expect(ladder.rungs.map((rung) => rung.to)).toEqual(['worker', 'supervisor', 'duty_officer']);
  expect(ladder.rungs.map((rung) => rung.afterMs / MINUTE)).toEqual(rungs);
  expect([ladder.repeatMs, ladder.ackBuysMs].map((ms) => ms / MINUTE)).toEqual([repeat, ack]);
  expect(ladder.quiet).toEqual(quiet);
});

test('checks after closing: 30 and 90 days for the worse levels, 30 for the others', () => {
  const ids = (risk: (typeof RISKS)[number]) =>
    planFrom(policy, facts({ risk }), event('closed', PLAIN)).map(({ id, basis }) => [id, basis.figure]);
  const both = [
    ['post_closure_check', '30 天'],
    ['post_closure_check-2', '90 天'],
  ];
  expect(RISKS.map(ids)).toEqual([both, both, [['post_closure_check', '30 天']], [['post_closure_check', '30 天']]]);
});

test('visits: daily while critical, twice a week once the child is safe', () => {
  const next = (safe?: boolean) =>
    planFrom(
      policy,
      facts({ risk: 'critical', ...(safe ? { safe } : {}) }),
      event('previous', PLAIN, { of: 'visit', occurrences: { visit: 4 } }),
    );
  expect(next()).toMatchObject([{ id: 'visit-5', occurrence: 5, startAt: PLAIN, dueAt: PLAIN + 24 * HOUR }]);
  expect(next(true)).toMatchObject([{ dueAt: PLAIN + 84 * HOUR }]);
});

test('5 working days from the eve of 国庆 2026: six rest days left, then 8, 9, 10 (调休), 12 and 13 October', () => {
  const of = facts({ risk: 'high', receivedAt: at('2026-09-30T22:10+08:00') });
  const conference = intake(of).find((step) => step.kind === 'case_conference');
  expect(conference?.dueAt).toBe(at('2026-10-13T20:00+08:00'));
});
