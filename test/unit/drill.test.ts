import { type Expected, expectedBy, deviations, plannedFor } from '../../cli/drill/expect';
import { judge, type SeenMessage, type Told } from '../../cli/drill/told';
import { SeenCase } from '../../cli/cases';
import type { Risk } from '../../domain/model';
import { loadPolicy } from '../../store/policies';
import type { Account } from '../../sandbox/data/accounts';
import { POLICIES } from './policy/support';

const policy = loadPolicy(POLICIES);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function seen(risk: Risk, receivedAt: string): SeenCase {
  const bare = SeenCase.parse({
    ...{ id: 'c', number: 'A0123', stationId: 'east', type: 'neglect', risk, status: 'open', workflow: 'running' },
    ...{ assignee: null, policyVersion: policy.version, receivedAt, asOf: receivedAt, triggers: [], drill: true },
    ...{ steps: [], alerts: [] },
  });
  const steps = plannedFor(policy, bare).map(({ remindAt, referralId, ...one }) => ({
    ...{ ...one, name: one.kind, state: 'pending' as const, doneAt: null, doneBy: null, outcome: null },
    ...{ remindAt: remindAt ?? null, referralId: referralId ?? null, extension: null },
  }));
  return { ...bare, steps };
}
const rungs = (all: Expected[], stepId: string, from: number): [string, string, number][] =>
  all.filter((one) => one.stepId === stepId).map((one) => [one.what, one.to, (one.at - from) / MINUTE]);

describe('who has to be told', () => {
  test('critical: a reminder, the climb, then everybody every 15 minutes', () => {
    const one = seen('critical', '2026-07-06T10:00:00+08:00');
    const all = expectedBy(policy, one, one.receivedAt + HOUR);
    expect(rungs(all, 'acknowledge', one.receivedAt)).toEqual([
      ['reminder', 'worker', 7.5],
      ['overdue', 'worker', 15],
      ['overdue', 'supervisor', 25],
      ['overdue', 'duty_officer', 35],
      ['overdue', 'worker', 50],
      ['overdue', 'supervisor', 50],
      ['overdue', 'duty_officer', 50],
    ]);
  });

  test('medium at night: what quiet hours hold back holds back the next rung', () => {
    const one = seen('medium', '2026-07-06T21:00:00+08:00');
    const all = expectedBy(policy, one, one.receivedAt + 20 * HOUR);
    expect(rungs(all, 'acknowledge', one.receivedAt - 21 * HOUR)).toEqual([
      ['overdue', 'worker', 33 * 60],
      ['overdue', 'supervisor', 37 * 60],
      ['overdue', 'duty_officer', 41 * 60],
    ]);
  });

  test('a system that keeps another deadline deviates', () => {
    const one = seen('critical', '2026-07-06T10:00:00+08:00');
    expect(deviations(policy, one)).toEqual([]);
    const [first, ...rest] = one.steps;
    const moved = first ? [{ ...first, dueAt: first.dueAt + 1 }, ...rest] : rest;
    expect(deviations(policy, { ...one, steps: moved }).map(({ stepId }) => stepId)).toEqual([first?.id]);
    expect(deviations(policy, { ...one, steps: rest })).toEqual([
      { stepId: first?.id, byPolicy: first?.dueAt, bySystem: undefined },
    ]);
  });
});

describe('the verdict', () => {
  const account = (username: string, role: string, stationId: string): Account => ({
    ...{ username, role, stationId, staffId: username, password: '', token: '' },
    ...{ phone: `phone-${username}`, email: `${username}@shouwang.invalid` },
  });
  const [worker, stranger] = [account('w1', 'social_worker', 'east'), account('w2', 'social_worker', 'west')];
  const field = { accounts: [worker, stranger], stationId: 'east', stepName: () => '首次接触' };
  const AT = 1_000_000;
  const expected: Expected[] = [
    {
      ...{ at: AT, what: 'overdue', stepId: 'first_contact', kind: 'first_contact' },
      ...{ to: 'worker', channels: ['sms'], next: ['voice'] },
    },
  ];
  const told = (at: number, message: Partial<SeenMessage> = {}): Told => ({
    at,
    person: worker,
    message: {
      ...{ id: 'm1', channel: 'sms', to: worker.phone, status: 'delivered', caseIds: ['c'] },
      text: '演练：案件A0123的首次接触已逾期35分钟',
      ...message,
    },
  });

  test('is good when the message came in its time', () => {
    expect(judge(expected, [told(AT + 1_000)], field)).toEqual({ expected: 1, missing: [], unexpected: [] });
  });

  test('a call to whom no receipt came is no surprise', () => {
    const call = told(AT + 2 * MINUTE, { channel: 'voice', text: '您好，这里是守望。' });
    expect(judge(expected, [told(AT), call], field)).toEqual({ expected: 1, missing: [], unexpected: [] });
  });

  test.each([
    ['far too late', told(AT + 10 * MINUTE)],
    ['about another step', told(AT, { text: '演练：案件A0123的安全计划已逾期35分钟' })],
    ['a reminder', told(AT, { text: '演练：案件A0123的首次接触将在5分钟内到期，' })],
    ['by another channel', told(AT, { channel: 'email' })],
    ['to somebody else', { ...told(AT), person: stranger }],
  ])('%s does not count, and no rule asks for it', (_, wrong) => {
    expect(judge(expected, [wrong], field)).toMatchObject({ missing: [{ person: worker }], unexpected: [wrong] });
  });

  test.each(['failed', 'rejected'] as const)('a message that is %s told nobody', (status) => {
    expect(judge(expected, [told(AT, { status })], field)).toMatchObject({
      missing: [{ person: worker }],
      unexpected: [],
    });
  });

  test('a rung that nobody stands on is missing', () => {
    const nobody = judge(expected, [], { ...field, accounts: [stranger] });
    expect(nobody.missing).toEqual([expect.objectContaining({ to: 'worker', channel: 'sms' })]);
  });
});
