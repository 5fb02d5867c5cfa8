import { eventually, pause, PHONE, Rig, SIGN, thrown } from './rig';

describe('what the carrier pushes', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await Rig.start();
  });
  afterEach(() => rig.stop());

  it('a receipt in the shape of the status push', async () => {
    const sent = await rig.text();
    await eventually(() => rig.pushes.length === 1);
    expect(rig.pushes).toEqual([
      {
        path: 'status',
        body: [
          {
            user_receive_time: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
            nationcode: '86',
            mobile: PHONE,
            report_status: 'SUCCESS',
            errmsg: 'DELIVRD',
            description: '用户短信送达成功',
            sid: sent?.SerialNo,
          },
        ],
      },
    ]);
    expect(await rig.lastMessage()).toMatchObject({ status: 'delivered' });
  });

  it('the receipts of one moment together', async () => {
    const phones = Array.from({ length: 150 }, (_, i) => `139${String(i).padStart(8, '0')}`);
    await rig.sms().SendSms(rig.textRequest(phones));
    const all = () => rig.pushesTo('status') as unknown[][];
    await eventually(() => all().flat().length === 150);
    expect(Math.max(...all().map((batch) => batch.length))).toBeLessThanOrEqual(100);
    expect(all().length).toBeLessThan(150);
  });

  it('a reply, answering with what the receiver said', async () => {
    await rig.text();
    const { id } = await rig.lastMessage();
    const { status, body } = await rig.control('POST', `messages/${id}/reply`, { text: '4821' });
    expect(status).toBe(200);
    expect(body).toEqual({ delivered: true, attempts: 1, status: 200, answer: { result: 0, errmsg: 'OK' } });
    expect(rig.pushesTo('reply')).toEqual([
      { extend: '', mobile: PHONE, nationcode: '86', sign: SIGN, text: '4821', time: expect.any(Number) },
    ]);
  });

  it('again, twice at most, until it is taken', async () => {
    await rig.text();
    const { id } = await rig.lastMessage();
    await eventually(() => rig.pushes.length === 1);
    rig.answers.push({ status: 500, body: 'no' }, { status: 200, body: '{"result":1,"errmsg":"busy"}' });
    const third = await rig.control('POST', `messages/${id}/reply`, { text: '1' });
    expect(third).toMatchObject({ status: 200, body: { delivered: true, attempts: 3 } });
    rig.answers.push(...Array.from({ length: 3 }, () => ({ status: 503, body: '' })));
    const never = await rig.control('POST', `messages/${id}/reply`, { text: '2' });
    expect(never).toMatchObject({ status: 502, body: { title: 'Push not taken', push: { attempts: 3, status: 503 } } });
    await pause(100);
    expect(rig.pushesTo('reply')).toHaveLength(6);
  });

  it('puts a number on the blacklist when its owner opts out', async () => {
    for (const [i, word] of ['t', 'TD', ' n ', 'qx', '退订', '0000'].entries()) {
      const phone = `1370000000${i}`;
      expect((await rig.text(phone))?.Code).toBe('Ok');
      await rig.control('POST', `messages/${(await rig.lastMessage()).id}/reply`, { text: word });
      expect((await rig.text(phone))?.Code).toBe('FailedOperation.PhoneNumberInBlacklist');
    }
  });

  it('calls: the result and a key', async () => {
    const { SendStatus } = await rig.vms().SendTtsVoice({ ...rig.callRequest(), SessionContext: 'alert-1' });
    expect(SendStatus).toEqual({ CallId: expect.any(String), SessionContext: 'alert-1' });
    await eventually(() => rig.pushesTo('voice').length === 1);
    const call = { call_from: '', callid: SendStatus?.CallId, mobile: PHONE, nationcode: '86' };
    expect(rig.pushesTo('voice')[0]).toEqual({
      voiceprompt_callback: {
        ...call,
        result: '0',
        accept_time: expect.stringMatching(/^\d{10}$/),
        start_calltime: expect.stringMatching(/^\d{10}$/),
        end_calltime: expect.stringMatching(/^\d{10}$/),
        fee: '1',
      },
    });
    const message = await rig.lastMessage();
    expect(message).toMatchObject({ channel: 'voice', status: 'delivered', serialNo: SendStatus?.CallId });
    expect((await rig.control('POST', `messages/${message.id}/keypress`, { key: '1' })).status).toBe(200);
    expect(rig.pushesTo('voice')[1]).toEqual({ voicekey_callback: { ...call, keypress: '1' } });
  });

  it('code calls with a callback of their own', async () => {
    const request = { CodeMessage: '4821', CalledNumber: PHONE, VoiceSdkAppid: rig.config.vmsAppId };
    await rig.vms().SendCodeVoice(request);
    await eventually(() => rig.pushesTo('voice').length === 1);
    expect(rig.pushesTo('voice')[0]).toEqual({ voicecode_callback: expect.objectContaining({ result: '0' }) });
    expect(await rig.lastMessage()).toMatchObject({ text: '您的验证码是4821' });
    expect((await thrown(rig.vms().SendCodeVoice({ ...request, CodeMessage: 'abcd' }))).code).toBe(
      'FailedOperation.InvalidParameters',
    );
  });

  it.each([
    ['another application', { VoiceSdkAppid: '1' }, 'UnauthorizedOperation.VoiceSdkAppidVerifyFail'],
    ['a number abroad', { CalledNumber: '+14155550100' }, 'InvalidParameterValue.CalledNumberVerifyFail'],
    ['an unknown template', { TemplateId: '9' }, 'FailedOperation.TemplateIncorrectOrUnapproved'],
    ['a template of texts', { TemplateId: '100001' }, 'FailedOperation.TemplateIncorrectOrUnapproved'],
    ['variables', { TemplateParamSet: ['A0123'] }, 'FailedOperation.TemplateIncorrectOrUnapproved'],
  ])('no call for %s', async (_what, change, code) => {
    expect((await thrown(rig.vms().SendTtsVoice({ ...rig.callRequest(), ...change }))).code).toBe(code);
    expect(await rig.lastMessage()).toMatchObject({ channel: 'voice', status: 'rejected', code });
  });
});

