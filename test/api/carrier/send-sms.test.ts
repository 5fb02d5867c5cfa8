import { withinOneDay } from '../../support/day';
import { PHONE, Rig, SIGN, thrown } from './rig';

describe('SendSms as the SDK sees it', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start();
  });
  afterAll(() => rig.stop());

  it('takes a text, answers the normalised number and keeps what the phone shows', async () => {
    const answer = await rig.sms().SendSms({ ...rig.textRequest([PHONE]), SessionContext: 'alert-1' });
    expect(answer.RequestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.SendStatusSet).toEqual([
      {
        SerialNo: expect.stringMatching(/^5000:\d{28}$/),
        PhoneNumber: `+86${PHONE}`,
        Fee: 1,
        SessionContext: 'alert-1',
        Code: 'Ok',
        Message: 'send success',
        IsoCode: 'CN',
      },
    ]);
    expect(await rig.lastMessage()).toMatchObject({
      channel: 'sms',
      to: `+86${PHONE}`,
      text: `【${SIGN}】案件A0123的首次接触已逾期35分钟,回复4821确认。`,
      numbers: ['A0123'],
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+\+08:00$/),
      serialNo: answer.SendStatusSet?.[0]?.SerialNo,
    });
  });

  it('answers a mixed set in the order of the request, with no error thrown', async () => {
    const phones = ['+8613900000001', '12', '008613900000002', '8613900000003'];
    const { SendStatusSet = [] } = await rig.sms().SendSms(rig.textRequest(phones));
    expect(SendStatusSet.map((s) => [s.PhoneNumber, s.Code, s.Fee])).toEqual([
      ['+8613900000001', 'Ok', 1],
      ['12', 'InvalidParameterValue.IncorrectPhoneNumber', 0],
      ['+8613900000002', 'Ok', 1],
      ['+8613900000003', 'Ok', 1],
    ]);
    const rejected = (await rig.messages()).filter((m) => m.status === 'rejected' && m.to === '12');
    expect(rejected).toEqual([expect.objectContaining({ code: 'InvalidParameterValue.IncorrectPhoneNumber' })]);
  });

  it.each([
    ['an unknown template', { TemplateId: '999' }, 'FailedOperation.TemplateUnapprovedOrNotExist'],
    ['a voice template', { TemplateId: '200001' }, 'FailedOperation.TemplateUnapprovedOrNotExist'],
    ['another signature', { SignName: '别家' }, 'FailedOperation.SignatureIncorrectOrUnapproved'],
    ['no signature', { SignName: undefined }, 'FailedOperation.SignatureIncorrectOrUnapproved'],
    ['too few values', { TemplateParamSet: ['A0123'] }, 'FailedOperation.TemplateParamSetNotMatchApprovedTemplate'],
    ['no values', { TemplateParamSet: undefined }, 'FailedOperation.TemplateParamSetNotMatchApprovedTemplate'],
    [
      'a value of seven characters',
      { TemplateParamSet: ['A0123', '一二三四五六七', '1', '1'] },
      'InvalidParameterValue.TemplateParameterLengthLimit',
    ],
    [
      'an address in a value',
      { TemplateParamSet: ['A0123', 'a.cn/x', '1', '1'] },
      'InvalidParameterValue.ProhibitedUseUrlInTemplateParameter',
    ],
    [
      'a word the filter knows',
      { TemplateParamSet: ['A0123', '代开发票', '1', '1'] },
      'FailedOperation.ContainSensitiveWord',
    ],
    [
      'a number abroad',
      { PhoneNumberSet: ['+14155550100'] },
      'UnsupportedOperation.ChineseMainlandTemplateToGlobalPhone',
    ],
  ])('refuses %s for that number', async (_what, change, code) => {
    const answer = await rig.sms().SendSms({ ...rig.textRequest([PHONE]), ...change });
    expect(answer.SendStatusSet).toEqual([expect.objectContaining({ Code: code, SerialNo: '', Fee: 0 })]);
    expect(await rig.lastMessage()).toMatchObject({ status: 'rejected', code });
  });

  it.each([
    ['another application', { SmsSdkAppId: '1400000000' }, 'UnauthorizedOperation.SmsSdkAppIdVerifyFail'],
    ['no numbers', { PhoneNumberSet: [] }, 'MissingParameter.EmptyPhoneNumberSet'],
    ['201 numbers', { PhoneNumberSet: Array(201).fill(PHONE) }, 'LimitExceeded.PhoneNumberCountLimit'],
    [
      'numbers of two countries',
      { PhoneNumberSet: [PHONE, '+14155550100'] },
      'UnsupportedOperation.ContainDomesticAndInternationalPhoneNumber',
    ],
    ['a number among the values', { TemplateParamSet: [4821] as unknown as string[] }, 'InvalidParameter'],
    ['a member nobody knows', { Urgent: true }, 'UnknownParameter'],
    ['no template', { TemplateId: undefined as unknown as string }, 'MissingParameter'],
    ['a long SessionContext', { SessionContext: 'x'.repeat(512) }, 'InvalidParameter'],
  ])('refuses the whole request for %s', async (_what, change, code) => {
    const error = await thrown(rig.sms().SendSms({ ...rig.textRequest([PHONE]), ...change }));
    expect(error).toMatchObject({ code, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  });

  it('refuses a wrong key, an unknown id, an unknown action and a missing region', async () => {
    const request = rig.textRequest([PHONE]);
    expect((await thrown(rig.sms('wrong').SendSms(request))).code).toBe('AuthFailure.SignatureFailure');
    expect((await thrown(rig.sms('wrong', 'AKIDother').SendSms(request))).code).toBe('AuthFailure.SecretIdNotFound');
    expect((await thrown(rig.sms().request('SendFax', {}))).code).toBe('InvalidAction');
    expect((await thrown(rig.sms().request('constructor', {}))).code).toBe('InvalidAction');
    const noRegion = rig.sms();
    noRegion.region = '';
    expect((await thrown(noRegion.SendSms(request))).code).toBe('MissingParameter');
  });
});

describe('the frequency limits', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start();
  });
  afterAll(() => rig.stop());

  it('are off until asked for, then refuse the same text in 30 s and the third of a day', async () => {
    await withinOneDay();
    for (let i = 0; i < 4; i++) expect((await rig.text())?.Code).toBe('Ok');
    await rig.misbehave({ limits: 'default' });
    expect((await rig.text())?.Code).toBe('Ok');
    expect((await rig.text())?.Code).toBe('LimitExceeded.PhoneNumberThirtySecondLimit');
    expect((await rig.text(PHONE, 'B0001'))?.Code).toBe('Ok');
    expect((await rig.text(PHONE, 'C0001'))?.Code).toBe('LimitExceeded.PhoneNumberDailyLimit');
    expect((await rig.text('13900000009'))?.Code).toBe('Ok');
    await rig.misbehave({ limits: 'off' });
    expect((await rig.text())?.Code).toBe('Ok');
  });

  it('refuse the second call in 30 s', async () => {
    await rig.misbehave({ limits: 'default' });
    await rig.vms().SendTtsVoice(rig.callRequest());
    const error = await thrown(rig.vms().SendTtsVoice(rig.callRequest()));
    expect(error.code).toBe('LimitExceeded.DeliveryFrequencyLimit');
  });
});
