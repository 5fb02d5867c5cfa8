/** The station's services on a phone: a record with its evidence, with and without signal; and what follows from it at a desk. */
import { rmSync } from 'node:fs';
import pg from 'pg';
import type { Browser } from 'playwright-core';
import { SERVICE_KINDS, type ServiceKind } from '../../domain/services/kinds';
import { policiesNow, VISIT } from '../api/services/support';
import { DESK, PATIENCE_MS, PHONE, Visitor } from '../support/browser';
import { launchBrowser } from '../support/chromium';
import { picture } from '../support/files';
import { eventually, startSystem, type System } from '../support/system';
import { SUPERVISOR, WORKER } from './field';
import { fine, leave, listOf, openDay, shown, STORED, XLSX } from './visits';

let policiesDir = '';
let system: System;
let browser: Browser;

beforeAll(async () => {
  policiesDir = policiesNow();
  [system, browser] = await Promise.all([startSystem({ POLICIES_DIR: policiesDir }), launchBrowser()]);
  const child = { name: '演示童', birthDate: '2016-01-01' };
  await must('POST', '/children', WORKER, child);
  await must('POST', '/service-groups', WORKER, { title: '绿色小组', theme: 'environment' });
}, 900_000);
afterAll(async () => {
  await browser?.close();
  await system?.close();
  rmSync(policiesDir, { recursive: true, force: true });
});

