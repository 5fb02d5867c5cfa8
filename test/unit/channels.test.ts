import fc from 'fast-check';
import { createMail, messageIdOf, outcomeOfMailError } from '../../activities/channels/mail';
import { outcomeOfError } from '../../activities/channels/tencent-client';
import { outcomeOf } from '../../activities/channels/tencent-codes';
import { looksLike } from '../../activities/channels/tencent-sms';
import { codesOf, isOptOut } from '../../api/carrier/reply-text';

describe("Tencent's codes", () => {
  test.each([
    ['LimitExceeded.PhoneNumberThirtySecondLimit', 'retry_after'],
    ['RequestLimitExceeded', 'retry_after'],
    ['LimitExceeded.PhoneNumberDailyLimit', 'refused'],
    ['FailedOperation.PhoneNumberInBlacklist', 'refused'],
    ['AuthFailure.SignatureFailure', 'refused'],
    ['InternalError.Timeout', 'unknown'],
    ['FailedOperation.AccessUpstreamTimeout', 'unknown'],
  ])('%s is %s', (code, kind) => {
    expect(outcomeOf(code)).toMatchObject({ kind, code });
  });

  test('a code that nobody has listed may mean anything', () => {
    expect(outcomeOf('FailedOperation.Brandnew')).toEqual({
      kind: 'unknown',
      code: 'Unlisted:FailedOperation.Brandnew',
    });
    fc.assert(fc.property(fc.string(), (code) => outcomeOf(code).kind === 'unknown'));
    for (const inherited of ['constructor', 'toString', '__proto__']) expect(outcomeOf(inherited).kind).toBe('unknown');
  });
});

describe('errors of the SDK', () => {
  test.each([
    [{ code: 'UnauthorizedOperation.SmsSdkAppIdVerifyFail', requestId: 'r' }, { kind: 'refused' }],
    [
      { httpCode: 502, message: 'Bad Gateway', requestId: '' },
      { kind: 'unknown', code: 'Http502' },
    ],
    [{ message: 'network timeout at: http://x' }, { kind: 'unknown', code: 'Timeout' }],
    [{ message: 'connect ECONNREFUSED 127.0.0.1:1' }, { kind: 'retry_after', code: 'Unreached:ECONNREFUSED' }],
    [{ message: 'socket hang up' }, { kind: 'unknown', code: 'BrokenAnswer' }],
    [{ code: 'ERR_STREAM_PREMATURE_CLOSE', message: 'Premature close' }, { kind: 'unknown' }],
    [new TypeError('x of undefined'), { kind: 'unknown' }],
    [undefined, { kind: 'unknown' }],
  ])('%p', (error, outcome) => {
    expect(outcomeOfError(error)).toMatchObject(outcome);
  });
});

describe('errors of mail', () => {
  test.each([
    [
      { code: 'EENVELOPE', responseCode: 450 },
      { kind: 'retry_after', code: 'SMTP450' },
    ],
    [
      { code: 'EENVELOPE', responseCode: 550 },
      { kind: 'refused', code: 'SMTP550' },
    ],
    [
      { code: 'ESOCKET', syscall: 'connect' },
      { kind: 'retry_after', code: 'ESOCKET' },
    ],
    [
      { code: 'ETIMEDOUT', command: 'CONN' },
      { kind: 'retry_after', code: 'ETIMEDOUT' },
    ],
    [
      { code: 'ETIMEDOUT', command: 'DATA' },
      { kind: 'unknown', code: 'ETIMEDOUT' },
    ],
    [{ code: 'EAUTH' }, { kind: 'refused', code: 'EAUTH' }],
    [{}, { kind: 'unknown', code: 'EUNKNOWN' }],
  ])('%p', (error, outcome) => {
    expect(outcomeOfMailError(error)).toMatchObject(outcome);
  });

  test.each([
    { to: 'a@shouwang.invalid', subject: '逾期\r\nBcc: b@shouwang.invalid' },
    { to: 'a@shouwang.invalid', subject: '逾期\nX: y' },
    { to: 'a@shouwang.invalid\r\nBcc: b@shouwang.invalid', subject: '逾期' },
    { to: 'a@shouwang.invalid\0', subject: '逾期' },
  ])('%j is refused before anybody is called', async (fields) => {
    // Nobody listens there: calling would end otherwise.
    const mail = createMail({ url: 'smtp://127.0.0.1:1', from: 'w@shouwang.invalid', timeoutMs: 500 });
    expect(await mail.send({ key: 'k', body: '正文', ...fields })).toEqual({
      kind: 'refused',
      code: 'HeaderInjection',
    });
    mail.close?.();
  });

  test('a message keeps its id and no other has it', () => {
    const from = '守望 <noreply@watch.example.cn>';
    expect(messageIdOf('a', from)).toBe(messageIdOf('a', from));
    expect(messageIdOf('a', from)).not.toBe(messageIdOf('b', from));
    expect(messageIdOf('a', from)).toMatch(/^<[0-9a-f]{32}@watch\.example\.cn>$/);
  });
});

describe('the carrier shows a text with its values masked', () => {
  const body = '【守望】案件A0123的首次接触已逾期35分钟(急)，回复4821确认。';
  test.each([
    ['【守望】案件*****的****已逾期****(急)，回复****确认。', true],
    ['【守望】案件*****的****已逾期****(急)，回复****确认', false],
    ['【守望】案件*****的****将在****内到期。', false],
    [body, true],
  ])('%s', (masked, like) => {
    expect(looksLike(masked, body)).toBe(like);
  });
});

describe('what people text back', () => {
  test.each([
    ['4821', ['4821']],
    [' ４８２１ ', ['4821']],
    ['回复4821确认', ['4821']],
    ['4 8 2 1', ['4821']],
    ['A0123 4821', ['4821']],
    ['4821,5932', ['4821', '5932']],
    ['4821 4821', ['4821']],
    ['收到', []],
    ['A0123', []],
    ['13800138000', []],
    ['48211', []],
  ])('%p has the codes %p', (text, codes) => {
    expect(codesOf(text)).toEqual(codes);
  });

  test.each(['T', 'td', 'Ｔ', 'n', 'QX', '退订', '退订。', '0000'])('%s opts out', (text) => {
    expect(isOptOut(text)).toBe(true);
  });

  test('a code does not opt out', () => {
    fc.assert(fc.property(fc.integer({ min: 1000, max: 9999 }), (code) => !isOptOut(String(code))));
  });
});
