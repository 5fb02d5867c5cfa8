import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { eventually, Rig } from './rig';

describe('the control API', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start();
  });
  afterAll(() => rig.stop());
  afterEach(() => rig.misbehave({ mode: 'ok', limits: 'off' }));

  it('lists what came after a message', async () => {
    await rig.text('13900000001', 'A0001');
    await rig.text('13900000002', 'A0002');
    const [first, second] = await rig.messages();
    expect((await rig.messages(first?.id)).map((m) => m.id)).toEqual([second?.id]);
    expect(await rig.messages(second?.id)).toEqual([]);
    expect(await rig.control('GET', 'messages?since=7')).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'since' }] },
    });
  });

  it('keeps the limits when the mode changes, and the mode when the limits change', async () => {
    await rig.misbehave({ limits: 'default' });
    await rig.misbehave({ mode: 'reject', code: 'LimitExceeded.AppDailyLimit', only: { channel: 'sms' } });
    await rig.misbehave({ limits: 'default' });
    const { body } = await rig.control('GET', 'carrier');
    expect(body).toEqual({
      mode: 'reject',
      code: 'LimitExceeded.AppDailyLimit',
      only: { channel: 'sms' },
      limits: 'default',
    });
    expect((await rig.control('POST', 'carrier', { mode: 'down', forMs: 60_000 })).body).toEqual({
      mode: 'down',
      until: expect.stringMatching(/\+08:00$/),
      limits: 'default',
    });
  });

  it.each([
    [{ mode: 'sleepy' }, 'mode'],
    [{ mode: 'down', code: 'FailedOperation.PhoneNumberInBlacklist' }, 'code'],
    [{ code: 'no code' }, 'code'],
    [{ forMs: -1 }, 'forMs'],
    [{ limits: 'some' }, 'limits'],
    [{ speed: 1 }, ''],
    [{ only: { phone: '1' } }, 'only'],
  ])('refuses %j', async (body, where) => {
    expect(await rig.control('POST', 'carrier', body)).toMatchObject({
      status: 422,
      body: { errors: [{ path: where }] },
    });
  });

  it('answers problems for what cannot be done', async () => {
    expect(await rig.control('POST', 'messages/m000009999/reply', { text: '1' })).toMatchObject({ status: 404 });
    expect(await rig.control('GET', 'nothing')).toMatchObject({ status: 404 });
    await rig.text();
    const { id } = await rig.lastMessage();
    expect(await rig.control('POST', `messages/${id}/keypress`, { key: '1' })).toMatchObject({ status: 409 });
    expect(await rig.control('POST', `messages/${id}/reply`, {})).toMatchObject({ status: 422 });
    await rig.misbehave({ mode: 'reject' });
    await rig.text();
    const rejected = await rig.lastMessage();
    expect(await rig.control('POST', `messages/${rejected.id}/reply`, { text: '1' })).toMatchObject({ status: 409 });
    const unreadable = await fetch(`http://127.0.0.1:${rig.carrier.port}/control/carrier`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{',
    });
    expect(unreadable.status).toBe(400);
    expect(unreadable.headers.get('content-type')).toMatch(/problem\+json/);
  });
});

describe('a restart', () => {
  let rig: Rig;
  beforeEach(async () => {
    // No receipt comes by itself while a test looks at what is there.
    rig = await Rig.start({ receiptDelay: 60_000 });
  });
  afterEach(() => rig.stop());

  it('keeps messages, the blacklist and the order of ids, and brings the receipts that were still out', async () => {
    await rig.misbehave({ mode: 'receipt-early' });
    await rig.text('13900000001');
    expect(rig.pushesTo('status')).toHaveLength(1);
    await rig.control('POST', `messages/${(await rig.lastMessage()).id}/reply`, { text: 'TD' });
    await rig.misbehave({ mode: 'ok' });
    const open = await rig.text('13900000002');
    const before = await rig.messages();
    expect(before.map((m) => m.status)).toEqual(['delivered', 'accepted']);
    await rig.misbehave({ mode: 'down', limits: 'default' });
    await rig.restart();
    expect(await rig.messages()).toEqual(before);
    expect((await rig.control('GET', 'carrier')).body).toEqual({ mode: 'ok', limits: 'off' });
    await rig.restart({ receiptDelay: 40 });
    await eventually(() => rig.pushesTo('status').length === 2);
    expect(rig.pushesTo('status')[1]).toEqual([expect.objectContaining({ sid: open?.SerialNo })]);
    expect((await rig.text('13900000001'))?.Code).toBe('FailedOperation.PhoneNumberInBlacklist');
    expect((await rig.lastMessage()).id).toBe('m000000003');
  });

  it('drops a last line that a crash cut off', async () => {
    await rig.text();
    await rig.carrier.close();
    appendFileSync(path.join(rig.config.dataDir, 'carrier.jsonl'), '{"type":"message","mess');
    await rig.restart();
    await rig.text();
    await rig.restart();
    expect((await rig.messages()).map((m) => m.id)).toEqual(['m000000001', 'm000000002']);
  });

  it('refuses a damaged journal by line', async () => {
    await rig.carrier.close();
    const journal = path.join(rig.config.dataDir, 'carrier.jsonl');
    appendFileSync(journal, 'not json\n{"type":"blacklist","to":"+8613900000001"}\n');
    await expect(rig.restart()).rejects.toThrow(/carrier\.jsonl:1/);
  });

  it('ends waits at once', async () => {
    await rig.misbehave({ mode: 'slow' });
    const late = rig.text().catch((error: unknown) => error);
    await eventually(async () => (await rig.messages()).length === 1);
    // The answer is a minute away, longer than this test may take.
    await rig.restart();
    expect(await late).toBeInstanceOf(Error);
  });
});
