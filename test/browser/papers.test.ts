/** Papers of a case (个案文书) in the browser: filled in on a phone, suggested, decided, signed, fetched; and two people at once. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { DESK, PHONE } from '../support/browser';
import { eventually } from '../support/system';
import { SUPERVISOR, WORKER } from './field';
import { onStage } from './stage';
import { leave } from './visits';

const stage = onStage({ withField: true });
interface Paper {
  id: string;
  rev: number;
  state: string;
  suggested: string | null;
  decided: string | null;
  attachmentId: string | null;
  answers: Record<string, unknown>;
  reason: string | null;
  copies: { staffId: string }[];
}
const begin = async (caseId: string, form: string): Promise<string> => {
  const { status, body } = await stage.system.ask('POST', `/api/v1/cases/${caseId}/papers`, WORKER, { form });
  expect(status).toBe(201);
  return `/cases/${caseId}/papers/${body.id}`;
};
const paperOf = async (path: string): Promise<Paper> =>
  (await stage.system.ask<Paper>('GET', `/api/v1${path}`, SUPERVISOR)).body;
const pathOf = (page: Page): string => new URL(page.url()).pathname;

test('a guardianship assessment on a phone: saves itself, suggests, is decided otherwise with why, signed, fetched as PDF', async () => {
  const worker = await stage.visit(WORKER, `/cases/${stage.field.late.id}`, PHONE);
  const { page } = worker;
  await page.getByRole('button', { name: '新建文书' }).click();
  await page
    .locator('.form-list li', { hasText: '监护状况初步评估' })
    .getByRole('button', { name: /^开始填写/ })
    .click();
  await page.locator('.save-saved').waitFor();
  // A tap an item: twelve scored ones.
  for (const item of ['body', 'mood', 'school', 'daily_care', 'supervision', 'will', 'ability', 'home', 'income'])
    await worker.tap(page.locator(`input[name=${item}][value=poor]`));
  await worker.tap(page.locator('input[name=support][value=good]'));
  await worker.tap(page.locator('input[name=violence][value=confirmed]'));
  await page.locator('.suggestion .risk-high').waitFor();
  await page.getByText('按这些情形，至少应为此等级：打骂、虐待').waitFor();
  await page.getByText('还有 1 项没有评分').waitFor();
  expect(await worker.findings()).toEqual([]);
  expect(await worker.overflows()).toBe(false);
  // It saves itself: nobody has pressed anything for it, and a reload finds all of it.
  await page.locator('.save-saved').waitFor();
  const path = pathOf(page);
  expect((await paperOf(path)).answers).toMatchObject({ violence: 'confirmed', home: 'poor' });
  await page.reload();
  expect(await page.locator('input[name=violence][value=confirmed]').isChecked()).toBe(true);

  // What lacks is named, and leads to its place.
  await page.getByRole('button', { name: '签署…' }).click();
  await page.getByText('还有 2 项没有填：').waitFor();
  await page.locator('dialog').getByRole('button', { name: '长期不管、遗弃' }).click();
  await worker.tap(page.locator('input[name=abandoned][value=none]'));
  await page.locator('textarea[name=summary]').fill('演示：父亲动手，母亲愿意配合。');
  await page.getByRole('button', { name: '签署…' }).click();
  const sign = page.locator('dialog').getByRole('button', { name: '签署', exact: true });
  // A person decides: nothing is chosen beforehand.
  expect(await sign.isEnabled()).toBe(false);
  await page.locator('dialog input[value=critical]').click();
  expect(await sign.isEnabled()).toBe(false);
  await page.locator('dialog textarea').fill('演示：父亲今晚还会回来');
  expect(await worker.findings()).toEqual([]);
  await sign.click();
  await page.getByText('已签署，PDF 已存入案卷').waitFor();
  const signed = await paperOf(path);
  expect(signed).toMatchObject({ state: 'signed', suggested: 'high', decided: 'critical' });
  expect(signed.reason).toBe('演示：父亲今晚还会回来');

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: '下载 PDF' }).click(),
  ]);
  expect(
    readFileSync(await download.path())
      .subarray(0, 5)
      .toString(),
  ).toBe('%PDF-');
  expect(await worker.findings()).toEqual([]);

  // What follows is offered, and happens when somebody says so.
  await page.locator('.follow').getByText('办结步骤').waitFor();
  await page.getByRole('button', { name: '办理所选' }).click();
  await page.getByText('已办理').waitFor();
  const { steps } = (await stage.system.ask('GET', `/api/v1/cases/${stage.field.late.id}`, WORKER)).body;
  expect(steps.find(({ kind }) => kind === 'guardianship_assessment')?.state).toBe('done');
  await leave(worker);
});

test('two people write at once: the second is told, sees both side by side, chooses, and nothing is lost', async () => {
  const path = await begin(stage.field.calm.id, 'safety_plan');
  const [first, second] = [await stage.visit(WORKER, path), await stage.visit(SUPERVISOR, path)];
  for (const { page } of [first, second]) await page.locator('.save-saved').waitFor();
  await first.page.locator('textarea[name=dangers]').fill('演示：父亲酒后动手');
  await first.page.locator('textarea[name=safe_place]').fill('演示：外婆家');
  await eventually(
    () => paperOf(path),
    ({ answers }) => answers['safe_place'] === '演示：外婆家',
  );
  const { page } = second;
  // Both are written before the first of them arrives, however long somebody takes for the second.
  let written = (): void => undefined;
  const whole = new Promise<void>((resolve) => (written = resolve));
  await page.route('**/draft', async (route) => {
    await whole;
    await route.continue();
  });
  await page.locator('textarea[name=dangers]').fill('演示：邻居说夜里有哭声');
  await page.locator('textarea[name=signs]').fill('演示：摔门声');
  written();
  await page.getByRole('heading', { name: '林立春也修改了这份文书' }).waitFor();
  const dangers = page.locator('.clash fieldset', { hasText: '可能出现的危险' });
  expect(await dangers.innerText()).toMatch(/您写的[\s\S]*夜里有哭声[\s\S]*林立春写的[\s\S]*酒后动手/);
  // What one alone has changed is clear; what both have is chosen.
  expect(await page.locator('input[name="clash.safe_place"][value=theirs]').isChecked()).toBe(true);
  expect(await page.locator('input[name="clash.signs"][value=mine]').isChecked()).toBe(true);
  expect(await page.getByRole('button', { name: '还有 1 项待选' }).isEnabled()).toBe(false);
  expect(await second.findings()).toEqual([]);
  await dangers.getByRole('radio', { name: '两份都保留' }).check();
  await page.getByRole('button', { name: '按所选继续' }).click();
  await page.locator('.save-saved').waitFor();
  const merged = await paperOf(path);
  expect(merged.answers).toEqual({
    dangers: '演示：父亲酒后动手\n演示：邻居说夜里有哭声',
    safe_place: '演示：外婆家',
    signs: '演示：摔门声',
  });
  expect(merged.copies).toMatchObject([{ staffId: SUPERVISOR }]);
  await page.reload();
  await page.getByRole('button', { name: /^陈立夏 ·/ }).click();
  await page.locator('#paper-copies').locator('..').getByText('演示：邻居说夜里有哭声').waitFor();
  await leave(first);
  await leave(second);
});

