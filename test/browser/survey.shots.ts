/** Pictures of the children's survey for docs/screenshots: npm run screenshots. Not part of the tests. */
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { PROJECT } from '../../sandbox/config';
import { ago, must, type ServicesApi, startServicesApi, VISIT } from '../api/services/support';
import { PHONE } from '../support/browser';
import { launchBrowser } from '../support/chromium';

const FOLDER = join(PROJECT, 'docs/screenshots');
let t: ServicesApi;
let browser: Browser;
beforeAll(async () => {
  [t, browser] = await Promise.all([startServicesApi(), launchBrowser()]);
}, 900_000);
afterAll(async () => {
  await browser?.close();
  await t?.close();
});

test.each(['zh-CN', 'en-US'])('the survey in %s', async (locale) => {
  const { id } = must(await t.post('/services', { ...VISIT, at: ago(2), headCount: 9 }));
  const made = must(await t.post(`/services/${String(id)}/surveys`, { cards: 1 })) as unknown as {
    open: { url: string }[];
  };
  const context = await browser.newContext({ viewport: PHONE, hasTouch: true, javaScriptEnabled: false, locale });
  const page = await context.newPage();
  const shoot = (name: string) =>
    page.screenshot({ path: join(FOLDER, `${name}-phone-${locale.slice(0, 2)}.png`), fullPage: true });
  await page.goto(`${t.url}${new URL(made.open[0]?.url ?? '').pathname}`);
  await shoot('survey');
  await page.locator('.face').first().tap();
  await page.locator('textarea').fill(locale === 'en-US' ? 'My dad hits me' : '回家爸爸会打我');
  await page.getByRole('button').tap();
  await page.locator('.notice').waitFor();
  await shoot('survey-help');
  await context.close();
});
