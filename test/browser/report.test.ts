/** The worker on a phone: reporting quickly, without signal, and my work. */
import { gzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../../sandbox/config';
import { Visitor } from '../support/browser';
import { eventually, type CaseBody } from '../support/system';
import { WORKER } from './field';
import { onStage } from './stage';

const stage = onStage();
let worker: Visitor;

beforeEach(async () => {
  worker = await Visitor.open(stage.browser, stage.system.url);
});
afterEach(async () => {
  const { errors } = worker;
  await worker.close();
  expect(errors).toEqual([]);
});

const casesOfWorker = async (): Promise<CaseBody[]> =>
  (await stage.system.ask<{ items: CaseBody[] }>('GET', '/api/v1/cases?limit=200', WORKER)).body.items;

/** Gzip kilobytes of all scripts that the page has loaded so far. */
async function scriptKilobytes(visitor: Visitor): Promise<number> {
  const names = await visitor.page.evaluate<string[]>(
    "performance.getEntriesByType('resource').map((one) => new URL(one.name).pathname).filter((one) => one.endsWith('.js'))",
  );
  const files = [...new Set(names)].filter((name) => name.startsWith('/app/'));
  expect(files.length).toBeGreaterThan(0);
  const bytes = files.map((name) => gzipSync(readFileSync(join(PROJECT, 'dist/web', name)), { level: 9 }).length);
  return bytes.reduce((sum, one) => sum + one, 0) / 1000;
}

test('a critical case in 25 taps at most, with what to do shown before it is sent, on at most 150 kB of script', async () => {
  await worker.signIn(stage.system.account(WORKER));
  await worker.page.locator('nav a[href="/report"]').click();
  const { page } = worker;
  await page.locator('form.report').waitFor();
  expect(await scriptKilobytes(worker)).toBeLessThanOrEqual(150);
  await page.locator('nav a[href="/work"]').click();
  await page.getByRole('heading', { name: '我的工作' }).waitFor();
  expect(await scriptKilobytes(worker)).toBeLessThanOrEqual(150);
  await page.locator('nav a[href="/report"]').click();
  await page.locator('form.report').waitFor();

  await worker.tap(page.locator('input[value=physical_abuse]'));
  await worker.tap(page.locator('input[value=critical]'));
  await page.locator('a[href="tel:110"]').waitFor();
  await worker.type(page.getByLabel('孩子姓名'), '演示甲');
  await worker.tap(page.locator('input[name=sex][value=female]'));
  await worker.type(page.getByLabel('孩子现在在哪里'), '新华西路 12 号');
  await worker.type(page.locator('textarea[name=narrative]'), '演示：手臂有淤青，不敢回家。');
  await worker.tap(page.getByRole('checkbox', { name: '受伤' }));
  await worker.tap(page.locator('input[value=teacher]'));
  await worker.type(page.locator('input[name=reporterPhone]'), '13800009999');
  await worker.tap(page.locator('button[type=submit]'));
  await page.locator('.verdict-good').waitFor();
  expect(worker.taps).toBeLessThanOrEqual(25);

  const [number] = /[A-Z]\d{4}/.exec(await page.locator('.verdict-number').innerText()) ?? [];
  const [found] = (await casesOfWorker()).filter((one) => one.number === number);
  expect(found).toMatchObject({ type: 'physical_abuse', risk: 'critical' });
  // Its story has left the device with it.
  expect(await page.evaluate('document.body.innerText')).not.toContain('淤青');
});

test('without signal: kept, said so, still there after reopening, and sent once by itself', async () => {
  await worker.enter(stage.system.account(WORKER), '/report');
  const { page } = worker;
  await page.locator('form.report').waitFor();
  await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)');
  const before = (await casesOfWorker()).length;

  await worker.context.setOffline(true);
  await page.reload();
  await page.locator('input[value=missing]').click();
  await page.locator('input[value=critical]').click();
  await page.locator('textarea[name=narrative]').fill('演示：放学后没有回家。');
  await page.locator('button[type=submit]').click();
  await page.locator('.verdict-wait').waitFor();
  expect(await page.locator('.verdict-wait h1').innerText()).toBe('工作站还没有收到');
  await page.reload();
  await page.locator('.verdict-wait').waitFor();

  await worker.context.setOffline(false);
  await page.locator('.verdict-good').waitFor();
  expect((await casesOfWorker()).length).toBe(before + 1);
});

/** The words of the first report that waits on the device are noise from now on. */
const DAMAGE = `(async () => {
  const db = await new Promise((resolve) => { const asked = indexedDB.open('shouwang'); asked.onsuccess = () => resolve(asked.result); });
  const store = db.transaction('reports', 'readwrite').objectStore('reports');
  const all = await new Promise((resolve) => { const asked = store.getAll(); asked.onsuccess = () => resolve(asked.result); });
  const [first] = all.filter((one) => one.state === 'waiting').sort((a, b) => a.savedAt - b.savedAt);
  first.data = new ArrayBuffer(64);
  await new Promise((resolve) => { const asked = store.put(first); asked.onsuccess = resolve; });
  db.close();
})()`;

