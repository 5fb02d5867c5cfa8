/** The main job on real parts: report, be late, be told, answer, refer, confirm, close. Every message is expected. */
import type { ReferralAnswer } from '../../api/schemas/answers';
import { eventually, startSystem, type CaseBody, type Message, type System } from '../support/system';

let system: System;

beforeAll(async () => {
  system = await startSystem();
}, 900_000);
afterAll(async () => system?.close());

const WORKER = 'xinhua_worker1';
const SUPERVISOR = 'xinhua_supervisor';
const text = (messages: Message[], channel = 'sms') => messages.find((one) => one.channel === channel)?.text ?? '';
/** `who channel`, sorted: within one moment the order is the carrier's. */
const heard = (messages: Message[]) => messages.map((one) => `${system.who(one)} ${one.channel}`).sort();
const both = (...names: string[]) => names.flatMap((name) => [`${name} email`, `${name} sms`]).sort();
const stepOf = (body: CaseBody, id: string) => body.steps.find((step) => step.id === id);
const caseOf = async (id: string, as = WORKER) => (await system.ask('GET', `/api/v1/cases/${id}`, as)).body;
const post = <T = CaseBody>(path: string, as: string, body: unknown) =>
  system.ask<T>('POST', `/api/v1${path}`, as, body);

describe('a critical case whose first contact is late', () => {
  let id: string;
  let number: string;

  test('is answered with every step, its deadline and why', async () => {
    const made = await system.report(WORKER);
    id = made.id;
    number = made.number;
    expect(number).toMatch(/^[A-Z]\d{4}$/);
    expect(made).toMatchObject({
      type: 'neglect',
      risk: 'critical',
      status: 'open',
      possible: [],
    });
    // Where Temporal takes long, the case is answered first and starts a moment later.
    await eventually(
      () => caseOf(id),
      (seen) => seen.workflow === 'running',
    );
    const first = stepOf(made, 'first_contact');
    expect(Date.parse(first?.dueAt ?? '') - Date.parse(made.receivedAt)).toBe(2 * 3_600_000);
    expect(first).toMatchObject({ state: 'pending', basis: { kind: 'judgement' } });
  });

  test('reminds the assigned worker, and then climbs worker, supervisor, duty officer, and all again', async () => {
    expect((await post(`/cases/${id}/assign`, SUPERVISOR, { staffId: system.account(WORKER).staffId })).status).toBe(
      200,
    );
    await system.told(id);
    await system.forward(id, 61);
    expect(heard(await system.told(id))).toEqual(expect.arrayContaining(both(WORKER)));
    for (const kind of (await caseOf(id)).steps.filter((s) => s.kind !== 'first_contact'))
      await post(`/cases/${id}/steps/${kind.id}/complete`, WORKER, {
        outcome: 'not_applicable',
        note: '演练',
      });
    await system.told(id);
    // The case's clock runs with the wall's too: minutes are left for what takes long here.
    await system.forward(id, 55);
    expect(await system.told(id)).toEqual([]);
    await system.forward(id, 5);
    const first = await system.told(id);
    expect(heard(first)).toEqual(both(WORKER));
    expect(text(first)).toContain(`案件${number}的首次接触已逾期`);
    await system.forward(id, 10);
    expect(heard(await system.told(id))).toEqual(both(SUPERVISOR));
    await system.forward(id, 10);
    expect(heard(await system.told(id))).toEqual(both('duty1', 'duty2'));
    await system.forward(id, 15);
    expect(heard(await system.told(id))).toEqual(both(WORKER, SUPERVISOR, 'duty1', 'duty2'));
    expect(stepOf(await caseOf(id), 'first_contact')).toMatchObject({ state: 'overdue' });
  });

  test('is quiet while acknowledged by text, and goes on when that time is over', async () => {
    await system.forward(id, 15);
    const again = await system.told(id);
    const asked = again.find((one) => one.channel === 'sms' && system.who(one) === SUPERVISOR);
    const code = /回复(\d{4})/.exec(asked?.text ?? '')?.[1] ?? '';
    expect((await system.ask('POST', `/sandbox/messages/${asked?.id}/reply`, undefined, { text: code })).status).toBe(
      200,
    );
    // The carrier is answered within two seconds, whether the case has heard of it by then or not.
    const alert = await eventually(
      async () => (await caseOf(id)).alerts.find((one) => one.stepId === 'first_contact'),
      (one) => one?.state === 'acknowledged',
    );
    expect(alert?.acknowledgedBy).toBe(system.account(SUPERVISOR).staffId);
    await system.forward(id, 25);
    const quiet = await system.told(id);
    expect(heard(quiet)).toEqual([`${SUPERVISOR} sms`]);
    expect(text(quiet)).toContain(number);
    await system.forward(id, 10);
    expect(heard(await system.told(id))).toEqual(both(WORKER, SUPERVISOR, 'duty1', 'duty2'));
  });

  test('is over when the step is done; done twice answers the same', async () => {
    const path = `/cases/${id}/steps/first_contact/complete`;
    const done = await post(path, WORKER, { outcome: 'done', note: '已见到孩子' });
    expect(stepOf(done.body, 'first_contact')).toMatchObject({ state: 'done', outcome: 'done' });
    expect((await post(path, WORKER, { outcome: 'done' })).status).toBe(200);
    expect((await caseOf(id)).alerts.filter((one) => one.state !== 'resolved')).toEqual([]);
    await system.forward(id, 60);
    // Everybody who was told hears that it is over, but for the worker who did it.
    const over = await system.told(id);
    expect(heard(over)).toEqual(both(SUPERVISOR, 'duty1', 'duty2'));
    expect(text(over)).toContain(`案件${number}的首次接触告警已解除`);
  });
});

