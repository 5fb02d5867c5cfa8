/** What is being written on a phone is not lost: not by leaving, by the end of a session, by a tapped push, by Escape. */
import type { Page } from 'playwright-core';
import { PHONE, type Visitor } from '../support/browser';
import { eventually } from '../support/system';
import { WORKER } from './field';
import { onStage } from './stage';
import { fine, leave } from './visits';

const stage = onStage();
const OTHER = 'xinhua_worker2';
const SAID = '演示：只说一次的话。';

/** What lies in the device's store of drafts. */
const DRAFTS = `(async () => {
  const db = await new Promise((resolve) => { const asked = indexedDB.open('shouwang'); asked.onsuccess = () => resolve(asked.result); });
  const drafts = await new Promise((resolve) => { const asked = db.transaction('drafts').objectStore('drafts').getAll(); asked.onsuccess = () => resolve(asked.result); });
  db.close();
  return { drafts: drafts.length, plain: drafts.some((one) => /演示|只说一次/.test(new TextDecoder().decode(one.data))) };
})()`;
const draftsOf = (page: Page) => page.evaluate<{ drafts: number; plain: boolean }>(DRAFTS);

async function toVisit() {
  const { id, number, steps } = await stage.system.report(WORKER, { type: 'neglect', risk: 'high' });
  const path = `/work/visit/${id}/${steps.find(({ kind }) => kind === 'first_contact')?.id}`;
  return { id, number, path, worker: await stage.visit(WORKER, path, PHONE) };
}

/** The session ends at the station, as it does by itself after a while; the page hears of it when it reads the next time. */
async function sessionEnds({ page, context }: Visitor): Promise<void> {
  await context.clearCookies();
  await eventually(
    async () => {
      await page.evaluate("document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))");
      return page.locator('input[name=username]').count();
    },
    (count) => count === 1,
  );
}

async function signIn({ page }: Visitor, name: string): Promise<void> {
  const { username, password } = stage.system.account(name);
  await page.locator('input[name=username]').fill(username);
  await page.locator('input[name=password]').fill(password);
  await page.locator('button[type=submit]').click();
  await page.locator('nav').first().waitFor();
}

test('a visit that is being written outlives the session for its owner, and for nobody else; then it is sent and gone', async () => {
  const { number, worker } = await toVisit();
  const { page } = worker;
  await page.locator('input[name=seen][value=alone]').click();
  await page.locator('textarea[name=words]').fill(SAID);
  await page.getByText(/草稿已加密保存在本机/).waitFor();
  await fine(worker);
  // The last word counts too.
  await page.locator('textarea[name=next]').fill('演示：明天再来。');
  await sessionEnds(worker);
  expect(await page.evaluate('document.body.innerText')).not.toContain(SAID);
  expect(await draftsOf(page)).toEqual({ drafts: 1, plain: false });

  await signIn(worker, OTHER);
  // The step is a colleague's to do as well: the page is there, the words are not.
  await page.locator('textarea[name=words]').waitFor();
  expect(await page.locator('textarea[name=words]').inputValue()).toBe('');
  expect(await page.locator('.line-link').count()).toBe(0);
  await page.getByRole('button', { name: '退出' }).click();
  await signIn(worker, WORKER);
  expect(await page.locator('textarea[name=words]').inputValue()).toBe(SAID);
  expect(await page.locator('textarea[name=next]').inputValue()).toBe('演示：明天再来。');
  expect(await page.locator('input[name=seen][value=alone]').isChecked()).toBe(true);

  // Offered wherever somebody goes on.
  await page.locator('nav a[href="/work"]').click();
  await page.locator('.line', { hasText: '1 份草稿' }).getByRole('link', { name: '查看' }).click();
  await page.getByText(`走访记录 · ${number}`).waitFor();
  await fine(worker);
  await page.getByRole('link', { name: '继续填写' }).click();
  await page.locator('input[name=safe][value=safe]').click();
  await page.locator('button[type=submit]').click();
  await page.getByText('走访记录已加密保存').waitFor();
  await eventually(
    () => draftsOf(page),
    ({ drafts }) => drafts === 0,
  );
  await leave(worker);
});