test('without signal: what is typed lies sealed on the device, also after reopening, and is saved when there is signal', async () => {
  const path = await begin(stage.field.calm.id, 'needs');
  const worker = await stage.visit(WORKER, path, PHONE);
  const { page } = worker;
  await page.locator('.save-saved').waitFor();
  // Written on while the first save is on its way: when that is lost, both words lie on the device.
  let tries = 0;
  let written = (): void => undefined;
  const whole = new Promise<void>((resolve) => (written = resolve));
  await page.route('**/draft', async (route) => {
    tries += 1;
    await whole;
    await route.abort();
  });
  await page.locator('input[name=health][value=much]').click();
  await eventually(
    async () => tries,
    (count) => count > 0,
  );
  await page.locator('textarea[name=wish]').fill('演示：想和外婆住');
  written();
  await page.locator('.save-offline').waitFor();
  const kept = await page.evaluate<string>(`new Promise((resolve, reject) => {
    const opened = indexedDB.open('shouwang');
    opened.onerror = () => reject(opened.error);
    opened.onsuccess = () => {
      const all = opened.result.transaction('papers').objectStore('papers').getAll();
      all.onsuccess = () => resolve(JSON.stringify(all.result.map((one) => ({ ...one, data: new TextDecoder().decode(one.data) }))));
    };
  })`);
  expect(kept).toContain(path.split('/').at(-1));
  expect(kept).not.toContain('外婆');
  await page.reload();
  await page.locator('.save-offline').waitFor();
  expect(await page.locator('textarea[name=wish]').inputValue()).toBe('演示：想和外婆住');
  await page.unroute('**/draft');
  await page.locator('.save-saved').waitFor();
  expect((await paperOf(path)).answers).toEqual({ health: 'much', wish: '演示：想和外婆住' });
  await leave(worker);
});

