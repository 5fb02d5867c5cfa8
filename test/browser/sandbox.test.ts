/** The sandbox's page for a visitor: three minutes from the first case to somebody who answers. */
import { DESK, PATIENCE_MS, PHONE, Visitor } from '../support/browser';
import { eventually, type CaseBody } from '../support/system';
import { WORKER } from './field';
import { onStage } from './stage';

const stage = onStage();
const only = async (): Promise<CaseBody> => {
  const { items } = (await stage.system.ask<{ items: CaseBody[] }>('GET', '/api/v1/cases', WORKER)).body;
  const [first] = items;
  if (!first) throw new Error('there is no case');
  return (await stage.system.ask('GET', `/api/v1/cases/${first.id}`, WORKER)).body;
};

/** What a page has that shows what is new by itself, looked at while nothing new comes. */
async function findingsAtRest(visitor: Visitor): Promise<string[]> {
  const { page } = visitor;
  await page.locator('#busy', { hasText: /^$/ }).waitFor({ state: 'attached' });
  await page.route('**/sandbox', (route) => route.abort());
  try {
    return await visitor.findings();
  } finally {
    await page.unroute('**/sandbox');
  }
}

test('the four steps of the guide, each ticked when it is done', async () => {
  const visitor = await Visitor.open(stage.browser, stage.system.url, DESK);
  const { page } = visitor;
  await visitor.go('/sandbox');
  const done = page.locator('.guide .is-done');
  const ticked = (steps: number): Promise<number> =>
    eventually(
      () => done.count(),
      (count) => count === steps,
    );
  await ticked(0);
  expect(await findingsAtRest(visitor)).toEqual([]);

  await page.getByRole('button', { name: '报一起演示案件' }).click();
  await page.locator('.clock').waitFor();
  await ticked(1);

  // Texts that do not arrive make phones ring.
  await page.getByRole('button', { name: '让短信都送不到' }).click();
  await page.getByText('短信通道已断开').waitFor();
  // Two hours by the slider: past the call to the police.
  const slider = page.locator('.slider input[type=range]').first();
  await slider.focus();
  for (let press = 0; press < 2; press += 1) await page.keyboard.press('ArrowRight');
  expect(await page.locator('.slider output').first().innerText()).toBe('2 小时');
  await page.getByRole('button', { name: '拨快' }).click();
  await page.locator('.clock .alert.open').waitFor();
  await page.locator('.phone', { hasText: '林立春' }).locator('.bubble.sms.rejected').first().waitFor();
  await page.locator('.phone', { hasText: '林立春' }).locator('.bubble.voice').first().waitFor();
  await page.locator('.phone', { hasText: '陈立夏' }).first().waitFor();
  await ticked(3);
  expect(await findingsAtRest(visitor)).toEqual([]);

  // A call is answered by its key …
  const leader = page.locator('.phone', { hasText: '陈立夏' });
  await leader.getByRole('button', { name: /按 1/ }).last().click();
  await leader.locator('.bubble.mine').first().waitFor();
  await ticked(4);
  await eventually(only, ({ alerts }) => alerts.filter(({ state }) => state === 'acknowledged').length >= 1);

  // … and, once they arrive again, a text by its button.
  await page.getByRole('button', { name: '恢复短信' }).click();
  await page.getByRole('button', { name: '让短信都送不到' }).waitFor();
  await slider.focus();
  await page.keyboard.press('Home');
  await page.getByRole('button', { name: '拨快' }).click();
  const worker = page.locator('.phone', { hasText: '林立春' });
  await worker
    .getByRole('button', { name: /^回复 \d{4}/ })
    .first()
    .click();
  await worker.locator('.bubble.mine').first().waitFor();

  // A mail unfolds, and its link leads to the page with the button.
  const mail = page.locator('.bubble.email details').first();
  await mail.locator('summary').click();
  await mail.locator('.text').waitFor();
  expect(visitor.errors).toEqual([]);
  await visitor.close();
});

test('in English and on a phone; what cannot be done is said', async () => {
  const visitor = await Visitor.open(stage.browser, stage.system.url, PHONE);
  const { page } = visitor;
  await visitor.go('/sandbox?lang=en');
  await page.getByRole('heading', { name: 'Phones, mailboxes and groups' }).waitFor();
  expect(await visitor.overflows()).toBe(false);
  expect(await findingsAtRest(visitor)).toEqual([]);
  // The language stays.
  await visitor.go('/sandbox');
  await page.getByRole('heading', { name: 'Phones, mailboxes and groups' }).waitFor();
  await page.getByRole('link', { name: '中文' }).click();
  await page.getByRole('heading', { name: '手机、邮箱与工作群' }).waitFor();
  expect(visitor.errors).toEqual([]);
  await visitor.close();
});

test('without script the page does the same', async () => {
  const context = await stage.browser.newContext({ javaScriptEnabled: false });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  await page.goto(`${stage.system.url}/sandbox`);
  await page.locator('select[name=minutes]').first().selectOption('15');
  const { id } = await only();
  const clock = async (): Promise<number> => Date.parse((await only()).asOf);
  const before = await clock();
  const moved = page.waitForResponse((reply) => reply.url().endsWith('/sandbox') && reply.ok());
  await page.getByRole('button', { name: '拨快' }).first().click();
  await moved;
  expect((await clock()) - before).toBeGreaterThan(14 * 60_000);
  await page.locator(`a[href="/cases/${id}"]`).waitFor();
  expect(page.url()).toMatch(/\/sandbox$/);
  await context.close();
});
