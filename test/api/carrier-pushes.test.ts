import { randomUUID } from 'node:crypto';
import { createDeliver } from '../../activities/deliver';
import type { AlertMoment } from '../../api/schemas/channels';
import type { Delivery } from '../../prisma/generated/client';
import { makeDeliveries } from '../../store/deliveries';
import { nameConflict } from '../../store/shields';
import { withinOneDay } from '../support/day';
import { Town, eventually } from './deliver-carrier-rig';
import { overdueTell } from './deliver-rig';

let town: Town;

beforeAll(async () => {
  town = await Town.start();
}, 600_000);
afterAll(() => town?.stop());
afterEach(() => town.carrier.control('POST', 'carrier', { mode: 'ok' }));

const codeOf = ({ vars }: Delivery): string => (vars as { code?: string }).code ?? '';
const misbehave = (state: object) => town.carrier.control('POST', 'carrier', state);
const stateOf = async ({ key }: Delivery) => (await town.db.delivery.findUniqueOrThrow({ where: { key } })).state;
const OK = { result: 0, errmsg: 'OK' };
const localOf = (phone: string | null | undefined): string => (phone ?? '').replace(/^\+86/, '');

describe('replies', () => {
  test('a text answered with its code acknowledges that alert, as that person, once', async () => {
    const text = await town.text(await town.lateCase());
    await town.reply(text, `　${codeOf(text)} 收到`);
    const acknowledged = await eventually(async () => {
      const alert = await town.alert(text.alertId);
      return alert.state === 'acknowledged' && alert;
    });
    expect(acknowledged.acknowledgedBy).toBe(text.personId);
    const others = await town.db.alertRow.findMany({
      where: { caseId: text.caseId ?? '', NOT: { id: acknowledged.id } },
    });
    expect(others.every((alert) => alert.acknowledgedBy === null)).toBe(true);
  });

  test('the same push again, now or replayed later, changes nothing', async () => {
    const text = await town.text(await town.lateCase());
    const { phone } = town.api.account(text.personId);
    const push = {
      mobile: localOf(phone),
      nationcode: '86',
      sign: '守望',
      extend: '',
      text: codeOf(text),
      time: 1_790_000_000,
    };
    const repeated = await town.metric('shouwang_carrier_replies_total{result="repeated"}');
    expect((await town.push('reply', push)).body).toEqual(OK);
    // Until the case has answered, the same again is one more try and no repetition.
    await eventually(() => town.db.alertReply.findFirst({ where: { alertId: text.alertId ?? '' } }));
    for (let n = 0; n < 2; n += 1) expect((await town.push('reply', push)).body).toEqual(OK);
    const events = { caseId: text.caseId ?? '', kind: 'alert_acknowledged' };
    expect((await town.alert(text.alertId)).state).toBe('acknowledged');
    const count = await town.db.event.count({ where: events });
    expect((await town.push('reply', push)).body).toEqual(OK);
    expect(await town.db.event.count({ where: events })).toBe(count);
    expect(await town.metric('shouwang_carrier_replies_total{result="repeated"}')).toBe(repeated + 3);
  });

  test('the alert shows in order who was told, every try, the receipt and the reply, without a phone', async () => {
    const text = await town.text(await town.lateCase(), ['delivered']);
    await town.reply(text, codeOf(text));
    // The carrier is answered before the case is, where that takes long; and a receipt may overtake the attempt's own line.
    const ofAlert = { alertId: text.alertId ?? '' };
    await eventually(() => town.db.alertReply.findFirst({ where: { ...ofAlert, outcome: 'acknowledged' } }));
    await eventually(() => town.db.deliveryAttempt.findFirst({ where: { key: text.key, outcome: 'sent' } }));
    const path = `/api/v1/alerts/${text.alertId}`;
    const { status, body } = await town.api.ask('GET', path, { as: text.personId });
    expect([status, body['state']]).toEqual([200, 'acknowledged']);
    const timeline = body['timeline'] as unknown as AlertMoment[];
    const about = timeline.filter((one) => one.message === text.key);
    expect(about.map((one) => `${one.kind} ${one.what}`)).toEqual([
      'told overdue',
      'attempt sent',
      'receipt delivered',
    ]);
    expect(about[1]).toMatchObject({ provider: 'sms', attempt: 1, channel: 'sms', who: { id: text.personId } });
    const name = (await town.db.staff.findUniqueOrThrow({ where: { id: text.personId } })).name;
    expect(timeline.find((one) => one.kind === 'reply')).toMatchObject({
      what: 'acknowledged',
      channel: 'sms',
      who: { kind: 'staff', id: text.personId, name },
    });
    const events = timeline.filter((one) => one.kind === 'event').map((one) => one.what);
    expect(events).toEqual(expect.arrayContaining(['alert_opened', 'rung_told', 'alert_acknowledged']));
    expect(events[0]).toBe('alert_opened');
    expect(JSON.stringify(body)).not.toContain(localOf(town.api.account(text.personId).phone));
    expect((await town.api.ask('GET', path, { as: 'donghu_worker1' })).status).toBe(404);
  });

  test('a code from another phone acknowledges nothing', async () => {
    const text = await town.text(await town.lateCase());
    const other = town.api.accounts.find((one) => one.stationId === 'donghu');
    await town.push('reply', { mobile: localOf(other?.phone), nationcode: '86', text: codeOf(text) });
    expect((await town.alert(text.alertId)).state).toBe('open');
  });

  test('a code whose alert is over is answered with one text and acknowledges nothing else', async () => {
    const text = await town.text(await town.lateCase());
    const done = await town.api.ask('POST', `/api/v1/cases/${text.caseId}/steps/safety_plan/complete`, {
      as: text.personId,
      body: { outcome: 'done' },
    });
    expect(done.status).toBe(200);
    await eventually(async () => (await town.alert(text.alertId)).state === 'resolved');
    for (const words of ['', ' 再次', ' 第三次']) await town.reply(text, codeOf(text) + words);
    await eventually(() => town.db.delivery.findFirst({ where: { kind: 'late_code', alertId: text.alertId } }));
    await town.courier.sendWaiting();
    // The worker's own courier may have taken it and be on its way.
    const help = await eventually(async () => {
      const found = (await town.carrier.messages()).filter((m) => m.text.includes(`确认码${codeOf(text)}对应的提醒`));
      return found.length > 0 && found;
    });
    expect(help).toHaveLength(1);
    expect(await town.db.alertRow.count({ where: { caseId: text.caseId ?? '', state: 'acknowledged' } })).toBe(0);
  });

  test('replies without a known code get one helpful text a day; strangers get none', async () => {
    await withinOneDay();
    const account = town.api.account('xinhua_supervisor');
    for (const text of ['好的', '0001', '收到，马上办']) {
      expect((await town.push('reply', { mobile: localOf(account.phone), nationcode: '86', text })).body).toEqual(OK);
    }
    expect((await town.push('reply', { mobile: '13999998888', nationcode: '86', text: '你是谁' })).body).toEqual(OK);
    const made = await town.db.delivery.findMany({ where: { kind: 'unknown_code' } });
    expect(made.filter((row) => row.personId === account.staffId)).toHaveLength(1);
    await Promise.all([town.courier.sendWaiting(), town.courier.sendWaiting()]);
    const help = await eventually(async () => {
      const found = (await town.carrier.messages()).filter((m) => m.text.includes('未能识别您回复的确认码'));
      return found.some((m) => m.to.endsWith(localOf(account.phone))) && found;
    });
    expect(help.filter((m) => m.to.endsWith(localOf(account.phone)))).toHaveLength(1);
    expect(help.some((m) => m.to === '+8613999998888')).toBe(false);
  });

  test.each(['T', '退订', '0000'])('%s is no acknowledgement and gets no answer', async (word) => {
    const before = await town.db.delivery.count({ where: { kind: 'unknown_code' } });
    const { phone } = town.api.account('xinhua_worker2');
    expect((await town.push('reply', { mobile: localOf(phone), nationcode: '86', text: word })).body).toEqual(OK);
    expect(await town.db.delivery.count({ where: { kind: 'unknown_code' } })).toBe(before);
  });

  test('while no worker is there the reply is kept, and said to the case when one is back', async () => {
    const text = await town.text(await town.lateCase());
    await town.worker.stop();
    try {
      // The carrier waits five seconds and comes again: it is answered within those.
      expect(await town.reply(text, codeOf(text))).toMatchObject({ delivered: true, attempts: 1 });
      expect((await town.alert(text.alertId)).state).toBe('open');
    } finally {
      await town.restartWorker();
    }
    await eventually(async () => (await town.alert(text.alertId)).state === 'acknowledged');
  }, 120_000);
});

