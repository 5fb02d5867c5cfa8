/** At a desk: the roster, the policy, the figures, the contract's targets; and a record from the phone. */
import { gzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../../sandbox/config';
import { DESK, PHONE } from '../support/browser';
import { eventually } from '../support/system';
import { SUPERVISOR, WORKER } from './field';
import { onStage } from './stage';
import { leave, openDay } from './visits';

const stage = onStage({ withField: true });
const OTHER = 'xinhua_worker2';
const DAY = 86_400_000;

const swaps = async () =>
  (await stage.ask<{ items: { state: string; mine: { staffId: string } }[] }>('GET', '/roster/swaps', SUPERVISOR)).body
    .items;

describe('the roster', () => {
  test('by keys alone: a worker picks two shifts and asks; the supervisor agrees', async () => {
    const worker = await stage.visit(WORKER, '/roster');
    const { page } = worker;
    await page.getByRole('button', { name: '下个月' }).click();
    const lines = (name: string) => page.locator('.duty-free', { hasText: name });
    await lines('林立春').nth(10).focus();
    await page.keyboard.press('Enter');
    await lines('周谷雨').nth(18).focus();
    await page.keyboard.press('Space');
    await page.getByText('对方同意后换班生效').waitFor();
    await page.getByRole('button', { name: '申请换班' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('已向对方申请换班').waitFor();
    expect(await swaps()).toMatchObject([{ state: 'asked', mine: { staffId: WORKER } }]);
    await leave(worker);

    const boss = await stage.visit(SUPERVISOR, '/roster');
    await boss.page.locator('.roster-side').getByRole('button', { name: /^同意/ }).click();
    await eventually(swaps, ([one]) => one?.state === 'accepted');
    await leave(boss);
  });

  test('the supervisor drags one shift onto another, and both change at once', async () => {
    const boss = await stage.visit(SUPERVISOR, '/roster');
    const { page } = boss;
    await page.getByRole('button', { name: '下个月' }).click();
    await page.getByRole('button', { name: '下个月' }).click();
    await page
      .locator('.duty-free', { hasText: '林立春' })
      .nth(3)
      .dragTo(page.locator('.duty-free', { hasText: '周谷雨' }).nth(20));
    await page.getByText('换班立即生效').waitFor();
    await page.getByRole('button', { name: '换班', exact: true }).click();
    await page.locator('.duty-why', { hasText: '换' }).first().waitFor();
    await eventually(swaps, (all) => all.filter(({ state }) => state === 'accepted').length === 2);
    await leave(boss);
  });

  test('leave is entered at a shift; with everybody away there is a gap, in red, with why', async () => {
    const span = {
      from: new Date(Date.now() + 2 * DAY).toISOString(),
      until: new Date(Date.now() + 5 * DAY).toISOString(),
    };
    expect((await stage.ask('POST', '/roster/leaves', SUPERVISOR, { staffId: OTHER, ...span })).status).toBe(201);
    const boss = await stage.visit(SUPERVISOR, '/roster');
    const { page } = boss;
    await page.locator('.duty-free, .duty', { hasText: '林立春' }).last().click();
    await page.getByRole('button', { name: '请假', exact: true }).click();
    const inputs = page.locator('dialog input');
    const wall = (ms: number): string => new Date(ms + 8 * 3_600_000).toISOString().slice(0, 16);
    await inputs.nth(0).fill(wall(Date.now() + 3 * DAY));
    await inputs.nth(1).fill(wall(Date.now() + 4 * DAY));
    await page.locator('dialog button[type=submit]').click();
    await page.getByText('已保存').waitFor();
    const shown = page.locator('.duty-gap').first();
    if ((await shown.count()) === 0) await page.getByRole('button', { name: '下个月' }).click();
    await shown.waitFor();
    expect(await shown.innerText()).toMatch(/空班[\s\S]*都不在岗/);
    await leave(boss);
  });

  test('who is on duty stands on every page', async () => {
    const worker = await stage.visit(WORKER, '/work', PHONE);
    const line = worker.page.locator('.on-duty');
    await line.getByText('陈立夏').waitFor();
    await worker.go('/report');
    await line.getByText('陈立夏').waitFor();
    await line.click();
    await worker.page.getByRole('heading', { name: '值班表' }).waitFor();
    await leave(worker);
  });
});

test('a policy: the checker names the line, one proposes, another publishes, and new cases have it', async () => {
  const boss = await stage.visit(SUPERVISOR, '/policy');
  const { page } = boss;
  await page.getByRole('button', { name: '起草新版本' }).click();
  const text = page.locator('textarea.yaml');
  await text.waitFor();
  const begun = await text.inputValue();
  const wrong = begun
    .replace(/^version: .*$/m, "version: '2099.1'")
    .replace('high: 24h, medium: 72h, low: 7d }', 'high: soon, medium: 72h, low: 7d }');
  await text.fill(wrong);
  await page.getByRole('button', { name: '检查' }).click();
  const line = wrong.split('\n').findIndex((one) => one.includes('high: soon')) + 1;
  await page.getByRole('button', { name: `base.yaml 第 ${line} 行` }).click();
  const marked =
    '(() => { const a = document.activeElement; return a.value?.slice(a.selectionStart, a.selectionEnd) ?? ""; })()';
  await eventually(
    () => page.evaluate<string>(marked),
    (words) => words.includes('high: soon'),
  );
  expect(await page.getByRole('button', { name: '提交审批' }).isEnabled()).toBe(false);
  await text.fill(wrong.replace('high: soon', 'high: 12h'));
  await page.getByRole('button', { name: '检查' }).click();
  await page.locator('.holds').waitFor();
  expect(await page.locator('.editor .diff tbody tr').allInnerTexts()).toEqual([
    expect.stringMatching(/24 小时[\s\S]*12 小时/),
  ]);
  await page.getByRole('button', { name: '提交审批' }).click();
  await page.locator('.draft-proposed').getByRole('button', { name: '撤回' }).waitFor();
  expect(await page.getByRole('button', { name: '批准并发布' }).count()).toBe(0);
  await leave(boss);

  const duty = await stage.visit('duty1', '/policy');
  await duty.page.getByRole('button', { name: '批准并发布' }).click();
  await duty.page.locator('.draft-published').waitFor();
  await duty.page.getByText('2099.1 版').first().waitFor();
  await duty.page.locator('#policy-versions').waitFor();
  await leave(duty);
  const { id } = await stage.system.report(WORKER, { type: 'neglect', risk: 'high' });
  const found = await stage.ask<{
    policyVersion?: string;
    receivedAt: string;
    steps: { kind: string; dueAt: string }[];
  }>('GET', `/cases/${id}`, WORKER);
  const contact = found.body.steps.find(({ kind }) => kind === 'first_contact');
  expect(Date.parse(contact?.dueAt ?? '') - Date.parse(found.body.receivedAt)).toBeLessThanOrEqual(12 * 3_600_000);
});

test('the picture of what a case would have follows the hour of the report', async () => {
  const worker = await stage.visit(WORKER, '/policy');
  const { page } = worker;
  await page.locator('.gantt-row').first().waitFor();
  await page.locator('.what-if input[type=datetime-local]').fill('2026-10-01T23:30');
  await page.locator('.gantt-row .hidden', { hasText: '10月2日' }).first().waitFor({ state: 'attached' });
  await leave(worker);
});

describe('the figures', () => {
  test('pictures, the numbers behind them, and a file; on at most 400 kB of script', async () => {
    const boss = await stage.visit(SUPERVISOR, '/figures');
    const { page } = boss;
    await page.locator('.chart canvas').first().waitFor();
    expect(await page.locator('.figure-card').count()).toBe(5);
    const age = page.locator('section[aria-labelledby=figure-open_cases]');
    const cases = await stage.ask<{ items: unknown[] }>('GET', '/cases?status=open&limit=200', SUPERVISOR);
    expect(await age.locator('tbody tr').first().innerText()).toMatch(
      new RegExp(`^合计\\s+${cases.body.items.length}\\b`),
    );
    await page.getByRole('button', { name: '等级' }).first().click();
    await page
      .locator('section[aria-labelledby=figure-on_time] th', { hasText: '紧急' })
      .waitFor({ state: 'attached' });
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: '下载 XLSX' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^figures-.*\.xlsx$/);
    const names = await page.evaluate<string[]>(
      "performance.getEntriesByType('resource').map((one) => new URL(one.name).pathname).filter((one) => /^\\/app\\/.*\\.js$/.test(one))",
    );
    const bytes = [...new Set(names)].map(
      (name) => gzipSync(readFileSync(join(PROJECT, 'dist/web', name)), { level: 9 }).length,
    );
    expect(bytes.reduce((sum, one) => sum + one, 0) / 1000).toBeLessThanOrEqual(400);
    await leave(boss);
  });

  test('an evaluator gets no small number and no name', async () => {
    const evaluator = await stage.visit('evaluator', '/figures');
    await evaluator.page.getByText('少于 5 件，不显示').first().waitFor({ state: 'attached' });
    expect(await evaluator.page.locator('main').innerText()).not.toMatch(/林立春|周谷雨|演示[甲乙丙]/);
    await leave(evaluator);
  });
});

test('a record in two taps from a phone; it stands on the calendar, with its indicator open into its records', async () => {
  const worker = await stage.visit(WORKER, '/services/new', PHONE);
  const { page } = worker;
  await worker.tap(page.locator('input[value=home_visit]'));
  await worker.tap(page.getByRole('button', { name: '保存' }));
  await page.locator('.record-saved').waitFor();
  expect(worker.taps).toBe(2);
  const services = () =>
    stage.ask<{ items: { kind: string; headCount: number; staffIds: string[]; at: string }[] }>(
      'GET',
      '/services',
      WORKER,
    );
  const found = await services();
  expect(found.body.items).toMatchObject([{ kind: 'home_visit', headCount: 1, place: 'home', staffIds: [WORKER] }]);
  await page.locator('input[value=community_event]').click();
  await page.getByRole('button', { name: '保存' }).click();
  await page.getByText('请写活动名称，不写电话').waitFor();
  await page.getByLabel('活动名称').fill('六一游园会');
  await page.getByRole('button', { name: '保存' }).click();
  await page.locator('.record-saved').nth(1).waitFor();
  const { items } = (await services()).body;
  const event = items.find(({ kind }) => kind === 'community_event');
  await page.getByRole('link', { name: '服务日历' }).click();
  await openDay(page, event?.at ?? '');
  await page.locator('.service', { hasText: '六一游园会' }).waitFor();
  await leave(worker);

  const boss = await stage.visit(SUPERVISOR, '/indicators');
  await boss.page.locator('.burn-up').nth(11).waitFor();
  expect(await boss.page.locator('.target').count()).toBe(12);
  await boss.page.getByRole('button', { name: '查看记录 专职社工' }).click();
  await boss.page.locator('dialog .record-list li', { hasText: '林立春' }).waitFor();
  await leave(boss);
});

describe.each([
  ['phone', 'zh-CN', PHONE, WORKER],
  ['desk', 'en', DESK, SUPERVISOR],
  ['phone', 'en', PHONE, 'duty1'],
] as const)('on a %s in %s', (_name, language, size, username) => {
  test('every desk page can be used by everybody (WCAG 2.2 AA) and fits the screen', async () => {
    const visitor = await stage.visit(username, '/roster', size, language);
    const { page } = visitor;
    const found: string[] = [];
    const look = async (what: string, ready: string): Promise<void> => {
      await page.locator(ready).first().waitFor();
      found.push(...(await visitor.findings()).map((line) => `${what}: ${line}`));
      if (await visitor.overflows()) found.push(`${what}: wider than the screen`);
    };
    await page.locator('.duty:visible').first().click();
    await look('roster', '.pick-bar');
    await visitor.go('/figures');
    await look('figures', '.chart canvas');
    await visitor.go('/policy');
    await page.locator('tbody tr').first().waitFor();
    if (username !== WORKER) {
      await page.locator('.publish > .button').click();
      await page.locator('textarea.yaml').waitFor();
    }
    await look('policy', '.gantt-row');
    await visitor.go('/indicators');
    await look('targets', '.burn-up');
    if (username !== 'duty1') {
      await visitor.go('/services');
      const [last] = (await stage.ask<{ items: { at: string }[] }>('GET', '/services', WORKER)).body.items;
      await openDay(page, last?.at ?? '');
      await look('services', '.service');
      await visitor.go('/services/new');
      await page.locator('input[value=casework]').click();
      await look('record', '.record-save');
    }
    await page.evaluate("document.documentElement.dir = 'rtl'");
    if (await visitor.overflows()) found.push('from right to left: wider than the screen');
    expect(found).toEqual([]);
    await leave(visitor);
  });
});