test('a draft of a visit can still be read when its step is somebody else’s by then', async () => {
  const { id, path, worker } = await toVisit();
  const { page } = worker;
  await page.locator('textarea[name=words]').fill(SAID);
  await page.getByText(/草稿已加密保存在本机/).waitFor();
  await page.locator('nav a[href="/work"]').click();
  const step = path.split('/').at(-1);
  const done = { outcome: 'done', note: '演示：先到的同事' };
  expect((await stage.ask('POST', `/cases/${id}/steps/${step}/complete`, WORKER, done)).status).toBe(200);
  await worker.go(path);
  await page.getByText('这一步已不在您的待办中').waitFor();
  expect(await page.locator('textarea[name=words]').inputValue()).toBe(SAID);
  await leave(worker);
});

test('a service record is kept until it is sent, and cleared only after asking', async () => {
  const worker = await stage.visit(WORKER, '/services/new', PHONE);
  const { page } = worker;
  await page.locator('input[value=daily_care]').click();
  // The kind alone is nothing written.
  expect((await draftsOf(page)).drafts).toBe(0);
  await page.getByLabel('说明').fill(SAID);
  await page.locator('nav a[href="/work"]').click();
  await page.getByText('1 份草稿').waitFor();
  await page.reload();
  await page.locator('.line', { hasText: '1 份草稿' }).getByRole('link', { name: '查看' }).click();
  await page.getByRole('link', { name: '继续填写' }).click();
  expect(await page.getByLabel('说明').inputValue()).toBe(SAID);
  expect(await draftsOf(page)).toEqual({ drafts: 1, plain: false });
  await page.getByRole('button', { name: '清空重写' }).click();
  await page.locator('dialog', { hasText: '确定清空' }).getByRole('button', { name: '返回' }).click();
  expect(await page.getByLabel('说明').inputValue()).toBe(SAID);
  await page.getByRole('button', { name: '保存', exact: true }).click();
  await page.getByText('日常照料：工作站已收到').waitFor();
  expect((await draftsOf(page)).drafts).toBe(0);

  await page.locator('input[value=daily_care]').click();
  await page.getByLabel('说明').fill(SAID);
  await page.getByRole('button', { name: '清空重写' }).click();
  await page.locator('dialog').getByRole('button', { name: '清空重写' }).click();
  await page.getByLabel('说明').waitFor({ state: 'detached' });
  await eventually(
    () => draftsOf(page),
    ({ drafts }) => drafts === 0,
  );
  await leave(worker);
});

test('words in a form without a draft of its own: Escape asks, and the end of the session keeps them for their owner', async () => {
  const { id } = await stage.system.report(WORKER);
  const worker = await stage.visit(WORKER, '/work', PHONE);
  const { page } = worker;
  const row = page.locator('.work-row', { has: page.locator(`a[href="/cases/${id}"]`) }).first();
  await row.locator('button').click();
  await page.getByText('无法完成，或不适用').click();
  const note = page.locator('dialog textarea').first();
  const ask = page.locator('dialog', { hasText: '内容还没有提交' });
  // Nothing is written: it closes as it always did.
  await page.keyboard.press('Escape');
  await page.locator('dialog').waitFor({ state: 'detached' });
  await row.locator('button').click();
  await page.getByText('无法完成，或不适用').click();
  await note.fill(SAID);
  await page.keyboard.press('Escape');
  await ask.waitFor();
  expect(await worker.findings()).toEqual([]);
  await page.keyboard.press('Escape');
  await ask.waitFor({ state: 'detached' });
  // The browser closes a dialog on the second Escape in a row whatever the page says.
  await page.keyboard.press('Escape');
  await ask.getByRole('button', { name: '返回' }).click();
  expect(await note.inputValue()).toBe(SAID);
  await sessionEnds(worker);
  expect(await draftsOf(page)).toEqual({ drafts: 1, plain: false });
  await signIn(worker, WORKER);
  await page.locator('.line', { hasText: '1 份草稿' }).getByRole('link', { name: '查看' }).click();
  await page.getByText('未提交的内容').waitFor();
  await page.getByText(SAID).waitFor();
  await fine(worker);
  await page.getByRole('button', { name: '从本机删除' }).click();
  await page.locator('dialog').getByRole('button', { name: '删除', exact: true }).click();
  await page.getByText(SAID).waitFor({ state: 'detached' });
  await leave(worker);
});

