/** Pictures of the partner's pages in every state, for docs/screenshots: npm run screenshots. Not part of the tests. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import type { ReferralAnswer } from '../../api/schemas/answers';
import { PROJECT } from '../../sandbox/config';
import { PHONE, Visitor } from '../support/browser';
import { launchBrowser } from '../support/chromium';
import { eventually, startSystem, type System } from '../support/system';
import { SUPERVISOR, WORKER } from './field';

const FOLDER = join(PROJECT, 'docs/screenshots');
let system: System;
let browser: Browser;

beforeAll(async () => {
  mkdirSync(FOLDER, { recursive: true });
  [system, browser] = await Promise.all([startSystem(), launchBrowser()]);
}, 900_000);
afterAll(async () => {
  await browser?.close();
  await system?.close();
});

const post = <T>(path: string, body: unknown = {}) => system.ask<T>('POST', `/api/v1${path}`, WORKER, body);

/** A referral as the partner has it. @returns its page, as the mail says it */
async function refer(
  partnerId: string,
  purpose: string,
): Promise<{ caseId: string; id: string; path: string; text: string }> {
  const { id: caseId } = await system.report(WORKER, {
    type: 'physical_abuse',
    risk: 'critical',
    triggers: ['injury'],
    child: { name: '演示甲', sex: 'male', birthDate: '2016-03-09', address: '新华西路 12 号 3 单元' },
    narrative: '演示：老师发现孩子手臂有淤青，孩子说不敢回家。',
  });
  const staffId = system.account(WORKER).staffId;
  await system.ask('POST', `/api/v1/cases/${caseId}/assign`, SUPERVISOR, { staffId });
  const { body } = await post<ReferralAnswer>(`/cases/${caseId}/referrals`, { partnerId, purpose });
  const heard = await eventually(
    async () => [...(await system.told(caseId))],
    (messages) => messages.some(({ channel, text }) => channel === 'email' && text.includes('/r/')),
  );
  const mail = heard.find(({ text }) => text.includes('/r/'))?.text ?? '';
  const path = /\/r\/[\w-]{43}/.exec(mail)?.[0] ?? '';
  return { caseId, id: body.id, path, text: mail };
}

test('the partner’s pages on a phone, without JavaScript', async () => {
  const visitor = await Visitor.open(browser, system.url, PHONE);
  const { page } = visitor;
  const shoot = async (name: string): Promise<void> => {
    expect(await visitor.overflows()).toBe(false);
    expect(await visitor.findings()).toEqual([]);
    await page.screenshot({ path: join(FOLDER, `partner-${name}-phone-zh.png`), fullPage: true });
  };
  await visitor.go('/r');
  await shoot('pickup');
  const first = await refer('police-qinghe', 'investigate');
  await visitor.go(first.path);
  await shoot('sent');
  await page.locator('summary').first().click();
  await page.locator('#suggestion').fill('请联系东湖派出所');
  await page.evaluate("document.querySelectorAll('[required]').forEach((one) => one.removeAttribute('required'))");
  await page.locator('form[action$="/decline"] button').click();
  await page.locator('.wrong').waitFor();
  await shoot('decline-refused');
  await visitor.go(first.path);
  await page.locator('form[action$="/confirm"] button').click();
  await page.locator('form[action$="/accept"]').waitFor();
  await shoot('received');
  await page.locator('form[action$="/accept"] button').click();
  await page.locator('.notice').waitFor();
  await shoot('accepted');
  await page.locator('input[value=done]').check();
  await page.locator('#text').fill('已出警，孩子已由母亲接回，伤情已拍照固定。');
  await page.locator('form[action$="/feedback"] button').click();
  await page.locator('.notice').waitFor();
  await shoot('feedback');

  const second = await refer('hospital-qinghe', 'medical');
  await visitor.go(second.path);
  await page.locator('summary').first().click();
  await page.locator('#reason').fill('本院没有儿科病房');
  await page.locator('#suggestion').fill('可以转市儿童医院');
  await page.locator('form[action$="/decline"] button').click();
  await page.locator('.notice').waitFor();
  await shoot('declined');

  const third = await refer('hospital-qinghe', 'medical');
  await visitor.go(third.path);
  await page.locator('summary').nth(1).click();
  await shoot('wrong-recipient');
  await page.locator('form[action$="/misdirected"] button').click();
  await page.getByText('感谢告知').waitFor();
  await shoot('wrong-recipient-said');
  await visitor.go(third.path);
  await shoot('gone');

  await visitor.go('/p');
  await shoot('sign-in');
  const phone = '13800002001';
  await page.locator('#phone').fill(phone);
  await page.locator('button').click();
  await page.locator('#code').waitFor();
  await shoot('sign-in-code');
  const sms = await eventually(
    async () => (await system.ask<{ text: string }[]>('GET', '/sandbox/messages')).body,
    (messages) => messages.some(({ text }) => text.includes('登录守望协作平台')),
  );
  const code =
    /验证码(\d{6})/.exec(sms.findLast(({ text }) => text.includes('登录守望协作平台'))?.text ?? '')?.[1] ?? '';
  await refer('police-qinghe', 'protect');
  await page.locator('#code').fill(code);
  await page.locator('button').click();
  await page.locator('h2').first().waitFor();
  await shoot('home');
  const qr = await fetch(`${system.url}/api/v1/cases/${first.caseId}/referrals/${first.id}/qr?format=png`, {
    headers: { authorization: `Bearer ${system.account(WORKER).token}` },
  });
  writeFileSync(join(FOLDER, 'referral-qr.png'), Buffer.from(await qr.arrayBuffer()));
  await visitor.close();
});