describe('a carrier that says nothing, or no', () => {
  const carrier = (body: object) =>
    fetch(`${system.stack.carrierUrl}/control/carrier`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  afterAll(() => carrier({ mode: 'ok' }));

  let id: string;
  /** A critical case of one worker, whose only open step is overdue and was told. */
  const lateCase = async (): Promise<void> => {
    ({ id } = await system.report(WORKER));
    await post(`/cases/${id}/assign`, SUPERVISOR, { staffId: system.account(WORKER).staffId });
    for (const { id: step, kind } of (await caseOf(id)).steps)
      if (kind !== 'first_contact')
        await post(`/cases/${id}/steps/${step}/complete`, WORKER, { outcome: 'not_applicable', note: '演练' });
    await system.forward(id, 115);
    await system.told(id);
    await system.forward(id, 5);
  };

  test('no receipt for two minutes: the phone rings; pressing 1 acknowledges', async () => {
    await carrier({ mode: 'receipt-none', only: { channel: 'sms' } });
    await lateCase();
    expect(heard(await system.told(id))).toEqual(both(WORKER));
    await system.forward(id, 2);
    const [call, ...others] = await system.told(id);
    expect(others).toEqual([]);
    expect([call?.channel, call && system.who(call)]).toEqual(['voice', WORKER]);
    await fetch(`${system.stack.carrierUrl}/control/messages/${call?.id}/keypress`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ key: '1' }),
    });
    const acknowledged = await eventually(
      async () => (await caseOf(id)).alerts.find((one) => one.stepId === 'first_contact'),
      (alert) => alert?.state === 'acknowledged',
    );
    expect(acknowledged?.acknowledgedBy).toBe(system.account(WORKER).staffId);
  });

  test('escalated by hand, the supervisor hears at once, acknowledged or not', async () => {
    await carrier({ mode: 'ok' });
    const alert = (await caseOf(id)).alerts.find((one) => one.stepId === 'first_contact');
    expect((await post(`/alerts/${alert?.id}/escalate`, WORKER, {})).status).toBe(200);
    // The clock goes on when everything of this moment is out.
    await system.forward(id, 1);
    expect(heard(await system.told(id))).toEqual(both(SUPERVISOR));
  });

  test('a number on the black list: the phone rings at once, and the next rung keeps its time', async () => {
    await carrier({ mode: 'reject', code: 'FailedOperation.PhoneNumberInBlacklist', only: { channel: 'sms' } });
    await lateCase();
    const told = (await system.told(id)).filter((one) => one.status !== 'rejected');
    expect(heard(told)).toEqual([`${WORKER} email`, `${WORKER} voice`]);
    await carrier({ mode: 'ok' });
    await system.forward(id, 9);
    expect(await system.told(id)).toEqual([]);
    await system.forward(id, 1);
    expect(heard(await system.told(id))).toEqual(both(SUPERVISOR));
  });
});

