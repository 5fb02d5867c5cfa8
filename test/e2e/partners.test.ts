/** A referral that nobody takes up, and a case that goes to another station, with every clock running. */
import type { ReferralAnswer, StepAnswer } from '../../api/schemas/answers';
import { startSystem, type CaseBody, type Message, type System } from '../support/system';

let system: System;

beforeAll(async () => {
  system = await startSystem();
}, 900_000);
afterAll(async () => system?.close());

const [WORKER, SUPERVISOR] = ['xinhua_worker1', 'xinhua_supervisor'];
const SECOND_AT_THE_HOSPITAL = '+8613800002013';

const heard = (messages: Message[]): string[] => [...new Set(messages.map((one) => system.who(one)))].sort();
const caseOf = async (id: string, as: string): Promise<CaseBody> =>
  (await system.ask('GET', `/api/v1/cases/${id}`, as)).body;
const post = <T = CaseBody>(path: string, as: string, body: unknown = {}) =>
  system.ask<T>('POST', `/api/v1${path}`, as, body);
const isOpen = ({ state }: StepAnswer): boolean => !['done', 'cancelled'].includes(state);

/** Only what the test is about is left to do. */
async function clear(id: string, keep: (step: StepAnswer) => boolean, as = WORKER): Promise<void> {
  for (const step of (await caseOf(id, as)).steps.filter((one) => isOpen(one) && !keep(one)))
    await post(`/cases/${id}/steps/${step.id}/complete`, as, { outcome: 'not_applicable', note: '演练' });
}

async function assigned(): Promise<CaseBody> {
  const made = await system.report(WORKER);
  await post(`/cases/${made.id}/assign`, SUPERVISOR, { staffId: system.account(WORKER).staffId });
  return made;
}

const form = (path: string, fields: Record<string, string> = {}) =>
  fetch(system.url + path, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: system.url, accept: 'text/html' },
    body: new URLSearchParams(fields),
  });

test('a referral: the second contact, our worker, our supervisor; and the second contact takes it up', async () => {
  const { id, number } = await assigned();
  await clear(id, () => false);
  await system.told(id);
  const body = { partnerId: 'hospital-qinghe', purpose: 'medical' };
  const { body: referral } = await post<ReferralAnswer>(`/cases/${id}/referrals`, WORKER, body);
  await system.forward(id, 1);
  const first = await system.told(id);
  expect(first.filter(({ channel }) => channel === 'sms').map(({ to }) => to)).toEqual(['+8613800002003']);

  // The case's clock runs with the wall's too: minutes are left for what takes long here.
  await system.forward(id, 5);
  expect(await system.told(id)).toEqual([]);
  await system.forward(id, 5);
  const second = await system.told(id);
  expect(second.map(({ to, channel }) => [to, channel])).toEqual([[SECOND_AT_THE_HOSPITAL, 'sms']]);
  expect(second[0]?.text).toContain(`转介（编号${number}）的对方签收尚未办理`);

  // The reminder to our worker, then the ladder.
  await system.forward(id, 5);
  expect(heard(await system.told(id))).toEqual([WORKER]);
  await system.forward(id, 15);
  const late = await system.told(id);
  expect(heard(late)).toEqual([WORKER]);
  expect(late.some(({ text }) => text.includes('对方签收已超时'))).toBe(true);
  await system.forward(id, 10);
  expect(heard(await system.told(id))).toEqual([SUPERVISOR]);

  const code = /[2-9A-HJ-NP-Z]{6}(?=和)/.exec((second[0]?.text ?? '').replace(number, ''))?.[0] ?? '';
  const opened = await form('/r', { code, phoneTail: SECOND_AT_THE_HOSPITAL.slice(-4) });
  expect(opened.status).toBe(303);
  const page = new URL(opened.headers.get('location') ?? '', system.url).pathname;
  for (const what of ['confirm', 'accept']) expect((await form(`${page}/${what}`)).status).toBe(303);
  const taken = await caseOf(id, WORKER);
  expect(taken.referrals).toMatchObject([{ id: referral.id, state: 'accepted' }]);
  expect(taken.alerts.every(({ state }) => state === 'resolved')).toBe(true);
});

