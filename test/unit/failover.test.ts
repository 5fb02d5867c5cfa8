import fc from 'fast-check';
import { WELL, answered, begun, failedAt, isOpenTo, type BreakerSetting } from '../../activities/channels/breaker';
import type { Channel, Outcome, Outgoing } from '../../activities/channels/channel';
import { createChannels } from '../../activities/channels/registry';
import { createLine } from '../../activities/channels/failover';
import { ConfigError } from '../../runtime/env';
import { channelsConfig, channelsEnv } from '../../activities/channels/config';

const SETTING: BreakerSetting = { after: 3, restMs: 1_000 };
const MESSAGE: Outgoing = { key: 'k', to: '+8613800001101', body: '【守望】' };
const AWAY: Outcome = { kind: 'retry_after', ms: 3_000, code: 'Unreached:ECONNREFUSED' };
const SENT: Outcome = { kind: 'sent', ref: 'r' };
const NOBODY = (): Promise<void> => Promise.resolve();

/** A provider that answers what it is told to, one answer a message, the last one for ever. */
function provider(name: string, ...answers: [Outcome, ...Outcome[]]): Channel & { asked: number } {
  return {
    id: 'sms',
    provider: name,
    longestMs: 1_000,
    asked: 0,
    async send() {
      const answer = answers[Math.min(this.asked, answers.length - 1)] ?? answers[0];
      this.asked += 1;
      return answer;
    },
  };
}

describe('the breaker', () => {
  test('opens at the failures in a row that it was set to, and only then', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 40 }), (history) => {
        let state = WELL;
        let inARow = 0;
        history.forEach((ok, at) => {
          state = ok ? answered() : failedAt(state, at, SETTING);
          inARow = ok ? 0 : inARow + 1;
          expect(isOpenTo(state, at)).toBe(inARow < SETTING.after);
        });
      }),
    );
  });

  test('lets one message through after its rest, and the others when that was answered', () => {
    let state = [1, 2, 3].reduce((before, at) => failedAt(before, at, SETTING), WELL);
    expect(isOpenTo(state, 1_002)).toBe(false);
    expect(isOpenTo(state, 1_003)).toBe(true);
    state = begun(state, 1_003, SETTING);
    expect(isOpenTo(state, 1_500)).toBe(false);
    expect(isOpenTo(failedAt(state, 1_600, SETTING), 2_500)).toBe(false);
    expect(isOpenTo(answered(), 1_600)).toBe(true);
  });

  test('a probe that never ends does not keep it shut', () => {
    const state = begun(
      [1, 2, 3].reduce((before, at) => failedAt(before, at, SETTING), WELL),
      1_003,
      SETTING,
    );
    expect(isOpenTo(state, 1_003 + SETTING.restMs)).toBe(true);
  });
});

