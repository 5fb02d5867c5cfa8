/** Pictures for docs/screenshots, from the real product: npm run screenshots. Not part of the tests. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { PROJECT } from '../../sandbox/config';
import { DESK, PHONE, Visitor } from '../support/browser';
import { launchBrowser } from '../support/chromium';
import { picture } from '../support/files';
import { startSystem, type System } from '../support/system';
import { makeField, type MadeUpField, SUPERVISOR, WORKER } from './field';

const FOLDER = join(PROJECT, 'docs/screenshots');
let system: System;
let browser: Browser;
let field: MadeUpField;

beforeAll(async () => {
  mkdirSync(FOLDER, { recursive: true });
  [system, browser] = await Promise.all([startSystem(), launchBrowser()]);
  field = await makeField(system);
}, 900_000);
afterAll(async () => {
  await browser?.close();
  await system?.close();
});

type Shoot = (name: string) => Promise<void>;

/** The pages of the services; at the desk those of lists and of the evaluation. */
async function shootServices(visitor: Visitor, size: 'phone' | 'desk', shoot: Shoot): Promise<void> {
  const { page } = visitor;
  await visitor.go('/services');
  await page.locator('.service-month').waitFor();
  await shoot('services');
  await visitor.go('/services/new');
  await page.locator('input[value=home_visit]').click();
  const file = { name: 'a.jpg', mimeType: 'image/jpeg', buffer: await picture('jpeg') };
  await page.locator('input[capture=environment]').setInputFiles(file);
  await page.locator('.thumbs img').waitFor();
  await page.evaluate('scrollTo(0, 600)');
  await shoot('record');
  await page.locator('.record-save button').click();
  await page.locator('.record-saved').waitFor();
  await shoot('recorded');
  await page.locator('.record-saved a').click();
  await page.locator('.thumbs img').waitFor();
  await shoot('service');
  await page.locator('.survey-make button').click();
  await page.locator('.survey-code').waitFor();
  await shoot('cards');
  if (size === 'phone') return;
  await visitor.go('/services/import');
  await page.locator('#import-visits').waitFor();
  await shoot('import');
  await visitor.go('/services/remarks');
  await page.locator('.remarks .state-empty, .remark').first().waitFor();
  await shoot('remarks');
  await visitor.go('/indicators/evaluation');
  await page.locator('#sample').waitFor();
  await page.locator('#packs').locator('..').getByRole('button').first().click();
  await page.locator('.pack-done').first().waitFor();
  await page.locator('section[aria-labelledby=sample] button[type=submit]').click();
  await page.locator('.drawn').waitFor();
  await shoot('evaluation');
}

const SIZES = { phone: PHONE, desk: DESK } as const;

describe.each(['phone', 'desk'] as const)('%s', (size) => {
  test.each(['zh-CN', 'en'])('in %s', async (language) => {
    const visitor = await Visitor.open(browser, system.url, SIZES[size], language);
    const { page } = visitor;
    const shoot = async (name: string): Promise<void> => {
      await page.evaluate('document.fonts.ready');
      await page.waitForTimeout(400);
      await page.screenshot({ path: join(FOLDER, `${name}-${size}-${language.slice(0, 2)}.png`) });
    };
    await visitor.go('/');
    await page.locator('input[name=username]').waitFor();
    if (language === 'zh-CN') await shoot('sign-in');
    await visitor.signIn(system.account(size === 'phone' ? WORKER : SUPERVISOR));
    await visitor.go('/report');
    await page.locator('input[value=sexual_abuse]').click();
    await page.locator('input[value=critical]').click();
    await page.evaluate('scrollTo(0, 0)');
    await shoot('report');
    if (size === 'phone') {
      await page.locator('.advice').scrollIntoViewIfNeeded();
      await shoot('advice');
    }
    if (size === 'phone') {
      await visitor.go('/work');
      await page.locator('.work-row').first().waitFor();
      await shoot('work');
      await page.locator('.work-done').first().click();
      await shoot('step');
      await page.locator('dialog button[type=submit]').first().click();
      await page.locator('.done-line').waitFor();
      await shoot('note');
      await visitor.go('/work');
      await page.locator('a[href^="/work/visit/"]').first().click();
      await page.locator('form.visit').waitFor();
      await page.locator('input[name=seen][value=alone]').click();
      await page.locator('input[name=safe][value=safe]').click();
      await page.evaluate('scrollTo(0, 0)');
      await shoot('visit');
      await visitor.go('/device');
      await page.getByRole('heading', { level: 2 }).nth(1).waitFor();
      await shoot('device');
      await visitor.go(`/cases/${field.late.id}`);
      await page.locator('.wide-card .entry').first().waitFor();
      await shoot('case');
      await page.evaluate("document.getElementById('case-picture').scrollIntoView()");
      await shoot('timeline');
    } else {
      await visitor.go('/board');
      await page.locator('tbody tr').first().waitFor();
      await page.locator('.alert .why summary').first().click();
      await page.locator('.rung').first().waitFor();
      await shoot('board');
      await page.locator('.alert-buttons .button').nth(1).click();
      await page.locator('dialog[open]').waitFor();
      await shoot('escalate');
      await visitor.go(`/cases/${field.late.id}`);
      await page.locator('.wide-card .entry').first().waitFor();
      await shoot('case');
      await page.evaluate("document.getElementById('case-picture').scrollIntoView()");
      await shoot('timeline');
      await page.locator('.zoom button').nth(1).click();
      await shoot('zoom');
      await page.locator('#case-access').locator('..').getByRole('button').first().click();
      await page.locator('.lines tbody tr').first().waitFor();
      await page.evaluate("document.getElementById('case-access').scrollIntoView()");
      await shoot('access');
      await visitor.go(`/sandbox?lang=${language}`);
      await page.locator('.phone').first().waitFor();
      await shoot('sandbox');
      await visitor.go('/policy');
      await page.locator('.gantt-row').first().waitFor();
      await shoot('policy');
      await page.locator('#policy-publish').scrollIntoViewIfNeeded();
      await shoot('publish');
    }
    await visitor.go('/roster');
    await page.locator('.duty:visible').first().waitFor();
    await shoot('roster');
    await visitor.go('/figures');
    await page.locator('.chart canvas').first().waitFor();
    await shoot('figures');
    await visitor.go('/indicators');
    await page.locator('.burn-up').nth(3).waitFor();
    await shoot('targets');
    await shootServices(visitor, size, shoot);
    expect(visitor.errors).toEqual([]);
    await visitor.close();
  });
});