test('a report that came back does not write over another one’s draft unasked', async () => {
  const worker = await stage.visit(WORKER, '/report', PHONE);
  const { page } = worker;
  const narrative = page.locator('textarea[name=narrative]');
  await page.locator('input[value=neglect]').click();
  await narrative.fill('演示：退回的报告。');
  await page.locator('input[value=earlier]').click();
  // A moment that is still to come: the station does not take it.
  await page.locator('input[name=receivedAt]').fill('2099-01-01T08:00');
  await page.locator('button[type=submit]').click();
  await page.getByText('工作站没有接收这份报告').waitFor();
  await page.getByRole('link', { name: '再报一件' }).click();
  await narrative.fill(SAID);
  await page.getByText(/草稿已加密保存在本机/).waitFor();
  await page.locator('.line-link').click();
  await page.getByRole('button', { name: '改正后重新提交' }).click();
  await page.locator('dialog', { hasText: '会覆盖' }).getByRole('button', { name: '返回' }).click();
  await page.getByRole('link', { name: '继续填写' }).click();
  expect(await narrative.inputValue()).toBe(SAID);
  await page.locator('.line-link').click();
  await page.getByRole('button', { name: '改正后重新提交' }).click();
  await page.getByRole('button', { name: '覆盖草稿' }).click();
  await page.waitForURL('**/report');
  await narrative.waitFor();
  expect(await narrative.inputValue()).toBe('演示：退回的报告。');
  await leave(worker);
});

/** As a finger on the notice does it; a browser without a screen cannot be brought to the front, so that part is left out. */
async function tapPush({ page, context }: Visitor, path: string): Promise<void> {
  await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)');
  await eventually(
    () => page.evaluate('navigator.serviceWorker.controller !== null'),
    (there) => there === true,
  );
  const [worker] = context.serviceWorkers();
  await worker?.evaluate(`(async () => {
    WindowClient.prototype.focus = async function () { return this; };
    let work;
    const notification = { close() {}, data: '${path}' };
    self.dispatchEvent(Object.assign(new Event('notificationclick'), { notification, waitUntil: (done) => (work = done) }));
    await work;
  })()`);
}

test('a tapped push opens its case within the app, and asks first where somebody is writing', async () => {
  const { id, path, worker } = await toVisit();
  const { page } = worker;
  const ask = page.locator('dialog', { hasText: '确定打开通知' });
  await page.evaluate('window.stayed = true');
  await page.locator('textarea[name=words]').fill(SAID);
  await tapPush(worker, `/cases/${id}`);
  await ask.waitFor();
  expect(await worker.findings()).toEqual([]);
  await ask.getByRole('button', { name: '返回' }).click();
  expect(await page.locator('textarea[name=words]').inputValue()).toBe(SAID);
  await tapPush(worker, `/cases/${id}`);
  await ask.getByRole('button', { name: '打开' }).click();
  await page.waitForURL(`**/cases/${id}`);
  await page.getByRole('heading', { name: '附件' }).waitFor();
  expect(await page.evaluate('window.stayed')).toBe(true);
  await page.goBack();
  await page.waitForURL(`**${path}`);
  expect(await page.locator('textarea[name=words]').inputValue()).toBe(SAID);
  await page.locator('nav a[href="/work"]').click();
  // Nothing is being written here.
  await tapPush(worker, `/cases/${id}`);
  await page.waitForURL(`**/cases/${id}`);
  await leave(worker);
});
