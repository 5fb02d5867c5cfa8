import { eventually, PHONE, Rig, thrown } from './rig';

describe('a carrier that misbehaves', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start();
  });
  afterAll(() => rig.stop());
  afterEach(async () => {
    rig.hurried = false;
    await rig.misbehave({ mode: 'ok', limits: 'off' });
  });

  const count = async () => (await rig.messages()).length;

  it.each([
    ['down', /socket hang up|ECONNRESET/, undefined],
    ['error500', /Internal Server Error/, 500],
    ['garbage', /invalid json/, undefined],
    ['hang-before', /network timeout/, undefined],
  ])('mode %s takes nothing and fails the call', async (mode, message, httpCode) => {
    const before = await count();
    await rig.misbehave({ mode });
    rig.hurried = mode === 'hang-before';
    const error = await thrown(rig.text());
    expect(error.message).toMatch(message);
    expect(error.httpCode).toBe(httpCode);
    expect(error.code).toBeUndefined();
    expect(await count()).toBe(before);
  });

  it('mode slow takes the text, answers too late, and the send records know it', async () => {
    const begin = Math.floor(Date.now() / 1000);
    await rig.misbehave({ mode: 'slow' });
    const phone = '13800138001';
    rig.hurried = true;
    expect((await thrown(rig.text(phone))).message).toMatch(/network timeout/);
    rig.hurried = false;
    const request = { PhoneNumber: `+86${phone}`, SmsSdkAppId: rig.config.smsAppId, BeginTime: begin };
    // A client in a hurry may have given up before the carrier had read what it sent.
    const { SendRecordSet } = await eventually(async () => {
      const found = await rig.sms().DescribeSendRecordList(request);
      return found.TotalCount === 1 && found;
    });
    expect(SendRecordSet?.[0]).toMatchObject({
      RequestCode: 'Ok',
      Content: '【守望】案件*****的****已逾期****,回复****确认。',
    });
    await eventually(() => rig.pushesTo('status').length > 0);
  });

  it('mode cutoff takes the text and breaks the answer off', async () => {
    const before = await count();
    await rig.misbehave({ mode: 'cutoff' });
    expect((await thrown(rig.text())).message).toMatch(/Premature close|invalid json/i);
    expect(await count()).toBe(before + 1);
  });

  it('mode reject refuses each number with its code, the blacklist when none is given', async () => {
    await rig.misbehave({ mode: 'reject' });
    expect((await rig.text())?.Code).toBe('FailedOperation.PhoneNumberInBlacklist');
    await rig.misbehave({ code: 'LimitExceeded.PhoneNumberDailyLimit' });
    expect((await rig.text())?.Code).toBe('LimitExceeded.PhoneNumberDailyLimit');
    expect(await rig.lastMessage()).toMatchObject({ status: 'rejected', code: 'LimitExceeded.PhoneNumberDailyLimit' });
  });

  it.each(['AuthFailure.SignatureFailure', 'RequestLimitExceeded', 'UnauthorizedOperation.ServiceSuspendDueToArrears'])(
    'mode reject with %s refuses the whole request, which leaves no send record',
    async (code) => {
      const phone = '13800138002';
      const begin = Math.floor(Date.now() / 1000);
      await rig.misbehave({ mode: 'reject', code });
      expect((await thrown(rig.text(phone))).code).toBe(code);
      expect(await rig.lastMessage()).toMatchObject({ to: `+86${phone}`, status: 'rejected', code });
      const request = { PhoneNumber: phone, SmsSdkAppId: rig.config.smsAppId, BeginTime: begin };
      expect((await rig.sms().DescribeSendRecordList(request)).TotalCount).toBe(0);
    },
  );

  it('mode reject throws for a call', async () => {
    await rig.misbehave({ mode: 'reject' });
    const error = await thrown(rig.vms().SendTtsVoice(rig.callRequest()));
    expect(error.code).toBe('InvalidParameterValue.CalledNumberVerifyFail');
    await rig.misbehave({ mode: 'reject', code: 'InternalError.UpstreamError' });
    expect((await thrown(rig.vms().SendTtsVoice(rig.callRequest()))).code).toBe('InternalError.UpstreamError');
  });

  it('touches one phone or one channel when told so', async () => {
    await rig.misbehave({ mode: 'reject', only: { to: PHONE } });
    const { SendStatusSet = [] } = await rig.sms().SendSms(rig.textRequest([PHONE, '13900000009']));
    expect(SendStatusSet.map((s) => s.Code)).toEqual(['FailedOperation.PhoneNumberInBlacklist', 'Ok']);
    await rig.misbehave({ mode: 'down', only: { channel: 'voice' } });
    expect((await rig.text())?.Code).toBe('Ok');
    expect((await thrown(rig.vms().SendTtsVoice(rig.callRequest()))).message).toMatch(/hang up|ECONNRESET/);
  });

  it('is well again by itself after forMs', async () => {
    await rig.misbehave({ mode: 'reject', forMs: 60_000 });
    expect((await rig.text())?.Code).toBe('FailedOperation.PhoneNumberInBlacklist');
    await rig.misbehave({ forMs: 100 });
    await eventually(async () => (await rig.text())?.Code === 'Ok');
    expect((await rig.control('GET', 'carrier')).body).toEqual({ mode: 'ok', limits: 'off' });
  });
});

