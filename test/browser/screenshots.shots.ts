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
  await makeMore();
}, 900_000);
afterAll(async () => {
  await browser?.close();
  await system?.close();
});

let reportId = '';
let paperId = '';
let signedId = '';
const api = <T>(method: string, path: string, as: string, body: unknown) =>
  system.ask<T>(method, `/api/v1${path}`, as, body);

/** Reports in the queue, a paper half written and one that is signed, a case that a colleague is asked to take. */
async function makeMore(): Promise<void> {
  const source = { kind: 'hotline_12345', name: '12345 热线（演示）', stationId: 'xinhua' };
  const { key } = (await api<{ key: string }>('POST', '/sources', 'admin', source)).body;
  for (const [type, narrative] of [
    ['neglect', '演示：邻居说孩子整夜在外面，家里没人。'],
    ['missing', '演示：家长说孩子放学后没有回家。'],
  ]) {
    const body = { type, narrative, child: { name: '演示甲' }, reporter: { role: 'neighbour' } };
    const headers = { authorization: `Bearer ${key}` };
    reportId = (await system.ask<{ id: string }>('POST', '/api/v1/intake', undefined, body, headers)).body.id;
  }
  const begun = async (form: string, answers: object): Promise<string> => {
    const { id } = (await api<{ id: string }>('POST', `/cases/${field.late.id}/papers`, WORKER, { form })).body;
    await api('PUT', `/cases/${field.late.id}/papers/${id}/draft`, WORKER, { rev: 1, answers });
    return id;
  };
  const items = ['body', 'mood', 'school', 'daily_care', 'supervision', 'will', 'ability', 'home', 'income', 'support'];
  const scored = Object.fromEntries(items.map((item, n) => [item, n % 3 === 0 ? 'fair' : 'poor']));
  paperId = await begun('guardianship_initial', { ...scored, violence: 'confirmed' });
  signedId = await begun('police', {
    ...{ reported_at: '2026-11-20T10:00:00+08:00', unit: '新华派出所（演示）', filed: 'filed' },
  });
  await api('POST', `/cases/${field.late.id}/papers/${signedId}/sign`, WORKER, { rev: 2 });
  await api('POST', `/cases/${field.calm.id}/hand-over`, WORKER, { staffId: 'xinhua_worker2' });
}

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
    await visitor.go('/search');
    await page.locator('input[type=search]').fill('演示甲');
    await page.keyboard.press('Enter');
    await page.locator('main li').first().waitFor();
    await shoot('search');
    if (size === 'phone') {
      await page.locator('.nav-more').click();
      await shoot('menu');
    }
    await visitor.go('/queue');
    await page.locator('.report-line').nth(1).waitFor();
    await shoot('queue');
    await visitor.go(`/queue/${reportId}`);
    await page.locator('.possible').waitFor();
    await shoot('queue-report');
    await page.locator('#report-actions').locator('..').locator('.button.primary').click();
    await page.locator('dialog[open]').waitFor();
    await shoot('screen-in');
    await visitor.go(`/cases/${field.late.id}/papers/${paperId}`);
    await page.locator('.save-saved').waitFor();
    await shoot('paper');
    await page.locator('.paper-bar .button').click();
    await page.locator('.missing').waitFor();
    await shoot('paper-missing');
    await page.keyboard.press('Escape');
    await page.locator('input[name=abandoned][value=none]').click();
    await page.locator('textarea[name=summary]').fill('演示：父亲动手，母亲愿意配合。');
    await page.locator('.paper-bar .button').click();
    await page.locator('input[name=decided][value=high]').click();
    await shoot('paper-sign');
    await visitor.go(`/cases/${field.late.id}/papers/${signedId}`);
    await page.locator('.answers').first().waitFor();
    await shoot('paper-signed');
    await conflict(visitor, shoot);
    await visitor.go(`/cases/${field.calm.id}`);
    await page.locator('.arranged').waitFor();
    await shoot('handover');
    await visitor.go(`/cases/${field.late.id}`);
    await page.locator('.referral .actions .button').first().click();
    await page.locator('dialog img.qr').waitFor();
    await shoot('qr');
    await visitor.go('/partners');
    await page.locator('.partner .button').first().click();
    await page.locator('.contacts li').first().waitFor();
    await shoot('partners');
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

/** Two people at one paper: a colleague saves while this one types. */
async function conflict(visitor: Visitor, shoot: (name: string) => Promise<void>): Promise<void> {
  const { page } = visitor;
  const path = `/cases/${field.late.id}/papers`;
  const { id } = (await api<{ id: string }>('POST', path, WORKER, { form: 'safety_plan' })).body;
  await visitor.go(`${path}/${id}`);
  await page.locator('.save-saved').waitFor();
  const answers = { dangers: '演示：父亲酒后动手，多在周末。', safe_place: '外婆家（同一小区 5 号楼）' };
  await api('PUT', `${path}/${id}/draft`, 'xinhua_worker2', { rev: 1, answers });
  await page.locator('textarea[name=dangers]').fill('演示：邻居说夜里有哭声。');
  await page.locator('.clash').waitFor();
  await shoot('paper-conflict');
}
