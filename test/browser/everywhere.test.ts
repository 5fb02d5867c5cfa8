/**
 * What is true on every page: who is on duty, a new critical case heard and seen, keys alone, paper, and a language that
 * runs from right to left.
 */
import type { Page } from 'playwright-core';
import { DESK, PHONE, Visitor } from '../support/browser';
import { eventually } from '../support/system';
import { SUPERVISOR, WORKER } from './field';
import { onStage } from './stage';
import { fine, leave, titled } from './visits';

const stage = onStage({ withField: true });

/** What moves the page's content up or down although nobody has tapped: a finger on its way down would meet something else. */
const MOVED = `
  window.moved = [];
  new PerformanceObserver((list) => {
    for (const { hadRecentInput, sources } of list.getEntries())
      for (const { node, previousRect, currentRect } of sources)
        if (!hadRecentInput && node?.id === 'main' && previousRect.y !== currentRect.y)
          window.moved.push([previousRect.y, currentRect.y]);
  }).observe({ type: 'layout-shift', buffered: true });`;

test.each([
  ['phone', PHONE, WORKER],
  ['desk', DESK, SUPERVISOR],
] as const)(
  'on a %s, who is on duty now stands on every page that the menus lead to, and nothing moves when the names come',
  async (_name, size, username) => {
    const visitor = await stage.visit(username, '/board', size);
    const { page, context } = visitor;
    // On a slow line names and news come when the page has long been there.
    await context.route(/\/api\/v1\/(?:oncall|stream)/, async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 500));
      await route.continue();
    });
    await context.addInitScript(MOVED);
    await page.locator('.nav-link').first().waitFor();
    const places = await page.evaluate<string[]>(
      "[...document.querySelectorAll('nav a, .foot a')].map((one) => one.getAttribute('href'))",
    );
    const { body } = await stage.system.ask<{ id: string }>(
      'POST',
      `/api/v1/cases/${stage.field.late.id}/papers`,
      WORKER,
      {
        form: 'visit',
      },
    );
    const all = [
      ...places,
      `/cases/${stage.field.late.id}`,
      `/cases/${stage.field.late.id}/papers/${body.id}`,
      '/account',
    ];
    expect(all.length).toBeGreaterThan(9);
    for (const path of all) {
      await visitor.go(path);
      await page.locator('.on-duty').getByText('陈立夏').waitFor();
      await page.locator('main h1').first().waitFor();
      expect({ path, moved: await page.evaluate('window.moved') }).toEqual({ path, moved: [] });
    }
    await leave(visitor);
  },
);

/** Listens along: each tone that really starts, and what the app's icon is told. */
const LISTEN = `
  window.heard = { tones: 0, badges: [] };
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...when) { window.heard.tones += 1; return start.apply(this, when); };
  for (const name of ['setAppBadge', 'clearAppBadge']) {
    const own = Navigator.prototype[name];
    if (own) Navigator.prototype[name] = function (...count) { window.heard.badges.push([name, ...count]); return own.apply(this, count); };
  }`;
const heard = (page: Page) => page.evaluate<{ tones: number; badges: unknown[][] }>('window.heard');

test('a new critical case is heard, marks the app’s icon and the title on any page; another one does not, nor with sound off', async () => {
  const boss = await Visitor.open(stage.browser, stage.system.url, DESK);
  await boss.context.addInitScript(LISTEN);
  const { page } = boss;
  await boss.enter(stage.system.account(SUPERVISOR), '/board');
  // Whoever begins to listen is told of the last seconds too, in order: once this one is there, nothing older comes.
  const { number: first } = await stage.system.report(WORKER, { type: 'self_harm', risk: 'critical' });
  await page.locator('.fresh').getByText(first).waitFor();
  expect((await heard(page)).tones).toBe(0);
  await page.locator('.fresh button').click();
  await titled(page, /^守望$/);
  const sound = page.getByRole('checkbox', { name: '紧急新案响铃' });
  expect(await sound.isChecked()).toBe(false);
  await sound.check();
  // Switched on, it lets itself be heard once.
  await eventually(
    () => heard(page),
    ({ tones }) => tones === 3,
  );
  await page.locator('.nav-link[href="/roster"]').click();
  await page.locator('.duty:visible').first().waitFor();
  await stage.system.report(WORKER, { type: 'neglect', risk: 'low' });
  const { number } = await stage.system.report(WORKER, { type: 'self_harm', risk: 'critical' });
  const both = await eventually(
    () => heard(page),
    ({ tones }) => tones > 3,
  );
  expect(both.tones).toBe(6);
  await titled(page, /^\(1\) 守望$/);
  if (await page.evaluate("'setAppBadge' in navigator")) {
    // The icon is marked after the tone, and was cleared before it.
    const { badges } = await eventually(
      () => heard(page),
      ({ badges: told }) => told.at(-1)?.[0] === 'setAppBadge',
    );
    expect(badges.at(-1)).toEqual(['setAppBadge', 1]);
  }
  await page.locator('.nav-link[href="/board"]').click();
  await page.locator('.fresh').getByText(number).waitFor();
  await sound.uncheck();
  await page.locator('.fresh button').click();
  await stage.system.report(WORKER, { type: 'missing', risk: 'critical' });
  await page.locator('.fresh').waitFor();
  expect((await heard(page)).tones).toBe(6);
  await leave(boss);
});