describe('receipts that go wrong', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await Rig.start();
  });
  afterEach(() => rig.stop());

  const items = () => rig.pushesTo('status').flat() as Array<Record<string, string>>;

  it('receipt-fail reports that the text was not delivered', async () => {
    await rig.misbehave({ mode: 'receipt-fail' });
    const sent = await rig.text();
    await eventually(() => items().length === 1);
    expect(items()[0]).toMatchObject({ sid: sent?.SerialNo, report_status: 'FAIL', errmsg: 'UNDELIV' });
    expect(await rig.lastMessage()).toMatchObject({ status: 'failed', code: 'UNDELIV' });
  });

  it('receipt-none never reports', async () => {
    await rig.misbehave({ mode: 'receipt-none' });
    await rig.text();
    // What was sent later has its receipt, and this one none.
    await rig.misbehave({ mode: 'ok' });
    const later = await rig.text();
    await eventually(() => items().length > 0);
    expect(items().map((item) => item.sid)).toEqual([later?.SerialNo]);
    expect((await rig.messages()).map((m) => m.status)).toEqual(['accepted', 'delivered']);
  });

  it('receipt-dup reports the same several times', async () => {
    await rig.misbehave({ mode: 'receipt-dup' });
    const sent = await rig.text();
    await eventually(() => items().length === 4);
    expect(new Set(items().map((item) => item.sid))).toEqual(new Set([sent?.SerialNo]));
  });

  it('receipt-late is overtaken by a later text', async () => {
    await rig.misbehave({ mode: 'receipt-late' });
    const late = await rig.text();
    await rig.misbehave({ mode: 'ok' });
    const quick = await rig.text();
    await eventually(() => items().length === 1);
    // The late one's time is over with the next start, so that nobody sits it out.
    await rig.restart({ lateReceiptDelay: 0 });
    await eventually(() => items().length === 2);
    expect(items().map((item) => item.sid)).toEqual([quick?.SerialNo, late?.SerialNo]);
  });

  it('receipt-early comes before SendSms is answered', async () => {
    await rig.misbehave({ mode: 'receipt-early' });
    const sent = await rig.text();
    expect(items().map((item) => item.sid)).toEqual([sent?.SerialNo]);
  });

  it('receipt-fail for a call: nobody answers', async () => {
    await rig.misbehave({ mode: 'receipt-fail' });
    const { SendStatus } = await rig.vms().SendTtsVoice(rig.callRequest());
    const calls = await eventually(() => rig.pushesTo('voice').length === 2 && rig.pushesTo('voice'));
    expect(calls).toEqual([
      { voiceprompt_callback: expect.objectContaining({ callid: SendStatus?.CallId, result: '1', fee: '0' }) },
      { voice_failure_callback: expect.objectContaining({ callid: SendStatus?.CallId, failure_code: 5 }) },
    ]);
  });
});