describe('receipts', () => {
  test('a text that arrived is delivered, and a repeated receipt changes nothing', async () => {
    await misbehave({ mode: 'receipt-dup' });
    const before = await town.metric('shouwang_carrier_receipts_total{result="repeated"}');
    const text = await town.text(await town.lateCase(), ['delivered']);
    expect(text.receiptAt).not.toBeNull();
    await eventually(async () => (await town.metric('shouwang_carrier_receipts_total{result="repeated"}')) > before);
    const late = {
      mobile: '13800000000',
      nationcode: '86',
      report_status: 'FAIL',
      errmsg: 'UNDELIV',
      sid: text.providerRef,
    };
    expect((await town.push('status', [late])).body).toEqual(OK);
    expect(await stateOf(text)).toBe('delivered');
  });

  test('a receipt that overtakes the answer is not lost', async () => {
    await misbehave({ mode: 'receipt-early', only: { channel: 'sms' } });
    const caseId = await town.lateCase();
    const sms = { caseId, channel: 'sms', kind: 'overdue' };
    const rows = await eventually(async () => {
      const found = await town.db.delivery.findMany({ where: sms });
      return found.length > 1 && found.every((row) => row.state === 'delivered') && found;
    });
    const shown = (await town.carrier.messages()).map((m) => m.serialNo);
    expect(rows.every((row) => shown.includes(row.providerRef ?? ''))).toBe(true);
    expect(new Set(rows.map((row) => row.providerRef)).size).toBe(rows.length);
  });

  test('a text that did not arrive fails, and its case learns of it', async () => {
    await misbehave({ mode: 'receipt-fail', only: { channel: 'sms' } });
    const caseId = await town.lateCase();
    const text = await town.text(caseId, ['failed']);
    expect(text).toMatchObject({ code: 'UNDELIV' });
    const event = await eventually(() =>
      town.db.event.findFirst({
        where: { caseId, kind: 'message_failed', data: { path: ['key'], equals: text.key } },
      }),
    );
    expect(event.data).toMatchObject({ code: 'UNDELIV' });
  });
});