test('signed by a colleague meanwhile: it is said, and what was typed lies beside the signed one', async () => {
  const path = await begin(stage.field.calm.id, 'police');
  const worker = await stage.visit(WORKER, path);
  const { page } = worker;
  await page.locator('.save-saved').waitFor();
  const answers = { reported_at: '2026-11-20T10:00:00+08:00', unit: '演示派出所', filed: 'waiting' };
  const headers = { 'idempotency-key': crypto.randomUUID() };
  expect((await stage.system.ask('PUT', `/api/v1${path}/draft`, SUPERVISOR, { rev: 1, answers }, headers)).status).toBe(
    200,
  );
  expect((await stage.system.ask('POST', `/api/v1${path}/sign`, SUPERVISOR, { rev: 2 })).status).toBe(200);
  await page.locator('textarea[name=notes]').fill('演示：民警姓李');
  await page.getByText('这份文书已由他人签署或撤回').waitFor();
  await page.locator('.case-head .tag', { hasText: '已签署' }).waitFor();
  await page.getByRole('button', { name: /^林立春 ·/ }).click();
  await page.locator('#paper-copies').locator('..').getByText('演示：民警姓李').waitFor();
  await leave(worker);
});

test.each([
  ['phone', 'en', PHONE, WORKER],
  ['desk', 'en', DESK, SUPERVISOR],
] as const)(
  'on a %s in %s every form can be filled in by everybody and fits the screen',
  async (_n, language, size, who) => {
    const ids = ['case_plan', 'conference', 'visit', 'guardianship_full', 'court_order', 'safety'];
    const visitor = await stage.visit(who, '/board', size, language);
    const { page } = visitor;
    const found: string[] = [];
    for (const id of ids) {
      await visitor.go(await begin(stage.field.asking.id, id));
      await page.locator('.save-saved').waitFor();
      for (const add of await page.getByRole('button', { name: /^Add: / }).all()) await add.click();
      found.push(...(await visitor.findings()).map((line) => `${id}: ${line}`));
      if (await visitor.overflows()) found.push(`${id}: wider than the screen`);
      // Every word of it has an English one.
      expect(await page.locator('article.paper .card').allInnerTexts()).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/[\u4e00-\u9fff]{3,}/)]),
      );
      await page.evaluate("document.documentElement.dir = 'rtl'");
      if (await visitor.overflows()) found.push(`${id}, from right to left: wider than the screen`);
    }
    expect(found).toEqual([]);
    await leave(visitor);
  },
);

/** A phone that is slow to seal: each time takes a while. */
const SLOW_SEAL = `
  const own = crypto.subtle.encrypt.bind(crypto.subtle);
  crypto.subtle.encrypt = async (...given) => { await new Promise((resolve) => setTimeout(resolve, 500)); return own(...given); };`;
const KEPT = `(async () => {
  const db = await new Promise((resolve) => { const asked = indexedDB.open('shouwang'); asked.onsuccess = () => resolve(asked.result); });
  const count = await new Promise((resolve) => { const asked = db.transaction('papers').objectStore('papers').count(); asked.onsuccess = () => resolve(asked.result); });
  db.close();
  return count;
})()`;

test('what is being sealed while its save arrives is not left on the device', async () => {
  const path = await begin(stage.field.calm.id, 'visit');
  const worker = await stage.visit(WORKER, '/work', PHONE);
  const { page, context } = worker;
  await context.addInitScript(SLOW_SEAL);
  let arrive: () => void = () => undefined;
  const hung = new Promise<void>((resolve) => (arrive = resolve));
  await context.route('**/draft', async (route) => {
    await hung;
    await route.continue();
  });
  await worker.go(path);
  const asked = page.waitForRequest('**/draft');
  await page.locator('main textarea').first().fill('演示：写到一半。');
  await asked;
  // Out of sight in the middle of the save: what is written is sealed once more, and the save arrives meanwhile.
  await page.evaluate(`Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
    document.dispatchEvent(new Event('visibilitychange'))`);
  arrive();
  await page.locator('.save-saved').waitFor();
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(await page.evaluate(KEPT)).toBe(0);
  expect(JSON.stringify((await paperOf(path)).answers)).toContain('演示：写到一半。');
  await leave(worker);
});
