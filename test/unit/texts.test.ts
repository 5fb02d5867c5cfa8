import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { DRILL_KINDS, TEXT_KINDS, type TextKind } from '../../domain/text-kinds';
import { e164, phoneForms, phoneTail } from '../../domain/phone';
import { MAX_VARIABLE, lateness, lengthOf, timeLeft, timeOfDay } from '../../domain/short';
import { parseTexts, TextUnfit, TextsInvalid, VARIABLES, type TextValues, type Variable } from '../../domain/texts';
import { loadPolicies } from '../../store/policies';
import { describe as describePolicy } from '../../domain/policy';

const POLICIES = join(__dirname, '../../policies');
const FILE = join(POLICIES, 'texts.yaml');
const SETTING = { publicUrl: 'https://watch.example.cn/', sign: '守望' };
const SOURCE = readFileSync(FILE, 'utf8');
const texts = parseTexts(SOURCE, 'texts.yaml', SETTING);

const VALUES: Record<Variable | 'token', string> = {
  number: 'A0123',
  step: 'first_contact',
  late: '35分钟',
  left: '45分钟',
  time: '14:05',
  code: '4821',
  count: '2',
  overdue: '3',
  today: '2',
  week: '7',
  list: '案件A0123的首次接触：已逾期但未生成告警',
  pickup: '7K3MQX',
  more: '4',
  fault: '套餐余量不足',
  detail: 'sms FailedOperation.InsufficientBalanceInSmsPackage',
  todo: '请购买套餐包。',
  token: 'tokentokentoken',
};
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('the texts that ship', () => {
  test.each([
    ['reminder', '【守望】案件A0123的首次接触将在45分钟内到期，请及时办理。'],
    ['overdue', '【守望】案件A0123的首次接触已逾期35分钟，请尽快处理。知悉后请回复4821确认。'],
    [
      'overdue_skipped',
      '【守望】案件A0123的首次接触已逾期35分钟，前一级人员未能联系上，请您尽快处理。知悉后请回复4821确认。',
    ],
    ['acknowledged', '【守望】您已于14:05确认知悉案件A0123的首次接触。确认不等于办结，请继续办理。'],
    [
      'referral',
      '【守望】您有一份转介（编号A0123）待签收。请打开 https://watch.example.cn/r ，输入取件码7K3MQX和本手机号后四位查看。',
    ],
    ['unknown_code', '【守望】未能识别您回复的确认码，尚未确认任何事项。请核对原短信中的四位数字后重新回复。'],
    ['audit_finding', '【守望】系统巡检发现2项异常，涉及A0123，请登录系统核对时限和告警。'],
    ['digest', '【守望】每日提要：逾期3项，今天到期2项，本周内到期7项，详见邮件或登录系统。'],
    ['bundle', '【守望】案件A0123的首次接触已逾期35分钟，另有4件待办，请登录查看并尽快处理。知悉本件请回复4821确认。'],
    ['bundle_reminder', '【守望】案件A0123的首次接触将在45分钟内到期，另有4件即将到期，请登录查看并及时办理。'],
    ['survey_harm', '【守望】有一条小问卷留言需要尽快查看，可能有孩子需要帮助，请登录系统处理。'],
    ['evaluation_near', '【守望】距合同评估还有45分钟，尚有2项指标未达标，请登录系统查看。'],
    ['late_code', '【守望】确认码4821对应的提醒（案件A0123）已经结束，本次回复未确认任何事项，无需再回复。'],
  ] as [TextKind, string][])('%s as it stands on a phone', (kind, body) => {
    expect(texts.sms(kind, VALUES).body).toBe(body);
  });

  test('every kind has a text, and every step of the policy a short name', () => {
    expect(TEXT_KINDS.filter((kind) => !texts.has(kind, 'sms'))).toEqual([
      ...['robot_test', 'access_odd'],
      ...['survey_low', 'pace'],
      'erasure_due',
    ]);
    const rows = describePolicy(loadPolicies(POLICIES).current);
    const kinds = rows.map((row) => row.kind);
    expect(kinds.length).toBeGreaterThan(20);
    expect(texts.unnamed(kinds)).toEqual([]);
  });

  test('a mail carries the whole link, its subject none', () => {
    const alert = texts.mail('overdue', VALUES);
    expect(alert.subject).toBe('案件A0123的首次接触已逾期35分钟');
    expect(alert.body).toContain('https://watch.example.cn/a/tokentokentoken\n');
    expect(texts.mail('referral', VALUES).body).toContain('https://watch.example.cn/r/tokentokentoken\n');
    for (const kind of TEXT_KINDS.filter((one) => texts.has(one, 'email'))) {
      expect(texts.mail(kind, VALUES).subject).not.toContain('token');
    }
  });

  test.each(DRILL_KINDS)('%s says on every channel that it is a drill', (drill) => {
    const kind = TEXT_KINDS.find((one) => drill === `drill_${one}`) ?? 'unknown_code';
    expect(texts.sms(kind, VALUES, true).body).toMatch(/^【守望】演练：/);
    expect(texts.sms(kind, VALUES, true).params).toEqual(texts.sms(kind, VALUES).params);
    expect(texts.sms(kind, VALUES).body).not.toContain('演练');
    if (!texts.has(kind, 'email')) return;
    const [mail, real] = [texts.mail(kind, VALUES, true), texts.mail(kind, VALUES)];
    expect(mail.subject).toBe(`【演练】${real.subject}`);
    expect(mail.body).toBe(`【演练】这是一次演练，不涉及真实的儿童，请按演练安排处理。\n\n${real.body}`);
  });

  test('a call of a drill says so, and a text that belongs to no case is what it always is', () => {
    expect(texts.voice('overdue', true).body).toContain('这是一次演练');
    expect(texts.sms('unknown_code', {}, true)).toEqual(texts.sms('unknown_code', {}));
  });

  test('a call is plain text', () => {
    expect(texts.voice('overdue').body).not.toMatch(/[{}\d]/);
  });

  test('a step that nobody named is still told', () => {
    expect(texts.sms('overdue', { ...VALUES, step: 'brand_new' }).params).toEqual([
      'A0123',
      '一个步骤',
      '35分钟',
      '4821',
    ]);
  });
});