describe('a line of two providers', () => {
  test.each([
    ['Unreached:ECONNREFUSED', 'retry_after'],
    ['SMTP421', 'retry_after'],
    ['RequestLimitExceeded', 'retry_after'],
    ['FailedOperation.InsufficientBalanceInSmsPackage', 'refused'],
    ['UnauthorizedOperation.ServiceSuspendDueToArrears', 'refused'],
    ['FailedOperation.SignatureIncorrectOrUnapproved', 'refused'],
    ['EAUTH', 'refused'],
  ] as const)('%s: the second is asked in the same attempt, and its name written down before', async (code, kind) => {
    const outcome: Outcome = kind === 'refused' ? { kind, code } : { kind, code, ms: 1 };
    const [first, second] = [provider('sms', outcome), provider('sms2', SENT)];
    const line = createLine([first, second]);
    const handed: string[] = [];
    const sending = await line.send(MESSAGE, line.route(), async (name) => {
      expect(second.asked).toBe(0);
      handed.push(name);
    });
    expect(sending).toMatchObject({ provider: 'sms2', outcome: SENT });
    expect(sending.tried.map((one) => [one.provider, one.outcome.kind])).toEqual([
      ['sms', kind],
      ['sms2', 'sent'],
    ]);
    expect(handed).toEqual(['sms2']);
  });

  test.each([
    { kind: 'unknown', code: 'Timeout' },
    { kind: 'unknown', code: 'Http502' },
    { kind: 'refused', code: 'FailedOperation.PhoneNumberInBlacklist' },
    { kind: 'refused', code: 'FailedOperation.ContainSensitiveWord' },
    { kind: 'refused', code: 'InvalidParameterValue.IncorrectPhoneNumber' },
    { kind: 'refused', code: 'LimitExceeded.PhoneNumberDailyLimit' },
    { kind: 'retry_after', code: 'LimitExceeded.PhoneNumberThirtySecondLimit', ms: 31_000 },
  ] as Outcome[])('%p: nobody else is asked', async (outcome) => {
    const [first, second] = [provider('sms', outcome), provider('sms2', SENT)];
    const line = createLine([first, second]);
    expect((await line.send(MESSAGE, line.route(), NOBODY)).outcome).toEqual(outcome);
    expect(second.asked).toBe(0);
  });

  test('a dead provider costs three messages their time, then one a rest; it is used again once it answers', async () => {
    let clock = 0;
    const dead: Outcome = { kind: 'unknown', code: 'Timeout' };
    const first = provider('sms', dead, dead, dead, dead, SENT);
    const line = createLine([first, provider('sms2', SENT)], { now: () => clock, setting: SETTING });
    const send = async () => (await line.send(MESSAGE, line.route(), NOBODY)).provider;
    expect([await send(), await send(), await send()]).toEqual(['sms', 'sms', 'sms']);
    expect([await send(), await send()]).toEqual(['sms2', 'sms2']);
    clock = 1_000;
    expect([await send(), await send()]).toEqual(['sms', 'sms2']);
    clock = 2_000;
    expect([await send(), await send(), await send()]).toEqual(['sms', 'sms', 'sms']);
    expect(first.asked).toBe(7);
  });

  test('of many messages that come when the rest is over, one probes', async () => {
    let clock = 0;
    const dead: Outcome = { kind: 'unknown', code: 'Timeout' };
    const line = createLine([provider('sms', dead), provider('sms2', SENT)], { now: () => clock, setting: SETTING });
    for (let n = 0; n < 3; n += 1) await line.send(MESSAGE, line.route(), NOBODY);
    clock = 1_000;
    expect([line.route()[0], line.route()[0], line.route()[0]]).toEqual(['sms', 'sms2', 'sms2']);
  });

  test('whoever is in doubt or rests comes last, and nobody is ever left out', async () => {
    const line = createLine([provider('sms', AWAY), provider('sms2', AWAY)], { now: () => 0, setting: SETTING });
    expect(line.route('sms')).toEqual(['sms2', 'sms']);
    expect(line.route('sms2')).toEqual(['sms', 'sms2']);
    for (let n = 0; n < 3; n += 1) await line.send(MESSAGE, line.route(), NOBODY);
    expect(line.route()).toEqual(['sms', 'sms2']);
    expect((await line.send(MESSAGE, line.route(), NOBODY)).tried).toHaveLength(2);
  });

  test('one provider alone is asked every time', async () => {
    const only = provider('sms', AWAY);
    const line = createLine([only]);
    for (let n = 0; n < 5; n += 1) await line.send(MESSAGE, line.route(), NOBODY);
    expect(only.asked).toBe(5);
  });
});

describe('the configuration of second providers', () => {
  const FIRST = {
    TENCENT_SECRET_ID: 'a',
    TENCENT_SECRET_KEY: 'b',
    TENCENT_SMS_APP_ID: '1',
    TENCENT_SMS_SIGN: '守望',
    TENCENT_VMS_APP_ID: '2',
    SMTP_URL: 'smtp://127.0.0.1:25',
    MAIL_FROM: 'a@shouwang.invalid',
  };
  const read = (env: Record<string, string>) => channelsConfig(channelsEnv.parse({ ...FIRST, ...env }));

  test('there is none unless it is configured, and robots have their real hosts', () => {
    const { second, robots } = read({});
    expect(second).toEqual({});
    expect(robots.wecom.url).toBe('https://qyapi.weixin.qq.com');
    expect(robots.dingtalk.url).toBe('https://oapi.dingtalk.com');
  });

  test('one is configured whole', () => {
    const { second } = read({ SMS2_SECRET_ID: 'c', SMS2_SECRET_KEY: 'd', SMS2_APP_ID: '3', SMTP2_URL: 'smtp://b:25' });
    expect(second?.sms).toMatchObject({ appId: '3', sign: '守望', tencent: { secretId: 'c', region: 'ap-guangzhou' } });
    expect(second?.mail).toMatchObject({ url: 'smtp://b:25', from: 'a@shouwang.invalid' });
    expect(second?.voice).toBeUndefined();
  });

  test.each([
    ['one server', {}, 20_000],
    ['two servers', { SMTP2_URL: 'smtp://b:25' }, 12_000],
  ])('%s: how long a send may take is known, and all providers fit into one attempt', (_, env, mailMs) => {
    const channels = createChannels(read(env));
    const longest = Object.values(channels).map((line) => [line.id, ...line.providers.map((p) => line.longestMs(p))]);
    const mails = Object.keys(env).length > 0 ? [mailMs, mailMs] : [mailMs];
    expect(longest).toEqual([
      ['sms', 10_000],
      ['voice', 10_000],
      ['email', ...mails],
      ['wecom', 8_000],
      ['dingtalk', 8_000],
    ]);
    for (const line of Object.values(channels)) line.close();
  });

  test('half of one is named', () => {
    expect(() => read({ SMS2_APP_ID: '3' })).toThrow(ConfigError);
    expect(() => read({ VOICE2_SECRET_ID: '3', VOICE2_APP_ID: '4' })).toThrow('VOICE2_SECRET_KEY: is not set');
  });
});
