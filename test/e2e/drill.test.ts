/** A drill on the whole system: everybody is told, every word says 演练, and nothing is left of it. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { run as drill } from '../../cli/drill/main';
import { run as policy } from '../../cli/policy/main';
import type { AlertAnswer } from '../../api/schemas/answers';
import { PROJECT } from '../../sandbox/config';
import { type CaseBody, startSystem, type System } from '../support/system';

let system: System;
let out = '';
let err = '';
const before = process.env['POLICIES_DIR'];

beforeAll(async () => {
  process.env['POLICIES_DIR'] = join(PROJECT, 'policies');
  system = await startSystem();
}, 900_000);
afterAll(async () => {
  if (before === undefined) delete process.env['POLICIES_DIR'];
  else process.env['POLICIES_DIR'] = before;
  await system?.close();
});
beforeEach(() => {
  [out, err] = ['', ''];
  jest.spyOn(console, 'log').mockImplementation((text: string) => void (out += `${text}\n`));
  jest.spyOn(console, 'error').mockImplementation((text: string) => void (err += `${text}\n`));
});
afterEach(() => jest.restoreAllMocks());

const SUPERVISOR = 'xinhua_supervisor';
const never = new AbortController().signal;
const token = (as: string): string => system.account(as).token;
const runDrill = (...args: string[]) => drill(['--url', system.url, ...args], never);
const list = async (query: string) =>
  (await system.ask<{ items: CaseBody[] }>('GET', `/api/v1/cases?limit=200${query}`, 'duty1')).body.items;

interface Result {
  passed: boolean;
  caseId: string;
  number: string;
  told: { at: string; channel: string; staffId: string; text: string; subject: string | null }[];
  missing: { role: string; channel: string; staffId: string; what: string }[];
  deviations: unknown[];
  unexpected: unknown[];
}

describe('a drill of one hour', () => {
  let result: Result;

  test('tells everybody as the policy says, and passes', async () => {
    expect([await runDrill('--hours', '1.2', '--json'), err]).toEqual([0, '']);
    result = JSON.parse(out) as Result;
    expect(result).toMatchObject({ passed: true, missing: [], deviations: [], unexpected: [] });
    const staff = new Set(result.told.map((one) => one.staffId));
    expect(staff).toEqual(new Set(['xinhua_worker1', 'xinhua_worker2', SUPERVISOR, 'duty1', 'duty2']));
  }, 300_000);

  test('every text and the subject of every mail say that it is one', () => {
    expect(result.told.length).toBeGreaterThan(40);
    for (const { channel, text, subject } of result.told) {
      if (channel === 'sms') expect(text).toMatch(/^【守望】演练：/);
      else expect([subject, text]).toEqual([expect.stringMatching(/^【演练】/), expect.stringMatching(/^【演练】/)]);
    }
  });

  test('leaves nothing in the list, no alert and nothing to do; who asks for drills finds it closed', async () => {
    expect((await list('')).map((one) => one.id)).not.toContain(result.caseId);
    expect(await list('&drill=true')).toMatchObject([{ id: result.caseId, status: 'closed', drill: true }]);
    const alerts = (await system.ask<{ items: AlertAnswer[] }>('GET', '/api/v1/alerts', 'duty1')).body.items;
    expect(alerts).toEqual([]);
    const one = (await system.ask('GET', `/api/v1/cases/${result.caseId}`, SUPERVISOR)).body;
    expect(one.steps.filter(({ state }) => state !== 'done' && state !== 'cancelled')).toEqual([]);
  });
});

test('an admin may run one, and it is printed in Chinese', async () => {
  const args = ['--hours', '0.3', '--type', 'neglect', '--station', 'donghu'];
  expect([await runDrill(...args, '--token', token('admin')), err]).toEqual([0, '']);
  expect(out).toMatch(/演练案件 [A-Z]\d{4} · 忽视监护不当 neglect · 紧急风险 critical · 站点 donghu/);
  expect(out).toMatch(/许小满 承办人 {2}短信 {2}【守望】演练：案件[A-Z]\d{4}的受理分派已逾期/);
  expect(out).toMatch(/✓ 按规则应发 \d+ 条，全部按时发出。/);
}, 120_000);

test('a station is drilled by its own supervisor where nobody is named', async () => {
  expect([await runDrill('--hours', '0.3', '--station', 'donghu'), err]).toEqual([0, '']);
  expect(out).toContain('站点 donghu');
}, 120_000);

test('a carrier that refuses is found out by name, and the case is closed all the same', async () => {
  await system.ask('POST', '/sandbox/carrier', undefined, { mode: 'reject' });
  const code = await runDrill('--hours', '0.3', '--json', '--station', 'xinhua', '--token', token('duty1'));
  await system.ask('POST', '/sandbox/carrier', undefined, { mode: 'ok' });
  expect([code, err]).toEqual([1, '']);
  const result = JSON.parse(out) as Result;
  expect(result.missing).toContainEqual(
    expect.objectContaining({ role: 'worker', channel: 'sms', staffId: 'xinhua_worker1', what: 'overdue' }),
  );
  expect((await list('&drill=true&status=open')).length).toBe(0);
}, 120_000);

test('a drill that was cut short is ended by hand; a real case is not', async () => {
  const left = await system.report(SUPERVISOR, { drill: true });
  const real = await system.report(SUPERVISOR);
  expect(await runDrill('--end', real.number)).toBe(1);
  expect(err).toContain('不是演练案件');
  expect(await runDrill('--end', left.number)).toBe(0);
  expect((await system.ask('GET', `/api/v1/cases/${left.id}`, SUPERVISOR)).body.status).toBe('closed');
  expect((await system.ask('GET', `/api/v1/cases/${real.id}`, SUPERVISOR)).body.status).toBe('open');
});

test('an interrupted drill closes its case', async () => {
  const stop = new AbortController();
  stop.abort();
  expect(await drill(['--url', system.url], stop.signal)).toBe(1);
  expect(err).toContain('演练被中断');
  expect((await list('&drill=true&status=open')).length).toBe(0);
});

describe('what cannot be', () => {
  test('a social worker runs no drill, by command or by request', async () => {
    const drills = (await list('&drill=true')).length;
    expect(await runDrill('--token', token('xinhua_worker1'))).toBe(1);
    expect(err).toContain('没有权限');
    const reply = await system.ask('POST', '/api/v1/cases', 'xinhua_worker1', {
      ...{ type: 'neglect', child: {}, narrative: '演练', drill: true },
    });
    expect(reply.status).toBe(403);
    expect((await list('&drill=true')).length).toBe(drills);
  });

  test('nobody runs one on a system that is no sandbox', async () => {
    const server = createServer((_request, response) => {
      response.writeHead(404, { 'content-type': 'application/problem+json' }).end('{"detail":"there is nothing here"}');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const { port } = server.address() as AddressInfo;
      expect(await drill(['--url', `http://127.0.0.1:${port}`, '--token', 'any'], never)).toBe(1);
      expect(err).toContain('不是演练环境');
    } finally {
      server.close();
    }
  });

  test.each([[['--hours', '0']], [['--type', 'x']], [['--risk', 'y']], [['--bogus']], [['word']], [['--url', 'here']]])(
    '%j is refused with the usage',
    async (args) => {
      expect(await drill(args, never)).toBe(2);
      expect(err).toContain('npm run drill -- [options]');
    },
  );
});

describe('policy explain', () => {
  const explain = async (...args: string[]) => policy(['explain', ...args, '--url', system.url]);

  test('says of each deadline why it is what it is, and what happened to it', async () => {
    const made = await system.report('xinhua_worker1', { type: 'physical_abuse', risk: 'high' });
    const path = `/api/v1/cases/${made.id}`;
    await system.ask('POST', `${path}/risk`, SUPERVISOR, { risk: 'critical', reason: '演示' });
    const plan = made.steps.find((step) => step.id === 'case_plan');
    const until = new Date(Date.parse(plan?.dueAt ?? '') + 86_400_000).toISOString();
    await system.ask('POST', `${path}/steps/case_plan/extend`, 'xinhua_worker1', { until, reason: '演示' });
    await system.ask('POST', `${path}/steps/case_plan/extend/decision`, SUPERVISOR, { approve: true });
    await system.ask('POST', `${path}/triggers`, SUPERVISOR, { trigger: 'injury' });
    expect([await explain(made.number), err]).toEqual([0, '']);
    const block = (id: string) => out.split('\n\n').find((one) => one.includes(` ${id} · `)) ?? '';
    expect(block('police_report')).toMatch(/不可延期[^]*起算.* 接报[^]*依据 {2}法律：未成年人保护法 第十一条「立即」/);
    expect(block('first_contact')).toMatch(
      /最初是 [^]*依据 {2}专业判断；2 小时[^]*规则 {2}base\.yaml:\d+[^]*风险由高改为紧急，期限改动：.* → .*（陈立夏）/,
    );
    expect(block('case_plan')).toMatch(/申请延期：.*（林立春）[^]*批准延期：.*（陈立夏）/);
    expect(block('referral_phone')).toMatch(/起算 .*接报（风险由高改为紧急时加入）/);
    expect(out).toMatch(/紧急风险的告警梯级：\n {2}到期即告知承办人（短信、邮件）\n {2}逾期 10 分钟告知督导/);
  });

  test('by id and as JSON', async () => {
    const made = await system.report(SUPERVISOR);
    expect(await explain(made.id, '--json', '--token', token(SUPERVISOR))).toBe(0);
    const answer = JSON.parse(out) as {
      number: string;
      steps: { id: string; startedBy: string; changes: unknown[] }[];
    };
    expect(answer).toMatchObject({ number: made.number, drill: false });
    expect(answer.steps.find((step) => step.id === 'first_contact')).toMatchObject({ startedBy: '接报', changes: [] });
  });

  test('what cannot be explained is said', async () => {
    expect(await explain('Z9999')).toBe(1);
    expect(err).toContain('没有案件 Z9999');
    const made = await system.report(SUPERVISOR);
    expect(await explain(made.id, '--token', token('donghu_worker1'))).toBe(1);
    expect(err).toContain(`没有案件 ${made.id}`);
    expect(await explain(made.id, '--token', 'wrong')).toBe(1);
    expect(err).toContain('令牌无效');
    expect(await policy(['explain', 'A0001', '--url', 'http://127.0.0.1:1'])).toBe(1);
    expect(err).toContain('没有运行守望');
    expect(await explain('first')).toBe(2);
    expect(await explain()).toBe(2);
  });

  test('a folder that holds no policies is named', async () => {
    const made = await system.report(SUPERVISOR);
    expect(await explain(made.number, '--policies', join(PROJECT, 'no-such-folder'))).toBe(1);
    expect(err).toContain('base.yaml');
  });
});
