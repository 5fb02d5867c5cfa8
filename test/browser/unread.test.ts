/** What is not here yet, or cannot be had: a page's own file, what the board reads; and rows that come under a finger. */
import { DESK, PHONE, Visitor } from '../support/browser';
import { type CaseBody, eventually } from '../support/system';
import { SUPERVISOR, WORKER } from './field';
import { onStage } from './stage';
import { fine, leave } from './visits';

const stage = onStage({ withField: true });

test('a page whose file does not come leaves the menu, says what to do, and comes when it is opened again', async () => {
  const worker = await Visitor.open(stage.browser, stage.system.url, PHONE);
  const { page, context } = worker;
  // Without the worker that would have kept the file.
  await context.addInitScript('delete Navigator.prototype.serviceWorker');
  await worker.enter(stage.system.account(WORKER), '/work');
  const files = /\/app\/(?:figures|roster)-[\w-]+\.js$/;
  await context.route(files, (route) => route.abort());
  const more = page.getByRole('button', { name: '更多' });
  await more.click();
  await page.getByRole('link', { name: '数据', exact: true }).click();
  await page.getByText('这一页暂时打不开').waitFor();
  await fine(worker);
  // Elsewhere everything is as it was.
  await page.locator('nav a[href="/report"]').click();
  await page.locator('form.report').waitFor();
  await more.click();
  await page.getByRole('link', { name: '值班', exact: true }).click();
  await page.getByText('这一页暂时打不开').waitFor();
  await context.unroute(files);
  await page.getByRole('button', { name: '重新打开' }).click();
  await page.locator('.duty:visible, .duty-gap:visible').first().waitFor();
  await worker.close();
  // The one that was caught is told to whoever looks for it.
  expect(worker.errors.filter((one) => !one.startsWith('ChunkMissing'))).toEqual([]);
});

test('the board says nothing of what it has not read: not while it comes, and with a way to try again when it does not', async () => {
  const boss = await Visitor.open(stage.browser, stage.system.url, DESK);
  const { page, context } = boss;
  let go: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (go = resolve));
  const reads = /\/api\/v1\/(?:cases|alerts|approvals)(?:\?|$)/;
  await context.route(reads, async (route) => {
    await held;
    await route.abort();
  });
  await boss.enter(stage.system.account(SUPERVISOR), '/board');
  const alerts = page.locator('section[aria-labelledby=board-alerts]');
  await alerts.getByText('正在读取').waitFor();
  const figures = page.locator('.figures dd');
  expect(await figures.allInnerTexts()).toEqual(['…', '…', '…', '…', '…']);
  expect(await page.getByText(/没有未了的告警|没有待审批的申请|没有符合条件的案件/).count()).toBe(0);
  await fine(boss);
  go();
  await alerts.getByText('没有网络，或服务器暂时没有应答').waitFor();
  expect(await page.getByText(/没有未了的告警|没有待审批的申请|没有符合条件的案件/).count()).toBe(0);
  expect(await figures.allInnerTexts()).toEqual(['…', '…', '…', '…', '…']);
  await fine(boss);
  await context.unroute(reads);
  await alerts.getByRole('button', { name: '重试' }).click();
  await alerts.locator('.alert').first().waitFor();
  await leave(boss);
});

/** A case whose steps are late within a moment. */
async function late(): Promise<CaseBody> {
  const made = await stage.system.report(WORKER, { type: 'neglect', risk: 'critical' });
  await stage.system.forward(made.id, 150);
  return made;
}

test('alerts that come while a hand is near wait behind a bar, and a tap meets the one that was there', async () => {
  const boss = await stage.visit(SUPERVISOR, '/board');
  const { page } = boss;
  const section = page.locator('section[aria-labelledby=board-alerts]');
  const rows = section.locator('.alert');
  await rows.first().waitFor();
  await rows.first().hover();
  const ids = () => rows.evaluateAll((all) => all.map((one) => one.getAttribute('data-row')));
  const before = await ids();
  const { number } = await late();
  await section.getByRole('button', { name: /有 \d+ 条新告警/ }).waitFor();
  expect(await ids()).toEqual(before);
  expect(await section.getByText(number).count()).toBe(0);
  await fine(boss);
  // The one under the finger, by its name.
  const open = section.locator('.alert-open').first();
  const label = (await open.locator('.alert-buttons .hidden').first().textContent()) ?? '';
  expect(label).toMatch(/^[A-Z]\d{4} ./);
  await open.getByRole('button', { name: '确认知悉' }).click();
  await page.getByText(`${label}：已确认`).waitFor();
  await section.getByRole('button', { name: /有 \d+ 条新告警/ }).click();
  await section.getByText(number).first().waitFor();

  // What moved in this very moment is not met by a tap that was meant for what stood there.
  const names = await eventually(ids, (all) => all.length > before.length);
  const target = section.locator(`[data-row="${names.at(-1)}"]`);
  await target.scrollIntoViewIfNeeded();
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const moveAndTap = (selector: string): Promise<unknown> =>
    page.evaluate(`(() => {
      const [row] = [...document.querySelectorAll('[data-row]')].slice(-1);
      const news = document.createElement('div');
      news.style.height = '90px';
      document.querySelector('main').prepend(news);
      setTimeout(() => row.querySelector('${selector}').dispatchEvent(
        new MouseEvent('click', { bubbles: true, cancelable: true, detail: 1 })), 100);
    })()`);
  await moveAndTap('.alert-buttons button:last-child');
  await page.getByText('列表刚刚变动').waitFor();
  expect(await page.locator('dialog').count()).toBe(0);

  // A dialog stays where it is, whatever its row does behind it.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await target.getByRole('button', { name: '立即上报' }).click();
  await page.locator('dialog button[type=submit]').waitFor();
  await moveAndTap('dialog button[type=submit]');
  await page.getByText('已上报，正在告知下一级').waitFor();
  await leave(boss);
});

test('a question about an alert that ends meanwhile stays in sight with what stands in it, and says so when it is answered', async () => {
  const { id, number } = await late();
  const boss = await stage.visit(SUPERVISOR, '/board', PHONE);
  const { page } = boss;
  const row = page.locator('.alert-open', { hasText: number }).first();
  await row.waitFor();
  const alertId = String(await row.getAttribute('data-row'));
  // The bar of new cases may come in this moment.
  await page.waitForTimeout(2_500);
  await row.getByRole('button', { name: '立即上报' }).click();
  const words = page.locator('dialog textarea');
  await words.fill('演示：孩子还在家里');
  const step = alertId.slice(id.length + 1).replace(/\.\d+$/, '');
  const staffId = stage.system.account(WORKER).staffId;
  expect((await stage.ask('POST', `/cases/${id}/assign`, SUPERVISOR, { staffId })).status).toBe(200);
  const done = { outcome: 'done', note: '演示：已办' };
  expect((await stage.ask('POST', `/cases/${id}/steps/${step}/complete`, WORKER, done)).status).toBe(200);
  await page.locator(`.alert-acknowledged[data-row="${alertId}"]`).waitFor();
  // Longer than a list waits for a hand.
  await page.waitForTimeout(12_000);
  expect(await words.inputValue()).toBe('演示：孩子还在家里');
  await fine(boss);
  await page.locator('dialog button[type=submit]').click();
  await page.locator('dialog .wrong').waitFor();
  await page.locator('dialog .icon-button').first().click();
  await page.getByRole('button', { name: '关闭', exact: true }).last().click();
  await page.locator(`[data-row="${alertId}"]`).waitFor({ state: 'detached' });
  await leave(boss);
});
