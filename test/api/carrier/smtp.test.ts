import { createTransport } from 'nodemailer';
import { eventually, Rig, thrown } from './rig';

describe('the mail sink', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start();
  });
  afterAll(() => rig.stop());
  afterEach(() => rig.misbehave({ mode: 'ok' }));

  function send(to = 'duty@station.example', socketTimeout = 20_000) {
    const mailer = createTransport({ host: '127.0.0.1', port: rig.carrier.smtpPort, socketTimeout });
    return mailer.sendMail({
      from: 'shouwang@station.example',
      to,
      subject: '案件A0123逾期提醒',
      text: '案件A0123的首次接触已逾期35分钟。\n请登录处理。',
    });
  }

  it('keeps a mail with its subject and text', async () => {
    const { messageId } = await send();
    expect(await rig.lastMessage()).toMatchObject({
      channel: 'email',
      to: 'duty@station.example',
      subject: '案件A0123逾期提醒',
      text: '案件A0123逾期提醒\n案件A0123的首次接触已逾期35分钟。\n请登录处理。',
      numbers: ['A0123'],
      status: 'delivered',
      serialNo: messageId,
    });
    const { id } = await rig.lastMessage();
    expect(await rig.control('POST', `messages/${id}/reply`, { text: '1' })).toMatchObject({ status: 409 });
  });

  it.each([
    ['SMTP450', 450],
    ['SMTP550', 550],
  ])('refuses with %s when asked, keeping the attempt, and leaves texts alone', async (code, responseCode) => {
    await rig.misbehave({ mode: 'reject', code });
    expect(await thrown(send())).toMatchObject({ responseCode });
    expect(await rig.lastMessage()).toMatchObject({ channel: 'email', status: 'rejected', code, numbers: ['A0123'] });
    expect((await rig.text())?.Code).toBe('Ok');
  });

  it('takes mails while texts are refused', async () => {
    await rig.misbehave({ mode: 'reject', code: 'LimitExceeded.AppDailyLimit' });
    await send();
    expect(await rig.lastMessage()).toMatchObject({ channel: 'email', status: 'delivered' });
  });

  it('answers 421 when down, to everybody or to one mailbox', async () => {
    const before = (await rig.messages()).length;
    await rig.misbehave({ mode: 'down' });
    expect(await thrown(send())).toMatchObject({ responseCode: 421 });
    await rig.misbehave({ mode: 'down', only: { channel: 'email', to: 'DUTY@station.example' } });
    expect(await thrown(send())).toMatchObject({ responseCode: 421 });
    expect(await rig.messages()).toHaveLength(before);
    await send('other@station.example');
    expect(await rig.messages()).toHaveLength(before + 1);
  });

  it('takes the mail and answers too late when slow; takes and answers nothing when it hangs', async () => {
    const before = (await rig.messages()).length;
    await rig.misbehave({ mode: 'slow' });
    expect((await thrown(send(undefined, 1_000))).message).toMatch(/timeout/i);
    // A client in a hurry may have given up before the mail was read.
    await eventually(async () => (await rig.messages()).length > before);
    expect(await rig.messages()).toHaveLength(before + 1);
    await rig.misbehave({ mode: 'hang-before' });
    expect((await thrown(send(undefined, 1_000))).message).toMatch(/timeout/i);
    expect(await rig.messages()).toHaveLength(before + 1);
  });
});