describe('by keys alone', () => {
  /** Goes on with Tab until the focus is where it should be; every stop on the way can be seen. */
  async function tabTo(page: Page, selector: string, most = 120): Promise<void> {
    for (let n = 0; n < most; n += 1) {
      await page.keyboard.press('Tab');
      const at = await page.evaluate<{ there: boolean; seen: boolean; what: string }>(`(() => {
        const one = document.activeElement;
        const box = one.getBoundingClientRect();
        const drawn = getComputedStyle(one).outlineStyle !== 'none'
          || [...(one.parentElement?.querySelectorAll('.choice-label, .button') ?? []), ...[one.closest('label, .ant-select')].flatMap((around) => around ? [around, ...around.querySelectorAll('*')] : [])]
            .some((part) => getComputedStyle(part).outlineStyle !== 'none' || getComputedStyle(part).boxShadow !== 'none');
        return { there: one.matches(${JSON.stringify(selector)}), seen: one === document.body || (drawn && box.height > 0), what: one.outerHTML.slice(0, 120) };
      })()`);
      expect({ seen: at.seen, what: at.what }).toEqual({ seen: true, what: at.what });
      if (at.there) return;
    }
    throw new Error(`no way by Tab to ${selector}`);
  }

  test('the board: an alert acknowledged, a case opened; the case: a step finished, a dialog left, the timeline opened', async () => {
    const boss = await stage.visit(SUPERVISOR, '/board');
    const { page } = boss;
    await page.locator('.alert-open').first().waitFor();
    await page.locator('tbody tr').first().waitFor();
    await tabTo(page, '.alert-buttons .danger');
    await page.keyboard.press('Enter');
    await page.locator('.alert-acknowledged').first().waitFor();
    await page.locator('main').focus();
    await tabTo(page, `tbody a[href="/cases/${stage.field.late.id}"]`);
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/cases/${stage.field.late.id}`);
    await page.locator('.gantt-row').first().waitFor();
    // The focus is at the new page's top, not lost.
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
    await tabTo(page, '.work-done');
    await page.keyboard.press('Enter');
    await page.locator('dialog[open]').waitFor();
    // Inside the dialog the focus stays inside.
    for (let n = 0; n < 12; n += 1) {
      await page.keyboard.press('Tab');
      expect(
        await page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')"),
      ).toBe(true);
    }
    await page.keyboard.press('Escape');
    await page.locator('dialog[open]').waitFor({ state: 'detached' });
    expect(await page.evaluate("document.activeElement.classList.contains('work-done')")).toBe(true);
    await tabTo(page, '.gantt-row summary');
    await page.keyboard.press('Enter');
    await page.locator('.gantt-row[open] .gantt-why').first().waitFor();
    await leave(boss);
  });

  test('the roster: another month and a leave’s dialog; the figures: another grouping and a download', async () => {
    const boss = await stage.visit(SUPERVISOR, '/roster');
    const { page } = boss;
    await page.locator('.duty:visible').first().waitFor();
    const month = await page.locator('.month-turn strong').innerText();
    await tabTo(page, '.month-turn button:nth-of-type(2)');
    await page.keyboard.press('Enter');
    await eventually(
      () => page.locator('.month-turn strong').innerText(),
      (words) => words !== month,
    );
    await page.locator('.duty:visible').first().waitFor();
    await tabTo(page, '.duty, .duty-free');
    await page.keyboard.press('Enter');
    await page.locator('.pick-bar').waitFor();
    await boss.go('/figures');
    await page.locator('.chart canvas').first().waitFor();
    await tabTo(page, '.segments button[aria-pressed=false]');
    await page.keyboard.press('Space');
    expect(await page.evaluate("document.activeElement.getAttribute('aria-pressed')")).toBe('true');
    await tabTo(page, 'main a[download]');
    const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
    expect(download.suggestedFilename()).toMatch(/\.(xlsx|csv)$/);
    await leave(boss);
  });

  test('a paper: chosen, answered and signed as far as it goes', async () => {
    const worker = await stage.visit(WORKER, `/cases/${stage.field.asking.id}`);
    const { page } = worker;
    await page.getByRole('button', { name: '新建文书' }).focus();
    await page.keyboard.press('Enter');
    await page.locator('.form-list li').first().waitFor();
    await tabTo(page, '.form-list button');
    await page.keyboard.press('Enter');
    await page.locator('.save-state').waitFor();
    await tabTo(page, 'article.paper input[type=radio], article.paper textarea, article.paper input');
    await tabTo(page, '.paper-bar .button');
    await page.keyboard.press('Enter');
    await page.locator('.missing').waitFor();
    await tabTo(page, '.missing button');
    await page.keyboard.press('Enter');
    await page.locator('dialog[open]').waitFor({ state: 'detached' });
    expect(await page.evaluate("!!document.activeElement.closest('article.paper')")).toBe(true);
    await leave(worker);
  });
});

test('the case on paper: no menus or buttons, timeline and journal whole, and nothing beyond the sheet', async () => {
  const boss = await stage.visit(SUPERVISOR, `/cases/${stage.field.late.id}`);
  const { page } = boss;
  await page.locator('.wide-card .entry').first().waitFor();
  await page.locator('.gantt-row').first().waitFor();
  // A4 at 96 dots an inch, without its margins.
  await page.setViewportSize({ width: 718, height: 1_047 });
  await page.emulateMedia({ media: 'print' });
  for (const away of ['.top', '.foot', '.on-duty', '.sandbox-mark', '#case-actions', '#case-access'])
    expect([away, await page.locator(away).first().isVisible()]).toEqual([away, false]);
  expect(await page.locator('main button:visible').count()).toBe(0);
  for (const there of ['.case-head h1', '#case-steps', '#case-picture', '.gantt-row', '#case-journal', '.entry'])
    expect([there, await page.locator(there).first().isVisible()]).toEqual([there, true]);
  expect(await boss.overflows()).toBe(false);
  // What is folded on the screen is there on paper: why each deadline is what it is, and who was told.
  expect(await page.locator('.work-row .basis').first().isVisible()).toBe(true);
  const cut = await page.evaluate<
    string[]
  >(`[...document.querySelectorAll('main a, main .entry-text, main .due, main dd')]
    .filter((one) => one.checkVisibility())
    .filter((one) => { const box = one.getBoundingClientRect(); return box.left < -1 || box.right > innerWidth + 1 || one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflow !== 'visible'; })
    .map((one) => one.outerHTML.slice(0, 120))`);
  expect(cut).toEqual([]);
  const pdf = await page.pdf({ format: 'A4' });
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  await leave(boss);
});

test('a language whose file says so runs from right to left, on phone and desk', async () => {
  for (const [size, path, ready] of [
    [PHONE, '/work', '.work-row'],
    [DESK, '/board', 'tbody tr'],
    [DESK, `/cases/${stage.field.late.id}`, '.gantt-row'],
  ] as const) {
    const visitor = await Visitor.open(stage.browser, stage.system.url, size, 'en');
    await visitor.context.addInitScript('delete Navigator.prototype.serviceWorker');
    // As a file of Uyghur words would say it; nothing else is told to the app.
    await visitor.page.route(/\/app\/en-[\w-]+\.js$/, async (route) => {
      const reply = await route.fetch();
      await route.fulfill({ response: reply, body: (await reply.text()).replaceAll(/(["'`])ltr\1/g, '"rtl"') });
    });
    await visitor.enter(stage.system.account(size === PHONE ? WORKER : SUPERVISOR), path);
    await visitor.page.locator(ready).first().waitFor();
    expect(await visitor.page.evaluate('document.documentElement.dir')).toBe('rtl');
    expect(await visitor.overflows()).toBe(false);
    // The name of the product stands where such a page begins: at the right.
    const box = await visitor.page.locator('.brand').boundingBox();
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeGreaterThan(size.width / 2);
    await leave(visitor);
  }
});

