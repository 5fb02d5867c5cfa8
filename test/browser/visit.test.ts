/** A visit without signal: written down with a picture, sealed on the phone, and sent once by itself when there is signal. */
import sharp from 'sharp';
import { PHONE, Visitor } from '../support/browser';
import { eventually } from '../support/system';
import { WORKER } from './field';
import { onStage } from './stage';

const stage = onStage();
let worker: Visitor;

beforeEach(async () => {
  worker = await Visitor.open(stage.browser, stage.system.url, PHONE);
});
afterEach(async () => {
  const { errors } = worker;
  await worker.close();
  expect(errors).toEqual([]);
});

interface File {
  id: string;
  type: string;
  thumbnail: boolean;
}
const filesOf = async (id: string): Promise<File[]> =>
  (await stage.system.ask<{ items: File[] }>('GET', `/api/v1/cases/${id}/attachments`, WORKER)).body.items;

const picture = async (): Promise<{ name: string; mimeType: string; buffer: Buffer }> => ({
  name: 'IMG_0001.jpg',
  mimeType: 'image/jpeg',
  buffer: await sharp({ create: { width: 640, height: 480, channels: 3, background: '#7799aa' } })
    .jpeg()
    .toBuffer(),
});

/** What lies in the device's store, as somebody with the phone's disk would find it. */
const STORED = `(async () => {
  const db = await new Promise((resolve) => { const asked = indexedDB.open('shouwang'); asked.onsuccess = () => resolve(asked.result); });
  const posts = await new Promise((resolve) => { const asked = db.transaction('posts').objectStore('posts').getAll(); asked.onsuccess = () => resolve(asked.result); });
  db.close();
  const text = (data) => new TextDecoder().decode(data);
  return { posts: posts.length, bytes: posts.filter((one) => one.bytes).length,
    plain: posts.some((one) => text(one.data).includes('外婆') || (one.bytes && new Uint8Array(one.bytes.data).slice(0, 3).join() === '255,216,255')) };
})()`;

test('written down offline with a picture, kept sealed through a reload, sent once there is signal', async () => {
  const { id, number, steps } = await stage.system.report(WORKER, { type: 'neglect', risk: 'high' });
  const step = steps.find(({ kind }) => kind === 'first_contact');
  await worker.enter(stage.system.account(WORKER), '/work');
  const { page } = worker;
  await page.locator('.work-row').first().waitFor();
  await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)');

  await worker.context.setOffline(true);
  await page.reload();
  await page.getByText('以下是上次读到的内容').waitFor();
  expect(await page.evaluate('document.body.innerText')).not.toContain('测试儿童');
  await page.locator(`a[href="/work/visit/${id}/${step?.id}"]`).click();
  await page.getByRole('heading', { level: 1, name: new RegExp(number) }).waitFor();
  await page.locator('button[type=submit]').click();
  expect(await page.locator('.wrong').count()).toBe(2);
  await page.locator('input[name=seen][value=alone]').click();
  await page.locator('input[name=safe][value=danger]').click();
  await page.locator('a[href="tel:110"]').waitFor();
  await page.locator('input[name=safe][value=safe]').click();
  await page.locator('textarea[name=words]').fill('演示：我想去外婆家。');
  expect(await page.locator('input[capture=environment]').getAttribute('accept')).toBe('image/*');
  await page.locator('input[capture=environment]').setInputFiles(await picture());
  await page.locator('.thumbs img').waitFor();
  expect(await worker.findings()).toEqual([]);
  expect(await worker.overflows()).toBe(false);
  await page.locator('button[type=submit]').click();
  await page.getByText('走访记录已加密保存').waitFor();
  await page.getByText('2 份内容还没有送出').waitFor();
  expect(await page.evaluate(STORED)).toEqual({ posts: 2, bytes: 1, plain: false });
  await page.reload();
  await page.getByText('2 份内容还没有送出').waitFor();
  await page.getByRole('link', { name: '查看' }).click();
  await page.getByText(`走访记录 · ${number}`).waitFor();
  expect(await worker.findings()).toEqual([]);

  await worker.context.setOffline(false);
  await page.getByText('没有待送出的内容').waitFor();
  expect(await page.evaluate(STORED)).toEqual({ posts: 0, bytes: 0, plain: false });
  const done = (await stage.system.ask('GET', `/api/v1/cases/${id}`, WORKER)).body.steps.find(
    (one) => one.id === step?.id,
  );
  expect(done).toMatchObject({ state: 'done', outcome: 'done' });
  expect(JSON.stringify(done)).toContain('演示：我想去外婆家。');
  expect(await filesOf(id)).toMatchObject([{ type: 'image/jpeg', thumbnail: true }]);
});

test('what is being written stays when the step is finished by somebody else meanwhile, and is kept with the case', async () => {
  const { id, number, steps } = await stage.system.report(WORKER, { type: 'neglect', risk: 'high' });
  const step = steps.find(({ kind }) => kind === 'first_contact');
  await worker.enter(stage.system.account(WORKER), `/work/visit/${id}/${step?.id}`);
  const { page } = worker;
  await page.getByRole('heading', { level: 1, name: new RegExp(number) }).waitFor();
  await page.locator('input[name=seen][value=alone]').click();
  await page.locator('input[name=safe][value=safe]').click();
  const words = page.locator('textarea[name=words]');
  await words.fill('演示：只说一次的话。');
  const before = await words.boundingBox();
  const done = { outcome: 'done', note: '演示：先到的同事' };
  expect((await stage.ask('POST', `/cases/${id}/steps/${step?.id}/complete`, WORKER, done)).status).toBe(200);
  await page.getByText('这一步已不在您的待办中').waitFor();
  expect(await words.inputValue()).toBe('演示：只说一次的话。');
  expect(await words.boundingBox()).toEqual(before);
  expect(await worker.findings()).toEqual([]);
  await page.locator('button[type=submit]').click();
  await page.getByText('走访记录已加密保存').waitFor();
  await eventually(
    async () => JSON.stringify((await stage.ask('GET', `/cases/${id}/timeline`, WORKER)).body),
    (timeline) => timeline.includes('演示：只说一次的话。'),
  );
});