describe('at sending', () => {
  test.each([
    ['missing', { code: undefined }],
    ['longer than the carrier takes', { number: 'A012345' }],
    ['an address', { code: 'a.cn/x' }],
    ['a broken template', { code: '{1}' }],
    ['a line break', { code: '4\n21' }],
  ] as [string, TextValues][])('a value that is %s is refused by name', (_, wrong) => {
    expect(() => texts.sms('overdue', { ...VALUES, ...wrong })).toThrow(TextUnfit);
  });

  test('whatever the span, it fits', () => {
    const spans = fc.integer({ min: -HOUR, max: 3 * 366 * 24 * HOUR });
    fc.assert(
      fc.property(spans, (ms) => {
        expect(lengthOf(lateness(ms))).toBeLessThanOrEqual(MAX_VARIABLE);
        expect(lengthOf(timeLeft(ms))).toBeLessThanOrEqual(MAX_VARIABLE);
        expect(lengthOf(timeOfDay(Math.abs(ms)))).toBe(5);
      }),
    );
  });

  test.each([
    [0, '不到1分钟'],
    [35 * MINUTE + 59_000, '35分钟'],
    [HOUR, '1小时'],
    [90 * MINUTE, '90分钟'],
    [2 * HOUR + 50 * MINUTE, '2小时'],
    [47 * HOUR, '47小时'],
    [72 * HOUR, '3天'],
  ])('%i ms late is said as %s', (ms, said) => {
    expect(lateness(ms)).toBe(said);
  });

  test('a timer that fires late does not take a minute off what is left', () => {
    expect(timeLeft(45 * MINUTE - 30)).toBe('45分钟');
  });
});

describe('a file with mistakes does not load', () => {
  const said = (from: string, to: string): string => {
    expect(SOURCE).toContain(from);
    try {
      parseTexts(SOURCE.replace(from, to), 'texts.yaml', SETTING);
    } catch (error) {
      expect(error).toBeInstanceOf(TextsInvalid);
      return (error as TextsInvalid).message;
    }
    throw new Error('it loaded');
  };
  const lineOf = (words: string): number => SOURCE.slice(0, SOURCE.indexOf(words)).split('\n').length;

  test.each([
    ['案件{1}的{2}将在', '案件{1}{2}将在', 'side by side'],
    ['案件{1}的{2}将在', '案件{2}的{1}将在', 'numbered {1}, {2}'],
    ['params: [number, step, left]', 'params: [number, step]', 'params names 2 variables, the body has 3'],
    ['params: [number, step, left]', 'params: [number, step, phone]', 'texts.reminder.sms.params[2]'],
    ["templateId: '100002'", "templateId: '100001'", 'template 100001 is already reminder.sms'],
    ["templateId: '100002'", 'templateId: 100002', 'texts.overdue.sms.templateId'],
    ['first_contact: 首次接触', 'first_contact: 第一次面对面接触', 'steps.first_contact: at most 6 characters'],
    ['将在{3}内到期，', `将在{3}内到期，${'字'.repeat(500)}`, 'at most 500'],
    ['请尽快查看短信或', '请尽快查看{1}短信或', 'plain text without variables'],
    ['subject: 案件{number}的{step}即将', 'subject: 案件{number}的{name}即将', 'no such variable: {name}'],
    ['\n  late_code:\n', '\n  later_code:\n', 'later_code'],
    ['body: 演练：确认码', 'body: 练习：确认码', 'texts.drill_late_code.sms.body: the word 演练'],
    ["    voice:\n      templateId: '200011'", "    mail:\n      templateId: '200011'", 'texts.drill_overdue.mail'],
    ['  drill_referral:\n', '  drill_refferal:\n', 'drill_refferal'],
  ])('%s → %s', (from, to, complaint) => {
    expect(said(from, to)).toContain(complaint);
  });

  test('it names file and line of everything that is wrong', () => {
    const message = said('案件{1}的{2}将在{3}内', '案件{1}{2}将在{3}内');
    expect(message).toMatch(new RegExp(`^texts.yaml:${lineOf('案件{1}的{2}将在')}: texts.reminder.sms.body: `));
  });
});

test('the table for the carrier has every template as it is, and no other', () => {
  const table = readFileSync(join(POLICIES, '../docs/texts.md'), 'utf8').replace(/ +/g, ' ');
  const bodies = [...SOURCE.matchAll(/templateId: '(\d+)'\n\s+body: (.+)/g)];
  expect(bodies.length).toBe(SOURCE.match(/templateId:/g)?.length);
  for (const [, id, body] of bodies) expect(table).toContain(`| ${id} | ${body?.replace(/ +/g, ' ')} |`);
  expect(table.match(/^\| .+ \| \d{6} \| /gm)?.length).toBe(bodies.length);
});

test('every variable has a value in these tests', () => {
  expect(VARIABLES.every((name) => name in VALUES)).toBe(true);
});

test('one phone, however it is written', () => {
  for (const form of [
    '13800138000',
    '+8613800138000',
    '8613800138000',
    '008613800138000',
    '138 0013-8000',
    '１３８００１３８０００',
  ]) {
    expect(e164(form)).toBe('+8613800138000');
  }
  expect(phoneForms('13800138000')).toContain('13800138000');
  expect(phoneTail('13800138000')).toBe('8000');
});