test.each([
  ['phone', PHONE, WORKER, 'zh-CN', '姓名相同'],
  ['desk', DESK, SUPERVISOR, 'en', 'same name'],
] as const)(
  'on a %s, a case is found by name and by number, by keys alone',
  async (_name, size, username, language, why) => {
    const visitor = await stage.visit(username, '/search', size, language);
    const { page } = visitor;
    await page.locator('input[type=search]').focus();
    await page.keyboard.type('演示甲');
    await page.keyboard.press('Enter');
    const line = page.locator('main li', { hasText: stage.field.late.number });
    await line.waitFor();
    expect(await line.innerText()).toContain(why);
    expect(page.url()).not.toContain(encodeURIComponent('演示甲'));
    await fine(visitor);
    await page.locator('input[type=search]').fill(stage.field.calm.number.toLowerCase());
    await page.keyboard.press('Enter');
    await page.locator('main li', { hasText: stage.field.calm.number }).waitFor();
    await page.locator('input[type=search]').fill('查无此人');
    await page.keyboard.press('Enter');
    await page.locator('.state-empty').waitFor();
    await page.locator('input[type=search]').fill(stage.field.late.number);
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: stage.field.late.number }).press('Enter');
    await page.waitForURL(`**/cases/${stage.field.late.id}`);
    await leave(visitor);
  },
);