describe('a referral', () => {
  let id: string;
  let referral: ReferralAnswer;
  let page: string;

  test('texts the partner the fixed address and a code, and mails the full link', async () => {
    const made = await system.report(WORKER, { risk: 'high' });
    id = made.id;
    const partners = (await system.ask<{ items: { id: string }[] }>('GET', '/api/v1/partners?kind=police', WORKER))
      .body;
    const partnerId = partners.items?.[0]?.id;
    const sent = await post<ReferralAnswer>(`/cases/${id}/referrals`, WORKER, {
      partnerId,
      purpose: 'investigate',
      note: '请协助',
    });
    expect(sent.status).toBe(201);
    referral = sent.body;
    expect(referral).toMatchObject({ partnerId, state: 'sent' });
    await system.forward(id, 1);
    const messages = await system.told(id);
    expect(messages.map((one) => one.channel).sort()).toEqual(['email', 'sms']);
    expect(text(messages)).toContain(`${system.url}/r`);
    expect(text(messages, 'email')).toMatch(/\/r\/[\w-]{22,}/);
    const code = /[2-9A-HJ-NP-Z]{6}(?=和)/.exec(text(messages).replace(made.number, ''))?.[0] ?? '';
    const phone = messages.find((one) => one.channel === 'sms')?.to ?? '';
    const form = (fields: Record<string, string>, path = '/r') =>
      fetch(system.url + path, {
        method: 'POST',
        redirect: 'manual',
        headers: { origin: system.url },
        body: new URLSearchParams(fields),
      });
    expect((await form({ code: 'ZZZZZZ', phoneTail: phone.slice(-4) })).status).toBe(404);
    const opened = await form({ code, phoneTail: phone.slice(-4) });
    expect(opened.status).toBe(303);
    page = opened.headers.get('location') ?? '';
    expect(page).toMatch(/\/r\/[\w-]{22,}$/);
    const seen = await fetch(new URL(page, system.url));
    expect(seen.status).toBe(200);
    expect(seen.headers.get('cache-control')).toContain('no-store');
    const confirm = await form({}, `${new URL(page, system.url).pathname}/confirm`);
    expect([200, 303]).toContain(confirm.status);
    expect((await caseOf(id)).referrals).toMatchObject([{ state: 'received' }]);
    const fed = await form({ outcome: 'done', text: '已出警' }, `${new URL(page, system.url).pathname}/feedback`);
    expect([200, 303]).toContain(fed.status);
    expect((await caseOf(id)).referrals).toMatchObject([{ state: 'feedback' }]);
  });

  test('revoked or closed, its link is gone', async () => {
    for (const step of (await caseOf(id)).steps.filter((s) => !['done', 'cancelled'].includes(s.state)))
      await post(`/cases/${id}/steps/${step.id}/complete`, WORKER, {
        outcome: 'not_applicable',
        note: '演练',
      });
    expect((await post(`/cases/${id}/close`, WORKER, { reason: '演练结束' })).status).toBe(200);
    expect((await post(`/cases/${id}/close/decision`, WORKER, { approve: true })).status).toBe(403);
    const closed = await post(`/cases/${id}/close/decision`, SUPERVISOR, { approve: true });
    expect(closed.body).toMatchObject({ status: 'closed' });
    expect((await fetch(new URL(page, system.url))).status).toBe(410);
    const moved = await system.ask('POST', `/sandbox/cases/${id}/fast-forward`, undefined, { seconds: 60 });
    expect(moved.status).toBe(409);
  });

  test('unconfirmed, climbs the same ladder', async () => {
    const made = await system.report(WORKER);
    const own = made.id;
    const assigned = await post(`/cases/${own}/assign`, SUPERVISOR, { staffId: system.account(WORKER).staffId });
    expect(assigned.status).toBe(200);
    await post(`/cases/${own}/referrals`, WORKER, { partnerId: referral.partnerId, purpose: 'protect' });
    await system.told(own);
    await system.forward(own, 30);
    const late = (await system.told(own)).filter((one) => one.text.includes('对方签收已超时'));
    expect(heard(late)).toEqual(expect.arrayContaining([`${WORKER} sms`]));
  });
});