test('a report that cannot be opened any more, and one that the station fails on, hold up none behind them', async () => {
  await worker.enter(stage.system.account(WORKER), '/report');
  const { page } = worker;
  await page.locator('form.report').waitFor();
  await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)');
  const before = (await casesOfWorker()).length;
  await page.route('**/api/v1/cases', async (route) => {
    const fails = route.request().postData()?.includes('演示：乙。') === true;
    await (fails
      ? route.fulfill({ status: 500, json: { type: 'internal', title: '', status: 500 } })
      : route.continue());
  });
  await worker.context.setOffline(true);
  for (const words of ['演示：甲。', '演示：乙。', '演示：丙。']) {
    await page.locator('input[value=neglect]').click();
    await page.locator('textarea[name=narrative]').fill(words);
    await page.locator('button[type=submit]').click();
    await page.locator('.verdict-wait').waitFor();
    await page.getByText('再报一件').click();
    await page.locator('form.report').waitFor();
  }
  await page.evaluate(DAMAGE);
  await page.reload();
  await page.locator('form.report').waitFor();
  await worker.context.setOffline(false);
  await eventually(casesOfWorker, (all) => all.length === before + 1);
  await page.unroute('**/api/v1/cases');
  await worker.go('/report/outbox');
  await page.getByText('本机保存的内容已损坏').waitFor();
  await eventually(casesOfWorker, (all) => all.length === before + 2);
});

test('a draft survives closing the page, and is noise after signing out', async () => {
  await worker.enter(stage.system.account(WORKER), '/report');
  const { page } = worker;
  await page.locator('textarea[name=narrative]').fill('演示：写到一半。');
  await page.getByText(/草稿已加密保存在本机/).waitFor();
  const stored = `(async () => {
    const db = await new Promise((resolve) => { const asked = indexedDB.open('shouwang'); asked.onsuccess = () => resolve(asked.result); });
    const all = (name) => new Promise((resolve) => { const asked = db.transaction(name).objectStore(name).getAll(); asked.onsuccess = () => resolve(asked.result); });
    const [drafts, keys] = [await all('drafts'), await all('keys')];
    db.close();
    return { drafts: drafts.length, keys: keys.length, extractable: keys.some((one) => one.extractable),
      plain: drafts.some((one) => new TextDecoder().decode(one.data).includes('写到一半')) };
  })()`;
  expect(await page.evaluate(stored)).toEqual({ drafts: 1, keys: 1, extractable: false, plain: false });
  await page.reload();
  await page.locator('textarea[name=narrative]').waitFor();
  expect(await page.locator('textarea[name=narrative]').inputValue()).toBe('演示：写到一半。');

  // Whoever writes on to the last moment leaves no more than others.
  await page.locator('textarea[name=narrative]').fill('演示：写到一半，又写了一句。');
  await page.getByRole('button', { name: '退出' }).click();
  await page.getByText('还有 1 份内容没有送出').waitFor();
  await page.getByRole('button', { name: '仍然退出并删除' }).click();
  await page.locator('input[name=username]').waitFor();
  expect(await page.evaluate(stored)).toEqual({ drafts: 0, keys: 0, extractable: false, plain: false });
});

test('what is missing is named, and the focus goes there', async () => {
  await worker.enter(stage.system.account(WORKER), '/report');
  const { page } = worker;
  await page.locator('input[value=neglect]').click();
  await page.locator('button[type=submit]').click();
  await page.getByText('请写一句发生了什么').waitFor();
  expect(await page.evaluate('document.activeElement.name')).toBe('narrative');
});

test('my work: two taps finish a step, and a note may go along', async () => {
  const { id } = await stage.system.report(WORKER);
  await worker.enter(stage.system.account(WORKER), '/work');
  const { page } = worker;
  await page.locator('.work-row').first().waitFor();
  await page.getByText('测试儿童').first().waitFor();
  const row = page.locator('.work-row', { has: page.locator(`a[href="/cases/${id}"]`) }).first();
  const step = await row.locator('.work-step').innerText();
  await worker.tap(row.locator('button'));
  await page.getByText('无法完成，或不适用').click();
  await page.locator('dialog textarea').first().fill('演示：已办');
  await worker.tap(page.locator('dialog button[type=submit]').first());
  await page.getByText(`“${step}”已办结`).waitFor();
  expect(worker.taps).toBe(2);
  const done = await eventually(
    async () =>
      (await stage.system.ask('GET', `/api/v1/cases/${id}`, WORKER)).body.steps.filter((one) => one.state === 'done'),
    (steps) => steps.length > 0,
  );
  expect(done).toMatchObject([{ name: step, note: '演示：已办' }]);
});