describe('what the carrier can be asked', () => {
  let rig: Rig;
  const app = () => rig.config.smsAppId;
  beforeEach(async () => {
    rig = await Rig.start();
  });
  afterEach(() => rig.stop());

  it('gives each receipt and each reply out once, also across a restart', async () => {
    const sent = await rig.text();
    await eventually(async () => (await rig.lastMessage()).status === 'delivered');
    await rig.control('POST', `messages/${(await rig.lastMessage()).id}/reply`, { text: '4821' });
    const pull = { SmsSdkAppId: app(), Limit: 100 };
    const { PullSmsSendStatusSet } = await rig.sms().PullSmsSendStatus(pull);
    expect(PullSmsSendStatusSet).toEqual([
      {
        UserReceiveTime: expect.any(Number),
        CountryCode: '86',
        SubscriberNumber: PHONE,
        PhoneNumber: `+86${PHONE}`,
        SerialNo: sent?.SerialNo,
        ReportStatus: 'SUCCESS',
        Description: 'DELIVRD',
        SessionContext: '',
      },
    ]);
    const { PullSmsReplyStatusSet } = await rig.sms().PullSmsReplyStatus(pull);
    expect(PullSmsReplyStatusSet).toEqual([expect.objectContaining({ ReplyContent: '4821', SignName: SIGN })]);
    await rig.restart();
    expect((await rig.sms().PullSmsSendStatus(pull)).PullSmsSendStatusSet).toEqual([]);
    expect((await rig.sms().PullSmsReplyStatus(pull)).PullSmsReplyStatusSet).toEqual([]);
  });

  it('answers about one number as often as asked', async () => {
    await rig.text();
    await rig.text('13900000009');
    await eventually(async () => (await rig.messages()).every((m) => m.status === 'delivered'));
    await rig.control('POST', `messages/${(await rig.lastMessage()).id}/reply`, { text: '1' });
    const BeginTime = Math.floor(Date.now() / 1000) - 60;
    const request = { SmsSdkAppId: app(), PhoneNumber: '+8613900000009', BeginTime, Offset: 0, Limit: 10 };
    for (let i = 0; i < 2; i++) {
      expect((await rig.sms().PullSmsSendStatusByPhoneNumber(request)).PullSmsSendStatusSet).toHaveLength(1);
      expect((await rig.sms().PullSmsReplyStatusByPhoneNumber(request)).PullSmsReplyStatusSet).toHaveLength(1);
    }
    const old = { ...request, BeginTime: BeginTime - 8 * 86_400 };
    expect((await thrown(rig.sms().PullSmsSendStatusByPhoneNumber(old))).code).toBe(
      'InvalidParameterValue.BeginTimeVerifyFail',
    );
  });

  it('lists send records newest first, the refused ones too, in pages', async () => {
    await rig.misbehave({ mode: 'receipt-none' });
    await rig.text(PHONE, 'A0001');
    await rig.misbehave({ mode: 'reject' });
    await rig.text(PHONE, 'A0002');
    await rig.misbehave({ mode: 'receipt-fail' });
    await rig.text(PHONE, 'A0003');
    await rig.misbehave({ mode: 'ok' });
    await rig.text(PHONE, 'A0004');
    await eventually(() => rig.pushesTo('status').flat().length === 2);
    const now = Math.floor(Date.now() / 1000);
    const request = { SmsSdkAppId: app(), PhoneNumber: `+86${PHONE}`, BeginTime: now - 60 };
    const { SendRecordSet = [], TotalCount } = await rig.sms().DescribeSendRecordList(request);
    expect(TotalCount).toBe(4);
    expect(SendRecordSet.map((r) => [r.SendStatus, r.RequestCode, r.StatusCode])).toEqual([
      [2, 'Ok', 'DELIVRD'],
      [4, 'Ok', 'UNDELIV'],
      [1, 'FailedOperation.PhoneNumberInBlacklist', ''],
      [3, 'Ok', ''],
    ]);
    const page = await rig.sms().DescribeSendRecordList({ ...request, Limit: 1, Offset: 1 });
    expect(page.SendRecordSet?.map((r) => r.SendStatus)).toEqual([4]);
    const old = { ...request, BeginTime: now - 73 * 3600 };
    expect((await thrown(rig.sms().DescribeSendRecordList(old))).code).toBe(
      'InvalidParameterValue.BeginTimeVerifyFail',
    );
  });
});