test('a case between two stations: nobody answers, it climbs here; accepted, what is late is told there', async () => {
  const { id, number } = await assigned();
  await clear(id, ({ id: step }) => step === 'first_contact' || step === 'safety_plan');
  const dues = async (as: string): Promise<[string, string][]> =>
    (await caseOf(id, as)).steps
      .filter(({ id: step }) => ['first_contact', 'safety_plan'].includes(step))
      .map((one) => [one.id, one.dueAt]);
  const before = await dues(WORKER);
  await system.told(id);
  const reason = '监护人同意，孩子已随母亲迁至东湖街道';
  const offer = { stationId: 'donghu', ground: 'consent', reason };
  expect((await post(`/cases/${id}/transfer`, SUPERVISOR, offer)).status).toBe(200);
  await system.forward(id, 1);
  const asked = await system.told(id);
  expect(heard(asked)).toEqual(['donghu_supervisor']);
  expect(asked.some(({ text }) => text.includes(`案件${number}的移交接收待您办理`))).toBe(true);
  expect(asked.some(({ text }) => text.includes('东湖'))).toBe(false);

  // Half the time: they are asked again, and our worker is reminded. Late: both stations, and the ladder is ours.
  await system.forward(id, 30);
  expect(heard(await system.told(id))).toEqual(['donghu_supervisor', WORKER].sort());
  await system.forward(id, 30);
  expect(heard(await system.told(id))).toEqual(['donghu_supervisor', WORKER].sort());
  await system.forward(id, 10);
  expect(heard(await system.told(id))).toEqual([SUPERVISOR]);

  // Meanwhile the case is ours: its own deadlines are told here, and the other station does not see it.
  expect((await system.ask('GET', `/api/v1/cases/${id}`, 'donghu_supervisor')).status).toBe(404);
  await system.forward(id, 55);
  const mine = await system.told(id);
  expect(mine.some(({ text }) => text.includes('首次接触'))).toBe(true);
  expect(heard(mine.filter(({ text }) => text.includes('首次接触')))).not.toContain('donghu_supervisor');

  const accepted = await post(`/cases/${id}/transfer/accept`, 'donghu_supervisor', { staffId: 'donghu_worker1' });
  expect(accepted.body).toMatchObject({ stationId: 'donghu', assignee: 'donghu_worker1' });
  expect(await dues('donghu_worker1')).toEqual(before);
  await system.forward(id, 1);
  const isOverdue = ({ text }: Message): boolean => text.includes('首次接触已逾期');
  const there = await system.toldUntil(id, (messages) => messages.some(isOverdue));
  const overdue = there.filter(isOverdue);
  expect(heard(overdue)).toEqual(['donghu_worker1']);
  await system.forward(id, 10);
  expect(heard((await system.told(id)).filter(({ text }) => text.includes('首次接触')))).toEqual(['donghu_supervisor']);

  // The station that had it reads what it did, and none of what follows.
  await post(`/cases/${id}/steps/first_contact/complete`, 'donghu_worker1', {
    outcome: 'done',
    note: '东湖站见到孩子',
  });
  const old = await system.ask<CaseBody & { leftAt: string | null }>('GET', `/api/v1/cases/${id}`, WORKER);
  expect(old.body.leftAt).not.toBeNull();
  expect(old.body.steps.find(({ id: step }) => step === 'first_contact')?.state).toBe('overdue');
  const journal = await system.ask<{ items: { kind: string; note: string | null }[] }>(
    'GET',
    `/api/v1/cases/${id}/timeline`,
    WORKER,
  );
  expect(journal.body.items.at(-1)).toMatchObject({ kind: 'transferred', note: reason });
  expect((await post(`/cases/${id}/steps/safety_plan/complete`, WORKER, { outcome: 'done' })).status).toBe(404);
});