/** Somebody's phone rings: row of the call, and its name at the carrier's. */
async function ringing() {
  const { alertId, caseId, personId } = await town.text(await town.lateCase());
  const tell = overdueTell(alertId ?? '', { staffId: personId }, 7);
  const person = { kind: 'staff' as const, id: personId, phone: town.api.account(personId).phone };
  const made = await makeDeliveries(town.db, {
    ...{ caseId: caseId ?? '', number: 'A0001', risk: 'high' },
    at: Date.now(),
    tell,
    person,
    channels: ['voice'],
  });
  const key = made[0]?.key ?? '';
  const sent = await createDeliver(town.deps).deliver({ caseId: caseId ?? '', key, at: Date.now() });
  expect(sent).toEqual({ outcome: 'sent' });
  const row = await town.db.delivery.findUniqueOrThrow({ where: { key } });
  const shown = (await town.carrier.messages()).find((one) => one.serialNo === row.providerRef);
  await eventually(async () => (await stateOf(row)) === 'delivered');
  const press = async (pressed: string): Promise<void> => {
    const reply = await town.carrier.control('POST', `messages/${shown?.id}/keypress`, { key: pressed });
    expect(reply.status).toBe(200);
  };
  return { alertId, caseId, personId, press };
}

test('a call is answered by key 1', async () => {
  const { alertId, personId, press } = await ringing();
  await press('2');
  expect((await town.alert(alertId)).state).toBe('open');
  await press('1');
  const alert = await eventually(async () => {
    const found = await town.alert(alertId);
    return found.state === 'acknowledged' && found;
  });
  expect(alert.acknowledgedBy).toBe(personId);
});