async function must<T>(method: string, path: string, as: string, body?: unknown): Promise<T> {
  const reply = await system.ask<T>(method, `/api/v1${path}`, as, body);
  if (reply.status >= 300) throw new Error(`${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
  return reply.body;
}
interface Row {
  id: string;
  kind: ServiceKind;
  at: string;
  files: number;
  title: string | null;
  headCount: number;
  childIds: string[];
  staffIds: string[];
}
const services = async (): Promise<Row[]> => (await must<{ items: Row[] }>('GET', '/services?limit=200', WORKER)).items;
const actual = async (id: string): Promise<number | undefined> =>
  (await must<{ items: { id: string; actual: number }[] }>('GET', '/indicators?contract=now', WORKER)).items.find(
    (one) => one.id === `now.${id}`,
  )?.actual;

async function visit(username: string, path: string, size = PHONE, language = 'zh-CN'): Promise<Visitor> {
  const visitor = await Visitor.open(browser, system.url, size, language);
  await visitor.enter(system.account(username), path);
  return visitor;
}
const photo = async (name = 'IMG_0001.jpg') => ({ name, mimeType: 'image/jpeg', buffer: await picture('jpeg') });

test('a service with a photo: counted at once, the evidence opened from the record, and found fit by the supervisor', async () => {
  const before = (await actual('visits')) ?? 0;
  const worker = await visit(WORKER, '/services/new');
  const { page } = worker;
  await page.locator('input[value=home_visit]').click();
  await page.getByRole('button', { name: '和谁一起' }).click();
  await page.locator('.choice-option', { hasText: '周谷雨' }).click();
  expect(await page.locator('input[capture=environment]').getAttribute('accept')).toBe('image/*');
  await page.locator('input[capture=environment]').setInputFiles(await photo());
  await page.locator('.thumbs img').waitFor();
  await fine(worker);
  await page.getByRole('button', { name: '保存' }).click();
  await page.getByText('1 张照片已送达').waitFor();
  const [made] = await services();
  expect(made).toMatchObject({ kind: 'home_visit', files: 1, staffIds: [WORKER, 'xinhua_worker2'] });
  expect(await actual('visits')).toBe(before + 1);

  await page.getByRole('link', { name: '查看记录' }).click();
  await page.locator('#service-evidence .count', { hasText: '1' }).waitFor();
  await shown(worker, '.thumbs img');
  await fine(worker);
  await page.locator('.thumb-button').click();
  await shown(worker, 'dialog .whole-picture');
  await fine(worker);
  await page.keyboard.press('Escape');
  await page.locator('input[capture=environment]').setInputFiles(await photo('IMG_0002.jpg'));
  await page.locator('#service-evidence .count', { hasText: '2' }).waitFor();
  await page.getByRole('link', { name: '服务日历' }).click();
  await openDay(page, made?.at ?? '');
  await page.locator('.service', { hasText: '照片 2 张' }).waitFor();
  await leave(worker);

  const boss = await visit(SUPERVISOR, '/services', DESK);
  await openDay(boss.page, made?.at ?? '');
  await boss.page.locator('.service a').first().click();
  const fit = boss.page.getByRole('checkbox', { name: '可供评估' }).first();
  await fit.click();
  await eventually(
    async () => (await must<{ items: { fit: boolean }[] }>('GET', `/services/${made?.id}/evidence`, SUPERVISOR)).items,
    (marks) => marks.some((one) => one.fit),
  );
  await eventually(() => fit.isChecked(), Boolean);
  await fine(boss);
  await leave(boss);
});

test('each kind with a photo and without signal: kept sealed through a reload, said so, and sent once by itself', async () => {
  const before = (await services()).length;
  const worker = await visit(WORKER, '/services/new');
  const { page } = worker;
  // What is chosen from has been read once: it is on the device before it is shown.
  await page.locator('input[value=group_session]').click();
  await page.locator('option', { hasText: '绿色小组' }).waitFor({ state: 'attached' });
  await page.locator('input[value=casework]').click();
  await page.locator('.choice-option', { hasText: '演示童' }).waitFor();
  await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)');
  await worker.context.setOffline(true);
  await page.reload();
  for (const kind of SERVICE_KINDS) {
    await page.locator(`input[value=${kind}]`).click();
    if (kind === 'casework') await page.locator('.choice-option', { hasText: 'C0001' }).click();
    if (kind === 'community_event' || kind === 'publicity_training') await page.getByLabel('活动名称').fill('演示活动');
    if (kind === 'group_session') await page.getByLabel('小组', { exact: true }).selectOption({ label: '绿色小组' });
    if (kind === 'satisfaction') {
      await page.getByRole('spinbutton', { name: '有效问卷' }).fill('20');
      await page.getByRole('spinbutton', { name: '满意' }).last().fill('19');
    }
    await page.locator('textarea').last().fill('演示：离线写下');
    await page.locator('input[capture=environment]').setInputFiles(await photo(`${kind}.jpg`));
    await page.locator('.thumbs img').waitFor();
    await page.getByRole('button', { name: '保存' }).click();
    await page.locator('input[value=visit]:not(:checked)').waitFor({ state: 'attached' });
    await page.locator('.record-save').waitFor({ state: 'detached' });
  }
  expect(await page.locator('.record-waiting').count()).toBe(SERVICE_KINDS.length);
  expect(await page.locator('.record-saved').count()).toBe(0);
  await page.getByText('24 份内容还没有送出').waitFor();
  await fine(worker);
  expect(await page.evaluate(STORED)).toEqual({ posts: 24, bytes: 12, plain: false });
  await page.reload();
  await page.getByRole('link', { name: '查看', exact: true }).click();
  await page.locator('.card', { hasText: '服务记录 · 走访' }).waitFor();
  expect(await page.locator('.card', { hasText: '照片 1 张' }).count()).toBe(12);
  await fine(worker);
  expect((await services()).length).toBe(before);

  await worker.context.setOffline(false);
  // Twenty-four requests one after the other, with a picture to clean in every second.
  await page.getByText('没有待送出的内容').waitFor({ timeout: 2 * PATIENCE_MS });
  expect(await page.evaluate(STORED)).toEqual({ posts: 0, bytes: 0, plain: false });
  const rows = await services();
  expect(rows.length).toBe(before + SERVICE_KINDS.length);
  for (const kind of SERVICE_KINDS) {
    const own = rows.filter((one) => one.kind === kind);
    expect([kind, own.some((one) => one.files === 1)]).toEqual([kind, true]);
  }
  expect(rows.find(({ kind }) => kind === 'casework')?.childIds).toHaveLength(1);
  await leave(worker);
});

test('a record that the station does not take stays with its photo, says why, and is put right', async () => {
  const worker = await visit(WORKER, '/services/new');
  const { page } = worker;
  const { id } = await must<{ id: string }>('POST', '/service-groups', WORKER, { title: '早已结束', theme: 'law' });
  await page.reload();
  await page.locator('input[value=group_session]').click();
  await page.getByLabel('小组', { exact: true }).selectOption({ label: '早已结束' });
  await must('PATCH', `/service-groups/${id}`, SUPERVISOR, { ended: true });
  // Ended only now, it would be taken, since it began an hour and a half ago: so it has ended yesterday.
  const db = new pg.Client(system.databaseUrl);
  await db.connect();
  await db.query("UPDATE service_groups SET ended_at = ended_at - interval '1 day' WHERE id = $1", [id]);
  await db.end();
  await page.locator('input[capture=environment]').setInputFiles(await photo());
  await page.locator('.thumbs img').waitFor();
  await page.getByRole('button', { name: '保存' }).click();
  await page.getByText('工作站没有接收：小组活动').waitFor();
  await page.getByText('这个小组已经结束').waitFor();
  await fine(worker);
  // Half of another one is written: it is not written over unasked, here and from the list of what is on the device.
  await page.locator('input[value=daily_care]').click();
  await page.getByLabel('说明').fill('演示：写到一半。');
  await page.getByText(/草稿已加密保存在本机/).waitFor();
  const ask = page.locator('dialog', { hasText: '会覆盖' });
  await page.getByRole('button', { name: '改正后重新保存' }).click();
  await ask.getByRole('button', { name: '返回' }).click();
  expect(await page.getByLabel('说明').inputValue()).toBe('演示：写到一半。');
  await page.locator('.line-link').click();
  await page.getByRole('button', { name: '改正后重新保存' }).click();
  await ask.waitFor();
  await fine(worker);
  await ask.getByRole('button', { name: '覆盖草稿' }).click();
  await page.getByText('原来的 1 张照片会一起送出').waitFor();
  await page.getByRole('button', { name: '新开一个小组' }).click();
  await page.getByLabel('小组名称').fill('法治小课堂');
  await page.getByRole('button', { name: '开设' }).click();
  await page.locator('.new-group').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: '保存', exact: true }).click();
  await page.getByText('1 张照片已送达').waitFor();
  expect((await services()).some((one) => one.kind === 'group_session' && one.files === 1)).toBe(true);
  await page.locator('.line-none').waitFor({ state: 'attached' });
  await leave(worker);
});

const HEAD = ['姓名', '性别', '出生日期', '困境类型'];

test('a list from a spreadsheet: each bad cell by row and column, nothing half taken over, and twice changes nothing', async () => {
  const registered = async () =>
    (await must<{ items: unknown[] }>('GET', '/children?limit=200', SUPERVISOR)).items.length;
  const before = await registered();
  const boss = await visit(SUPERVISOR, '/services', DESK);
  const { page } = boss;
  await page.getByRole('link', { name: '导入台账' }).click();
  const card = page.locator('section[aria-labelledby=import-children]');
  const choose = card.locator('input[type=file]');
  await choose.setInputFiles(
    listOf('错的.xlsx', [
      HEAD,
      ['导入演示甲', '女', '2016-05-04', '留守'],
      ['导入演示乙', '不详性别', '2016-02-28', '穷'],
    ]),
  );
  await card.getByText('2 处需要改正').waitFor();
  const cells = await card.locator('tbody tr').allInnerTexts();
  expect(cells.map((line) => line.split(/\s+/).slice(0, 2))).toEqual([
    ['3', '性别'],
    ['3', '困境类型'],
  ]);
  expect(await card.innerText()).not.toContain('导入演示');
  expect(await card.getByRole('button', { name: '确认导入' }).count()).toBe(0);
  await fine(boss);
  expect(await registered()).toBe(before);

  const right = listOf('名册.xlsx', [
    HEAD,
    ['导入演示甲', '女', '2016-05-04', '留守'],
    ['导入演示乙', '男', '2015-01-01', '低保'],
  ]);
  await choose.setInputFiles(right);
  await card.getByText('新增 2 条，已有 0 条。现在还没有导入').waitFor();
  expect(await registered()).toBe(before);
  await fine(boss);
  await card.getByRole('button', { name: '确认导入 2 条' }).click();
  await card.getByText('已导入：共 2 行').waitFor();
  expect(await registered()).toBe(before + 2);
  await choose.setInputFiles(right);
  await card.getByText('新增 0 条，已有 2 条').waitFor();
  expect(await card.getByRole('button', { name: '没有新的内容' }).isDisabled()).toBe(true);

  const visits = page.locator('section[aria-labelledby=import-visits]');
  const day = new Date(Date.now() - 20 * 86_400_000).toISOString().slice(0, 10);
  const rows = [
    ['日期', '类别', '时长（分钟）', '社工', '其他人数'],
    [day, '走访', 40, '林立春', 3],
  ];
  const counted = (await actual('visits')) ?? 0;
  await visits.locator('input[type=file]').setInputFiles(listOf('走访.xlsx', rows));
  await visits.getByRole('button', { name: '确认导入 1 条' }).click();
  await visits.getByText('已导入：共 1 行').waitFor();
  expect(await actual('visits')).toBe(counted + 3);
  const [template] = await Promise.all([
    page.waitForEvent('download'),
    visits.getByRole('link', { name: '下载空白表' }).click(),
  ]);
  expect(template.suggestedFilename()).toBe('visits.xlsx');
  await visits
    .locator('input[type=file]')
    .setInputFiles({ name: 'x.xlsx', mimeType: XLSX, buffer: Buffer.from('no list') });
  await visits.getByRole('alert').waitFor();
  await fine(boss);
  await leave(boss);
});

test('the survey after a service: its codes on the phone, answered there; what hints at harm waits for the supervisor', async () => {
  const at = new Date(Date.now() - 3_600_000).toISOString();
  const body = { kind: 'counselling', minutes: 30, place: 'station', headCount: 3, at };
  const { id } = await must<{ id: string }>('POST', '/services', WORKER, body);
  const worker = await visit(WORKER, `/services/${id}`);
  const { page } = worker;
  await page.getByLabel('需要几张').fill('2');
  await page.getByRole('button', { name: '生成卡片' }).click();
  await shown(worker, '.survey-code');
  await page.getByText('2 张卡片，已答 0 份').last().waitFor();
  await fine(worker);
  const [child] = await Promise.all([
    page.waitForEvent('popup'),
    page.getByRole('link', { name: '没有手机的，在这台手机上答' }).click(),
  ]);
  await child.getByText('很好', { exact: true }).click();
  await child.locator('textarea').fill('演示：有人打我');
  await child.getByRole('button', { name: '好了' }).click();
  await child.getByText('你说的很重要').waitFor();
  await child.close();
  await page.getByText('2 张卡片，已答 1 份').first().waitFor();
  await leave(worker);

  const boss = await visit(SUPERVISOR, '/services');
  await boss.page.getByRole('link', { name: '小问卷留言' }).click();
  const remark = boss.page.locator('.remark', { hasText: '有人打我' });
  await remark.getByText('可能受到伤害').waitFor();
  await fine(boss);
  await remark.getByRole('button', { name: '我看过了，我来处理' }).click();
  await remark.getByText('已处理').waitFor();
  await leave(boss);
});

test('a record entered by mistake is withdrawn with a reason and leaves the count', async () => {
  const before = await actual('events');
  const body = { kind: 'community_event', minutes: 60, place: 'community', headCount: 9, title: '演示误记' };
  const at = new Date(Date.now() - 7_200_000).toISOString();
  const { id } = await must<{ id: string }>('POST', '/services', WORKER, { ...body, at });
  expect(await actual('events')).toBe((before ?? 0) + 1);
  const worker = await visit(WORKER, `/services/${id}`);
  await worker.page.getByRole('button', { name: '作废这条记录' }).click();
  await worker.page.locator('dialog textarea').fill('演示：记错了');
  await worker.page.locator('dialog button[type=submit]').click();
  await worker.page.getByText('这条记录已作废').waitFor();
  await fine(worker);
  expect(await actual('events')).toBe(before);
  await leave(worker);
});

test.each([
  ['phone', PHONE, 'en', WORKER],
  ['desk', DESK, 'en', SUPERVISOR],
] as const)(
  'in English on a %s every new page fits and can be used by everybody',
  async (_name, size, language, who) => {
    const body = { ...VISIT, at: new Date(Date.now() - 3_600_000).toISOString(), headCount: 2 };
    const { id } = await must<{ id: string }>('POST', '/services', WORKER, body);
    const visitor = await visit(who, `/services/${id}`, size, language);
    const { page } = visitor;
    const found: string[] = [];
    const look = async (what: string, ready: string): Promise<void> => {
      await page.locator(ready).first().waitFor();
      found.push(...(await visitor.findings()).map((line) => `${what}: ${line}`));
      if (await visitor.overflows()) found.push(`${what}: wider than the screen`);
      if (
        /[a-z]+\.[a-z]+[A-Z]?[a-z]*\b(?!\w)/.test(
          (await page.locator('main').innerText()).replaceAll(/\S+\.(?:docx|xlsx)/g, ''),
        )
      )
        found.push(`${what}: a word is missing`);
    };
    await look('record', '.service-facts');
    await visitor.go('/services/new');
    await page.locator('input[value=group_session]').click();
    await page.getByRole('button', { name: 'Open a new group' }).click();
    await look('new record', '.new-group');
    await visitor.go('/services/import');
    await look('lists', '#import-children');
    if (who === SUPERVISOR) {
      await visitor.go('/services/remarks');
      await look('remarks', '.remark, .remarks .state-empty');
      await visitor.go('/indicators/evaluation');
      await look('evaluation', '#sample');
    }
    expect(found).toEqual([]);
    await leave(visitor);
  },
);
