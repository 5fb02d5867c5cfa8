/** Signing in with a second step, setting one up, and accounts: as people do it, on a phone and at a desk. */
import { mkdirSync } from 'node:fs';
import { openDb } from '../../store/db';
import { startTestApi } from '../support/api';
import { DESK, PHONE, Visitor } from '../support/browser';
import { eventually, type Message } from '../support/system';
import { STEP_MS, totp } from '../support/totp';
import { onStage } from './stage';

const stage = onStage();
/** A folder to put pictures in, for whoever wants to look. */
const PICTURES = process.env['ACCOUNT_PICTURES'];
const found: string[] = [];

/** Can everybody use what is shown, and does it fit the screen? */
async function look(visitor: Visitor, what: string, ready: string): Promise<void> {
  await visitor.page.locator(ready).first().waitFor();
  found.push(...(await visitor.findings()).map((line) => `${what}: ${line}`));
  if (await visitor.overflows()) found.push(`${what}: wider than the screen`);
  if (PICTURES === undefined) return;
  mkdirSync(PICTURES, { recursive: true });
  await visitor.page.screenshot({ path: `${PICTURES}/${what.replaceAll(' ', '-')}.png`, fullPage: true });
}

async function leave(visitor: Visitor): Promise<void> {
  await visitor.close();
  expect(visitor.errors).toEqual([]);
  expect(found.splice(0)).toEqual([]);
}

/** Types name and password; what comes then is the caller's. */
async function firstStep(visitor: Visitor, username: string, password: string): Promise<void> {
  await visitor.go('/sign-in');
  await visitor.page.locator('input[name=username]').fill(username);
  await visitor.page.locator('input[name=password]').fill(password);
  await visitor.page.locator('button[type=submit]').click();
}

describe.each([
  ['phone', 'zh-CN', PHONE, 'xinhua_worker2', '备用码', '登录的设备'],
  ['desk', 'en', DESK, 'evaluator', 'Use a backup code', 'Signed-in devices'],
] as const)('on a %s in %s', (name, language, size, username, byBackup, devices) => {
  test('somebody sets an authenticator up, and signs in with its next code, or with a backup code', async () => {
    const visitor = await Visitor.open(stage.browser, stage.system.url, size, language);
    const { page } = visitor;
    const { password } = stage.system.account(username);
    await visitor.signIn(stage.system.account(username));
    await page.locator('.who-name').click();
    await page.getByRole('heading', { name: devices }).waitFor();
    await look(visitor, `${name} account`, '.account-row');
    await page.locator('section .button.primary').first().click();
    await page.locator('form input[name=password]').first().fill(password);
    await page.locator('form button[type=submit]').first().click();
    await look(visitor, `${name} authenticator`, '.qr');
    await page.locator('.more summary').click();
    const secret = (await page.locator('.secret').innerText()).replaceAll(/\s/g, '');
    const uri = `otpauth://totp/x?secret=${secret}`;
    await page.locator('input[name=code]').fill(totp(uri));
    await page.locator('form button[type=submit]').first().click();
    await look(visitor, `${name} backup codes`, '.backup-codes code');
    const [backup = ''] = await page.locator('.backup-codes code').allInnerTexts();
    await page.locator('section .button.primary').click();
    await page.getByRole('heading', { name: devices }).waitFor();
    await leave(visitor);

    const later = await Visitor.open(stage.browser, stage.system.url, size, language);
    await firstStep(later, username, password);
    await look(later, `${name} second step`, 'input[name=code]');
    await later.page.locator('input[name=code]').fill('000000');
    await later.page.locator('button[type=submit]').click();
    await later.page.locator('[role=alert]').waitFor();
    await later.page.locator('input[name=code]').fill(totp(uri, Date.now() + STEP_MS));
    await later.page.locator('button[type=submit]').click();
    await later.page.locator('nav').waitFor();
    await leave(later);

    const lost = await Visitor.open(stage.browser, stage.system.url, size, language);
    await firstStep(lost, username, password);
    await lost.page.getByRole('button', { name: byBackup }).click();
    await lost.page.locator('input[name=code]').fill(backup);
    await lost.page.locator('button[type=submit]').click();
    await lost.page.locator('nav').waitFor();
    await leave(lost);
  });

  test('an administrator makes an account, and its person sets a password behind the link', async () => {
    const admin = await Visitor.open(stage.browser, stage.system.url, size, language);
    const { page } = admin;
    await admin.enter(stage.system.account('admin'), '/accounts');
    await look(admin, `${name} accounts`, '.account-row');
    await page.locator('.page-head .button.primary').click();
    await look(admin, `${name} new account`, 'dialog[open]');
    const fresh = `fresh_${name}`;
    const inputs = page.locator('dialog input');
    await inputs.nth(0).fill('测试新人');
    await inputs.nth(1).fill(fresh);
    await page.locator('dialog select').nth(0).selectOption('supervisor');
    await page.locator('dialog select').nth(1).selectOption('donghu');
    await page.locator('dialog button[type=submit]').click();
    await look(admin, `${name} set-up link`, '.link-box');
    const link = await page.locator('.link-box').inputValue();
    expect(new URL(link).pathname).toBe('/set-up');
    await page.keyboard.press('Escape');
    await page.locator('.account-row', { hasText: fresh }).getByRole('button').click();
    await look(admin, `${name} one account`, 'dialog[open] .actions');
    await leave(admin);

    const person = await Visitor.open(stage.browser, stage.system.url, size, language);
    const set = person.page.locator('input[name=new-password]');
    await person.page.goto(link);
    await look(person, `${name} set-up`, 'input[name=new-password]');
    const type = async (word: string): Promise<void> => {
      for (const n of [0, 1]) await set.nth(n).fill(word);
      await person.page.locator('button[type=submit]').click();
    };
    await type('password1234');
    await person.page.locator('[role=alert]').waitFor();
    await type('四种颜色-的雨伞-kq7');
    await person.page.locator('nav').waitFor();
    expect(await person.page.locator('.who-name').innerText()).toContain('测试新人');
    await leave(person);

    const again = await Visitor.open(stage.browser, stage.system.url, size, language);
    await again.page.goto(link);
    await look(again, `${name} link over`, 'p.state');
    await leave(again);
  });
});

