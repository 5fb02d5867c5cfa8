import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { signOf } from '../../activities/channels/dingtalk';
import { outcomeOfAnswer, outcomeOfFetchError, type RobotCodes } from '../../activities/channels/robot';
import { faultOf, FAULT_KINDS, FAULT_WORDS, passesOn } from '../../domain/faults';
import { robotProblems } from '../../domain/robot-text';
import { lengthOf, MAX_VARIABLE } from '../../domain/short';
import { ladderWords } from '../../cli/policy/words';
import { keyRing } from '../../store/keys';
import { loadPolicy } from '../../store/policies';
import { createRobots } from '../../store/robots';
import { VaultKeyUnknown } from '../../store/vault';
import { VaultSealBroken } from '../../store/vault-cipher';

const POLICIES = join(__dirname, '../../policies');
const CODES: RobotCodes = { name: 'WeCom', retry: new Map([[45009, 20_000]]), refused: new Set([93000]) };

describe('what a robot answers', () => {
  test.each([
    [
      { errcode: 0, errmsg: 'ok' },
      { kind: 'sent', ref: 'r' },
    ],
    [
      { errcode: 45009, errmsg: 'api freq out of limit' },
      { kind: 'retry_after', ms: 20_000, code: 'WeCom45009' },
    ],
    [
      { errcode: 93000, errmsg: 'invalid webhook url' },
      { kind: 'refused', code: 'WeCom93000' },
    ],
    [{ errcode: 1 }, { kind: 'unknown', code: 'Unlisted:WeCom1' }],
    [{ errcode: '0' }, { kind: 'unknown', code: 'BrokenAnswer' }],
    [undefined, { kind: 'unknown', code: 'BrokenAnswer' }],
  ])('%p', (answer, outcome) => {
    expect(outcomeOfAnswer(CODES, answer, 'r')).toEqual(outcome);
  });

  test('only errcode 0 counts as sent', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (answer) => outcomeOfAnswer(CODES, answer, 'r').kind !== 'sent'),
      { examples: [[null], [[]], [{ errcode: null }]] },
    );
  });

  test('a connection that was never made is no riddle, a broken one is', () => {
    const refusedConnection = new TypeError('fetch failed', {
      cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }),
    });
    expect(outcomeOfFetchError(refusedConnection)).toMatchObject({
      kind: 'retry_after',
      code: 'Unreached:ECONNREFUSED',
    });
    expect(outcomeOfFetchError(new TypeError('terminated'))).toEqual({ kind: 'unknown', code: 'BrokenAnswer' });
    expect(outcomeOfFetchError(new DOMException('late', 'TimeoutError'))).toEqual({ kind: 'unknown', code: 'Timeout' });
  });

  test('DingTalk signs with HMAC-SHA256 of timestamp and secret', () => {
    // printf '1700000000000\nSECabc' | openssl dgst -sha256 -hmac SECabc -binary | base64
    expect(signOf(1_700_000_000_000, 'SECabc')).toBe('jcUpW0QmtKduN03n4JqQ0PBosVjqnM8gU7fIIvsDmCM=');
  });
});

describe("a robot's key", () => {
  const vaultKey = randomBytes(32).toString('base64');
  const robots = createRobots(keyRing(vaultKey));
  const robot = { id: 'r1', stationId: 'east', kind: 'dingtalk' as const, name: '值守群' };
  const row = {
    ...robots.seal(robot, { key: 'token-0123456789', secret: 'SEC1' }),
    active: true,
    createdAt: new Date(),
  };

  test('opens again, and is not in the row', () => {
    expect(robots.open(row)).toEqual({ key: 'token-0123456789', secret: 'SEC1' });
    expect(Buffer.from(row.sealed).includes('token-0123456789')).toBe(false);
  });

  test('opens in no other row and under no other key', () => {
    expect(() => robots.open({ ...row, stationId: 'west' })).toThrow(VaultSealBroken);
    expect(() => createRobots(keyRing(randomBytes(32).toString('base64'))).open(row)).toThrow(VaultKeyUnknown);
  });
});

describe('the wording for a group', () => {
  test.each([
    ['守望提醒：案件{number}的{step}已逾期{late}。', []],
    ['案件{number}的{step}已逾期{late}。', ['the word']],
    ['守望：回复{code}确认', ['not for a group: {code}']],
    ['守望：${PUBLIC_URL}/a/{token}', ['not for a group: {token}']],
    ['守望：https://watch.example.cn', ['no address']],
    [`守望${'字'.repeat(400)}`, ['at most']],
  ])('%s', (body, problems) => {
    const found = robotProblems(body);
    expect(found).toHaveLength(problems.length);
    problems.forEach((problem, n) => expect(found[n]).toContain(problem));
  });
});

test('a policy may tell groups on any rung, and says so in words', () => {
  const dir = mkdtempSync(join(tmpdir(), 'shouwang-robots-'));
  try {
    cpSync(POLICIES, dir, { recursive: true });
    const base = readFileSync(join(dir, 'base.yaml'), 'utf8');
    writeFileSync(
      join(dir, 'base.yaml'),
      base.replaceAll('channels: [sms, email', 'channels: [wecom, dingtalk, sms, email'),
    );
    const ladder = loadPolicy(dir).ladders.critical;
    expect(ladder.rungs[0]?.channels.slice(0, 2)).toEqual(['wecom', 'dingtalk']);
    expect(ladderWords(ladder)[0]).toContain('企业微信群、钉钉群、短信');
  } finally {
    rmSync(dir, { recursive: true });
  }
});

describe('faults', () => {
  test('every kind fits a variable of a text and says what to do', () => {
    for (const kind of FAULT_KINDS) {
      expect(lengthOf(FAULT_WORDS[kind].short)).toBeLessThanOrEqual(MAX_VARIABLE);
      expect(FAULT_WORDS[kind].todo).toMatch(/。$/);
    }
  });

  test.each([
    ['FailedOperation.InsufficientBalanceInSmsPackage', 'balance', 'account'],
    ['FailedOperation.TemplateUnapprovedOrNotExist', 'template', 'template'],
    ['FailedOperation.PhoneNumberInBlacklist', 'blacklist', 'recipient'],
    ['WeCom93000', 'robot_key', 'recipient'],
    ['DingTalk310000', 'robot_rule', 'recipient'],
  ])('%s is a fault of %s about the %s', (code, kind, scope) => {
    expect(faultOf(code)).toEqual({ kind, scope });
  });

  test('what is wrong with a phone or a wording is no reason to try elsewhere, and most codes are no fault', () => {
    fc.assert(fc.property(fc.string(), (code) => faultOf(`No.${code}`) === undefined));
    for (const inherited of ['constructor', 'toString', '__proto__']) expect(faultOf(inherited)).toBeUndefined();
    expect(passesOn('FailedOperation.PhoneNumberInBlacklist')).toBe(false);
    expect(passesOn('LimitExceeded.PhoneNumberDailyLimit')).toBe(false);
    expect(passesOn('FailedOperation.InsufficientBalanceInSmsPackage')).toBe(true);
  });
});