test('a picture to the case from the camera, shown small, and taken back', async () => {
  const { id } = await stage.system.report(WORKER);
  await worker.enter(stage.system.account(WORKER), `/cases/${id}`);
  const { page } = worker;
  await page.getByRole('heading', { name: '附件' }).waitFor();
  await page.locator('input[capture=environment]').setInputFiles(await picture());
  await page.locator('.thumbs img').waitFor();
  await eventually(
    () => page.evaluate<number>("document.querySelector('.thumbs img').naturalWidth"),
    (width) => width > 0,
  );
  expect(await worker.findings()).toEqual([]);
  await page.locator('.thumbs').getByRole('button', { name: '撤回' }).click();
  await page.locator('dialog textarea').fill('演示：拍错了');
  await page.locator('dialog button[type=submit]').click();
  await page.getByText('已撤回：演示：拍错了').waitFor();
  expect(await page.locator('.thumbs img').count()).toBe(0);
});

test('what the station refuses stays on the device and says why', async () => {
  const { id } = await stage.system.report(WORKER);
  await worker.enter(stage.system.account(WORKER), `/cases/${id}`);
  const { page } = worker;
  await page.getByRole('heading', { name: '附件' }).waitFor();
  const buffer = Buffer.from('no picture at all');
  await page
    .locator('input[capture=environment]')
    .setInputFiles({ name: 'IMG_0002.jpg', mimeType: 'image/jpeg', buffer });
  await page.getByText('1 份内容需要处理').waitFor();
  await page.getByRole('link', { name: '查看' }).click();
  await page.getByText('工作站没有接收').waitFor();
  await page.getByRole('button', { name: '从本机删除' }).click();
  // It is gone for good: asked first, and not to is as near.
  await page.locator('dialog', { hasText: '删除后无法恢复' }).getByRole('button', { name: '返回' }).click();
  await page.getByText('工作站没有接收').waitFor();
  await page.getByRole('button', { name: '从本机删除' }).click();
  expect(await worker.findings()).toEqual([]);
  await page.locator('dialog').getByRole('button', { name: '删除', exact: true }).click();
  await page.getByText('没有待送出的内容').waitFor();
});

/** As a disk that has lost a block leaves it: the picture of the first photo is other bytes than were sealed. */
const DAMAGE = `(async () => {
  const db = await new Promise((resolve) => { const asked = indexedDB.open('shouwang'); asked.onsuccess = () => resolve(asked.result); });
  const store = db.transaction('posts', 'readwrite').objectStore('posts');
  const posts = await new Promise((resolve) => { const asked = store.getAll(); asked.onsuccess = () => resolve(asked.result); });
  const [first] = posts.filter((one) => one.bytes).sort((a, b) => a.savedAt - b.savedAt);
  first.bytes.data = new ArrayBuffer(64);
  await new Promise((resolve) => { const asked = store.put(first); asked.onsuccess = resolve; });
  db.close();
})()`;

test('a picture that cannot be opened any more is set aside, said, and holds up nothing behind it', async () => {
  const { id } = await stage.system.report(WORKER);
  await worker.enter(stage.system.account(WORKER), `/cases/${id}`);
  const { page } = worker;
  await page.getByRole('heading', { name: '附件' }).waitFor();
  await worker.context.setOffline(true);
  for (const n of [1, 2]) {
    await page.locator('input[capture=environment]').setInputFiles(await picture());
    await page.getByText(`${n} 份内容还没有送出`).waitFor();
  }
  await page.evaluate(DAMAGE);
  await worker.context.setOffline(false);
  await eventually(
    () => filesOf(id),
    (files) => files.length === 1,
  );
  await page.getByText('1 份内容需要处理').waitFor();
  await page.getByRole('link', { name: '查看' }).click();
  await page.getByText('本机保存的内容已损坏').waitFor();
  expect(await worker.findings()).toEqual([]);
});

test('nothing moves when the first content waits to be sent', async () => {
  const { id } = await stage.system.report(WORKER);
  await worker.enter(stage.system.account(WORKER), `/cases/${id}`);
  const { page } = worker;
  const heading = page.getByRole('heading', { name: '附件' });
  await heading.waitFor();
  const top = () => page.evaluate<number>("document.querySelector('main h1').getBoundingClientRect().top + scrollY");
  await worker.context.setOffline(true);
  await page.getByText('没有网络，填写的内容会先保存在本机').waitFor();
  const before = await top();
  await page.locator('input[capture=environment]').setInputFiles(await picture());
  await page.getByText('1 份内容还没有送出').waitFor();
  expect(await top()).toBe(before);
  await worker.context.setOffline(false);
  await page.locator('.line-none').waitFor();
  expect(await top()).toBe(before);
  expect(await worker.overflows()).toBe(false);
});
