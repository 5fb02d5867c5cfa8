/** At a desk: the supervisor's board, live, with alerts, approvals and re-assigning; everybody's pages, usable by everybody. */
import { gzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../../sandbox/config';
import { DESK, PHONE, Visitor } from '../support/browser';
import { eventually } from '../support/system';
import { SUPERVISOR, WORKER } from './field';
import { onStage } from './stage';
import { leave, titled } from './visits';

const stage = onStage({ withField: true });
describe('the supervisor', () => {
  let visitor: Visitor;
  beforeAll(async () => {
    visitor = await stage.visit(SUPERVISOR);
  });
  afterAll(() => leave(visitor));

  test('sees what is late first, on at most 400 kB of script', async () => {
    const { page } = visitor;
    await page.locator('tbody tr').first().waitFor();
    expect(await page.locator('tbody tr').first().innerText()).toContain(stage.field.late.number);
    expect(await page.locator('tbody tr').first().innerText()).toContain('逾期');
    const names = await page.evaluate<string[]>(
      "performance.getEntriesByType('resource').map((one) => new URL(one.name).pathname).filter((one) => /^\\/app\\/.*\\.js$/.test(one))",
    );
    const bytes = [...new Set(names)].map(
      (name) => gzipSync(readFileSync(join(PROJECT, 'dist/web', name)), { level: 9 }).length,
    );
    expect(bytes.reduce((sum, one) => sum + one, 0) / 1000).toBeLessThanOrEqual(400);
  });

  test('hears of a new critical case without reloading', async () => {
    const { page } = visitor;
    const { number } = await stage.system.report(WORKER, { type: 'self_harm', risk: 'critical' });
    await page.locator('.fresh').getByText(number).waitFor();
    await page.locator('tbody').getByRole('link', { name: number }).waitFor();
    await titled(page, /^\(\d+\) 守望$/);
    await page.locator('.fresh button').click();
    await titled(page, /^守望$/);
  });

  test('a critical case that came while the line was away rings when it stands again', async () => {
    const { page, context } = visitor;
    // Somebody else is told all the while.
    const other = await stage.visit('duty1', '/board');
    await context.setOffline(true);
    const { number } = await stage.system.report(WORKER, { type: 'self_harm', risk: 'critical' });
    await other.page.locator('.fresh').getByText(number).waitFor();
    await other.close();
    await context.setOffline(false);
    await page.locator('.fresh').getByText(number).waitFor();
    await page.locator('.fresh button').click();
  });

  test('sees the ladder and who was told, and acknowledges', async () => {
    const { page } = visitor;
    const alerts = page.locator('.alert-open');
    await alerts.first().locator('.why summary').click();
    await page.locator('.rung').first().waitFor();
    expect(await page.locator('.told').first().innerText()).toContain('林立春');
    const open = await alerts.count();
    // The bar of new cases has just gone and the list has moved: nobody looks and taps as fast as that.
    await page.waitForTimeout(1_000);
    await alerts.first().getByRole('button', { name: '确认知悉' }).click();
    await page.getByText('确认不等于办结').waitFor();
    await eventually(
      () => alerts.count(),
      (count) => count === open - 1,
    );
    await page.locator('.alert-acknowledged', { hasText: '陈立夏' }).first().waitFor();
  });

  test('re-assigns from the board', async () => {
    const { page } = visitor;
    const row = page.locator('tbody tr', { hasText: stage.field.calm.number });
    await row.getByRole('button', { name: '改派' }).click();
    await page.locator('dialog select').selectOption('xinhua_worker2');
    await page.locator('dialog button[type=submit]').click();
    await row.getByText('周谷雨').waitFor();
  });

  test('approves more time beside its reason', async () => {
    const { page } = visitor;
    await page.getByRole('link', { name: `${stage.field.asking.number} 延期申请` }).click();
    await page.getByText('家长带孩子去了外地，明天返回').first().waitFor();
    await page.getByRole('button', { name: '同意', exact: true }).click();
    await page.locator('.decisions').waitFor({ state: 'detached' });
    const { steps } = (await stage.system.ask('GET', `/api/v1/cases/${stage.field.asking.id}`, SUPERVISOR)).body;
    expect(steps.find((one) => one.id === 'first_contact')?.extension).toBeNull();
  });
});

test('the evaluator sees figures and deadlines, no child, and nothing to press', async () => {
  const visitor = await stage.visit('evaluator', `/cases/${stage.field.late.id}`);
  const { page } = visitor;
  await page.getByText('您的岗位看不到儿童和报告人的信息').waitFor();
  expect(await page.evaluate('document.body.innerText')).not.toContain('演示甲');
  expect(await page.getByRole('button', { name: /办结|分派|确认知悉/ }).count()).toBe(0);
  await visitor.go('/report');
  await page.getByText('没有这个页面').waitFor();
  await leave(visitor);
});

test('the duty officer reports into a station, which the form asks for', async () => {
  const visitor = await stage.visit('duty1', '/report', PHONE);
  const { page } = visitor;
  await page.locator('input[value=donghu]').click();
  await page.locator('input[value=neglect]').click();
  await page.locator('textarea[name=narrative]').fill('演示：热线转来。');
  await page.locator('button[type=submit]').click();
  await page.locator('.verdict-good').waitFor();
  await leave(visitor);
});

test('my work on a phone: of what is a week away and more the soonest five stand open, the rest unfolds', async () => {
  const visitor = await stage.visit(WORKER, '/work', PHONE);
  const later = visitor.page.locator('.work-later');
  await later.locator('.work-row').first().waitFor();
  const count = Number(await later.locator('.count').innerText());
  expect(count).toBeGreaterThan(5);
  expect(await later.locator('.work-row:visible').count()).toBe(5);
  await later.getByText(`以后还有 ${count - 5} 项`).click();
  expect(await later.locator('.work-row:visible').count()).toBe(count);
  expect(await visitor.findings()).toEqual([]);
  expect(await visitor.overflows()).toBe(false);
  await leave(visitor);
});

test('by keys alone: sign in, skip the menu, choose, finish a step', async () => {
  const visitor = await Visitor.open(stage.browser, stage.system.url, DESK);
  const { page } = visitor;
  const { username, password } = stage.system.account(WORKER);
  await visitor.go('/');
  await page.locator('input[name=username]').focus();
  await page.keyboard.type(username);
  await page.keyboard.press('Tab');
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
  await page.locator('.work-row').first().waitFor();
  await visitor.go('/work');
  await page.locator('.work-row').first().waitFor();
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.className')).toBe('skip');
  await page.locator('.work-done').first().focus();
  await page.keyboard.press('Enter');
  await page.locator('dialog[open]').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('dialog[open]').waitFor({ state: 'detached' });
  expect(await page.evaluate("document.activeElement.classList.contains('work-done')")).toBe(true);
  await leave(visitor);
});

describe.each([
  ['phone', 'zh-CN', PHONE, WORKER],
  ['desk', 'en', DESK, 'duty1'],
] as const)('on a %s in %s', (_name, language, size, username) => {
  test('every page can be used by everybody (WCAG 2.2 AA) and fits the screen', async () => {
    const visitor = await Visitor.open(stage.browser, stage.system.url, size, language);
    const { page } = visitor;
    const found: string[] = [];
    const look = async (what: string, ready: string): Promise<void> => {
      await page.locator(ready).first().waitFor();
      found.push(...(await visitor.findings()).map((line) => `${what}: ${line}`));
      if (await visitor.overflows()) found.push(`${what}: wider than the screen`);
    };
    await visitor.go('/');
    await look('sign-in', 'input[name=username]');
    await visitor.enter(stage.system.account(username), '/report');
    await page.locator('input[value=sexual_abuse]').click();
    await page.locator('input[value=earlier]').click();
    await look('report', '.advice');
    await visitor.go('/report/outbox');
    await look('outbox', '.state-empty');
    await visitor.go('/work');
    await look('work', size === PHONE ? '.work-row' : 'h1');
    if (size === PHONE) {
      await page.locator('.work-done').first().click();
      await look('step', 'dialog[open]');
    }
    await visitor.go(`/cases/${stage.field.late.id}`);
    await page.locator('.gantt-row summary').first().click();
    await look('case', '.wide-card .entry');
    await visitor.go('/board');
    await look('board', size === PHONE ? '.case-card' : 'tbody tr');
    await visitor.go('/policy');
    await look('policy', 'tbody tr');
    await visitor.go('/nothing-here');
    await look('not found', '.state h1');
    expect(found).toEqual([]);
    await leave(visitor);
  });
});

test('English, with its longer words, fits a phone, also from right to left', async () => {
  const visitor = await stage.visit(WORKER, '/report', PHONE, 'en');
  const wide: string[] = [];
  for (const [path, ready] of [
    ['/report', 'form.report'],
    ['/work', '.work-row'],
    [`/cases/${stage.field.late.id}`, '.wide-card .entry'],
    ['/board', '.case-card'],
  ] as const) {
    await visitor.go(path);
    await visitor.page.locator(ready).first().waitFor();
    if (await visitor.overflows()) wide.push(path);
    await visitor.page.evaluate("document.documentElement.dir = 'rtl'");
    if (await visitor.overflows()) wide.push(`${path} from right to left`);
  }
  expect(wide).toEqual([]);
  await leave(visitor);
});