test('a code by text comes to the phone through the carrier, and lets in', async () => {
  const { phone: own, password } = stage.system.account('xinhua_worker1');
  const phone = own ?? '';
  const visitor = await Visitor.open(stage.browser, stage.system.url);
  /** The newest code that the phone has got, once there are so many. */
  const codeOf = async (count: number): Promise<string> => {
    const texts = await eventually(
      async () => {
        const { body } = await stage.system.ask<Message[]>('GET', '/sandbox/messages');
        return body.filter((one) => one.to === phone && one.text.includes('登录验证码'));
      },
      (all) => all.length >= count,
    );
    return /登录验证码(\d{6})，/.exec(texts.at(-1)?.text ?? '')?.[1] ?? '';
  };
  await visitor.enter(stage.system.account('xinhua_worker1'), '/account');
  await visitor.page.locator('section .button.primary').first().click();
  const texts = visitor.page.locator('form', { hasText: '能用身份验证器时请优先使用' });
  await texts.locator('button[type=submit]').click();
  await texts.locator('input[name=code]').fill(await codeOf(1));
  await texts.locator('button[type=submit]').click();
  await visitor.page.locator('.backup-codes code').first().waitFor();
  await leave(visitor);
  // One a minute: the next one is asked for as if that had passed.
  const db = openDb(stage.system.databaseUrl, 1);
  await db.signInCode.updateMany({ data: { at: new Date(Date.now() - 61_000) } });
  await db.$disconnect();
  const later = await Visitor.open(stage.browser, stage.system.url);
  await firstStep(later, 'xinhua_worker1', password);
  await later.page.getByRole('button', { name: '发送短信验证码' }).click();
  await later.page.getByText(`已发送到尾号 ${phone.slice(-4)} 的手机`).waitFor();
  await later.page.locator('input[name=code]').fill(await codeOf(2));
  await later.page.locator('button[type=submit]').click();
  await later.page.locator('nav').waitFor();
  await leave(later);
});

test('where the rule demands a second step, a new person sees nothing before it is set up', async () => {
  const t = await startTestApi({ config: { demandSecondFactor: true } });
  try {
    const visitor = await Visitor.open(stage.browser, t.url);
    const { username, password } = t.account('xinhua_supervisor');
    await firstStep(visitor, username, password);
    await look(visitor, 'phone enrolment', 'form h2');
    expect(await visitor.page.locator('nav').count()).toBe(0);
    await visitor.page.locator('form input[name=password]').fill(password);
    await visitor.page.locator('form button[type=submit]').first().click();
    await visitor.page.locator('.more summary').click();
    const secret = (await visitor.page.locator('.secret').innerText()).replaceAll(/\s/g, '');
    await visitor.page.locator('input[name=code]').fill(totp(`otpauth://totp/x?secret=${secret}`));
    await visitor.page.locator('form button[type=submit]').first().click();
    const codes = visitor.page.locator('.backup-codes code');
    const shown = await codes.allInnerTexts().then(async (found) => {
      await codes.first().waitFor();
      return found.length > 0 ? found : codes.allInnerTexts();
    });
    expect(shown.length).toBeGreaterThan(0);
    // Looking away to write them down, and back: who is signed in is read again, and needs no second step any more.
    await visitor.page.clock.install();
    const read = visitor.page.waitForResponse(/\/api\/v1\/me$/);
    await visitor.page.clock.fastForward(61_000);
    await visitor.page.evaluate("document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))");
    await read;
    await visitor.page.clock.runFor(1_000);
    expect(await codes.allInnerTexts()).toEqual(shown);
    await visitor.page.locator('section .button.primary').click();
    await visitor.page.locator('nav').waitFor();
    await leave(visitor);
  } finally {
    await t.close();
  }
}, 120_000);

test('a pause after wrong passwords says what to do in an emergency', async () => {
  const visitor = await Visitor.open(stage.browser, stage.system.url, PHONE);
  await firstStep(visitor, 'duty2', 'wrong password');
  for (let n = 0; n < 5; n += 1) {
    await visitor.page.locator('[role=alert]').waitFor();
    await visitor.page.locator('button[type=submit]').click();
    await visitor.page.locator('button[type=submit]:not([disabled])').waitFor();
  }
  await visitor.page.getByText('情况紧急请联系民政值班员').waitFor();
  await leave(visitor);
});