test('the key of somebody who was shut out of the case while their phone rang answers nothing', async () => {
  const { alertId, caseId, personId, press } = await ringing();
  const supervisor = { caseId: caseId ?? '', staffId: 'xinhua_supervisor' };
  const conflict = { ...supervisor, id: randomUUID(), reasonId: randomUUID() };
  await nameConflict(town.db, conflict, personId);
  // Answered once the carrier's push has been worked on: what it would have changed is changed by then.
  await press('1');
  expect((await town.alert(alertId)).state).toBe('open');
  expect(await town.db.alertReply.count({ where: { alertId: alertId ?? '' } })).toBe(0);
});

describe('what is not the carrier', () => {
  const receipt = {
    mobile: '13800000000',
    nationcode: '86',
    report_status: 'SUCCESS',
    errmsg: 'DELIVRD',
    sid: 'nobody:1',
  };

  test('a wrong secret is an unknown address, and counted', async () => {
    const before = await town.metric('shouwang_carrier_pushes_total{result="forged"}');
    for (const kind of ['status', 'reply', 'voice'])
      expect((await town.push(kind, [receipt], 'guess')).status).toBe(404);
    expect(await town.metric('shouwang_carrier_pushes_total{result="forged"}')).toBe(before + 3);
  });

  test('a receipt for an unknown message is taken and counted', async () => {
    const before = await town.metric('shouwang_carrier_receipts_total{result="unknown"}');
    const answer = await town.push('status', [receipt]);
    expect(answer).toMatchObject({ status: 200, body: OK });
    expect(await town.metric('shouwang_carrier_receipts_total{result="unknown"}')).toBe(before + 1);
  });

  test.each([
    ['status', {}],
    ['status', []],
    ['status', [{ sid: 1 }]],
    ['reply', []],
    ['reply', { mobile: '13800000000' }],
    ['voice', { other_callback: {} }],
  ])('%s %j is refused in the shape the carrier knows', async (kind, body) => {
    expect(await town.push(kind, body)).toMatchObject({ status: 200, body: { result: 1 } });
  });

  test('a body that is no JSON, or too large, is refused and counted; behind a wrong secret it is not even read', async () => {
    const target = (secret: string) => `/carrier/tencent/${secret}/status`;
    const headers = { 'content-type': 'application/json' };
    const count = (result: string) => town.metric(`shouwang_carrier_pushes_total{result="${result}"}`);
    const [broken, forged] = [await count('broken'), await count('forged')];
    const own = town.api.config.carrierSecret;
    expect((await town.api.ask('POST', target(own), { raw: '[{', headers })).status).toBe(400);
    expect((await town.api.ask('POST', target(own), { raw: `"${'0'.repeat(300_000)}"`, headers })).status).toBe(413);
    expect((await town.api.ask('POST', target('guess'), { raw: '[{', headers })).status).toBe(404);
    expect([await count('broken'), await count('forged')]).toEqual([broken + 2, forged + 1]);
  });

  test('what cannot be read is counted', async () => {
    const before = await town.metric('shouwang_carrier_pushes_total{result="unreadable"}');
    await town.push('voice', { other_callback: {} });
    expect(await town.metric('shouwang_carrier_pushes_total{result="unreadable"}')).toBe(before + 1);
  });
});

test("the second provider's receipts come to an address of their own, and are about its own messages", async () => {
  await misbehave({ mode: 'receipt-none', only: { channel: 'sms' } });
  const text = await town.text(await town.lateCase(), ['sent']);
  const other = town.api.config.carrier2Secret;
  const receipt = {
    mobile: localOf(town.api.account(text.personId).phone),
    nationcode: '86',
    report_status: 'SUCCESS',
    errmsg: 'DELIVRD',
  };
  // As if its answer had been lost: nothing but phone and provider says whose receipt this is.
  const lost = { state: 'sending', providerRef: null, provider: 'sms2' };
  await town.db.delivery.update({ where: { key: text.key }, data: lost });
  const push = (sid: string, secret?: string) => town.push('status', [{ ...receipt, sid }], secret);
  expect((await push('first:1')).body).toEqual(OK);
  expect(await stateOf(text)).toBe('sending');
  expect((await push('second:1', other)).body).toEqual(OK);
  expect(await stateOf(text)).toBe('delivered');
});
