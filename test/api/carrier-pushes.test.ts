import { createDeliver } from '../../activities/deliver';
import type { Delivery } from '../../prisma/generated/client';
import { makeDeliveries } from '../../store/deliveries';
import { Town, eventually } from './deliver-carrier-rig';
import { overdueTell } from './deliver-rig';

let town: Town;

beforeAll(async () => {
  town = await Town.start();
}, 180_000);
afterAll(() => town.stop());
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
    for (let n = 0; n < 3; n += 1) expect((await town.push('reply', push)).body).toEqual(OK);
    const events = { caseId: text.caseId ?? '', kind: 'alert_acknowledged' };
    await eventually(async () => (await town.alert(text.alertId)).state === 'acknowledged');
    const count = await town.db.event.count({ where: events });
    expect((await town.push('reply', push)).body).toEqual(OK);
    expect(await town.db.event.count({ where: events })).toBe(count);
    expect(await town.metric('shouwang_carrier_replies_total{result="repeated"}')).toBe(repeated + 3);
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
    const help = await eventually(async () =>
      (await town.carrier.messages()).filter((m) => m.text.includes(`确认码${codeOf(text)}对应的提醒`)),
    );
    expect(help).toHaveLength(1);
    expect(await town.db.alertRow.count({ where: { caseId: text.caseId ?? '', state: 'acknowledged' } })).toBe(0);
  });

  test('replies without a known code get one helpful text a day; strangers get none', async () => {
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
      const began = Date.now();
      await town.reply(text, codeOf(text));
      expect(Date.now() - began).toBeLessThan(5_000);
      expect((await town.alert(text.alertId)).state).toBe('open');
    } finally {
      await town.restartWorker();
    }
    await eventually(async () => (await town.alert(text.alertId)).state === 'acknowledged');
  });
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
    await eventually(async () => {
      const rows = await town.db.delivery.findMany({ where: sms });
      return rows.length > 1 && rows.every((row) => row.state === 'delivered');
    });
    const shown = (await town.carrier.messages()).map((m) => m.serialNo);
    const rows = await town.db.delivery.findMany({ where: sms });
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

test('a call is answered by key 1', async () => {
  const { alertId, caseId, personId } = await town.text(await town.lateCase());
  const tell = overdueTell(alertId ?? '', { staffId: personId }, 7);
  const person = { kind: 'staff' as const, id: personId, phone: town.api.account(personId).phone };
  const made = await makeDeliveries(town.db, {
    caseId: caseId ?? '',
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
  expect((await town.carrier.control('POST', `messages/${shown?.id}/keypress`, { key: '2' })).status).toBe(200);
  expect((await town.alert(alertId)).state).toBe('open');
  expect((await town.carrier.control('POST', `messages/${shown?.id}/keypress`, { key: '1' })).status).toBe(200);
  const alert = await eventually(async () => {
    const found = await town.alert(alertId);
    return found.state === 'acknowledged' && found;
  });
  expect(alert.acknowledgedBy).toBe(personId);
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

  test('broken JSON is a bad request', async () => {
    const target = `/carrier/tencent/${town.api.config.carrierSecret}/status`;
    const headers = { 'content-type': 'application/json' };
    expect((await town.api.ask('POST', target, { raw: '[{', headers })).status).toBe(400);
  });
});
