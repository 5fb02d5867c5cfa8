/** The children's survey on a phone: with a finger and by keys, without a script, in both languages; and where help is. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { ago, must, type ServicesApi, startServicesApi, VISIT } from '../api/services/support';
import { PHONE, Visitor } from '../support/browser';
import { launchBrowser } from '../support/chromium';

let t: ServicesApi;
let browser: Browser;
let serviceId = '';
beforeAll(async () => {
  [t, browser] = await Promise.all([startServicesApi(), launchBrowser()]);
  serviceId = String(must(await t.post('/services', { ...VISIT, at: ago(2), headCount: 9 }))['id']);
}, 900_000);
afterAll(async () => {
  await browser?.close();
  await t?.close();
});

/** A fresh card's address at this server. */
async function card(): Promise<string> {
  const { open } = must(await t.post(`/services/${serviceId}/surveys`, { cards: 1 })) as unknown as {
    open: { url: string }[];
  };
  return `${t.url}${new URL(open[0]?.url ?? '').pathname}`;
}

const WORDS = {
  'zh-CN': {
    question: '叔叔阿姨来看你，你开心吗？',
    faces: ['很好', '一般', '不好'],
    send: '好了',
    thanks: '谢谢你',
    help: '要人帮忙的时候',
    important: '你说的很重要',
    here: '在这里告诉我们',
    low: '太短了，没意思',
    harm: '回家爸爸会打我',
  },
  'en-US': {
    question: 'Were you happy that we came?',
    faces: ['Yes', 'A little', 'No'],
    send: 'Done',
    thanks: 'Thank you',
    help: 'When you need help',
    important: 'What you say matters',
    here: 'tell us here',
    low: 'It was too short',
    harm: 'My dad hits me',
  },
} as const;

describe.each(['zh-CN', 'en-US'] as const)('on a phone in %s', (locale) => {
  const words = WORDS[locale];
  let context: BrowserContext;
  let page: Page;
  beforeEach(async () => {
    context = await browser.newContext({ viewport: PHONE, hasTouch: true, javaScriptEnabled: false, locale });
    page = await context.newPage();
    page.setDefaultTimeout(30_000);
  });
  afterEach(() => context.close());
  const heading = (name: string) => page.getByRole('heading', { name, exact: true });

  test('each page can be used by everybody (WCAG 2.2 AA) and fits the phone', async () => {
    const visitor = await Visitor.open(browser, t.url, PHONE, 'zh-CN', locale);
    const look = async (): Promise<string[]> => [
      ...(await visitor.findings()),
      ...((await visitor.overflows()) ? ['wider than the phone'] : []),
    ];
    await visitor.page.goto(await card());
    await visitor.page.getByText(words.question).waitFor();
    expect(await visitor.page.evaluate('document.documentElement.lang')).toBe(locale === 'zh-CN' ? 'zh-CN' : 'en');
    // A small finger finds a face: each is at least 44 points wide and high.
    for (const face of await visitor.page.locator('.face').all()) {
      const box = await face.boundingBox();
      expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(44);
    }
    const found = await look();
    await visitor.page.getByText(words.faces[0], { exact: true }).click();
    await visitor.page.locator('textarea').fill(words.harm);
    await visitor.page.getByRole('button', { name: words.send }).click();
    await visitor.page.getByText(words.important).waitFor();
    found.push(...(await look()));
    await visitor.page.goto(`${t.url}/s/${'x'.repeat(22)}`);
    await visitor.page.locator('.help a').first().waitFor();
    found.push(...(await look()));
    expect(found).toEqual([]);
    await visitor.close();
    expect(visitor.errors).toEqual([]);
  });

  test('a low answer with words, by finger: thanked, help stands there, the words wait for the supervisor', async () => {
    await page.goto(await card());
    await page.getByText(words.faces[2], { exact: true }).tap();
    await page.locator('textarea').fill(words.low);
    await page.getByRole('button', { name: words.send }).tap();
    await heading(words.thanks).waitFor();
    await heading(words.help).waitFor();
    expect(await page.getByText(words.important).count()).toBe(0);
    expect(await page.locator('main').innerText()).not.toContain(words.low);
    const { items } = must(await t.get('/survey-remarks?unseen=true', 'xinhua_supervisor'), 200);
    expect(items).toEqual(
      expect.arrayContaining([expect.objectContaining({ text: words.low, face: 'bad', concern: 'low' })]),
    );
  });

  test('a hint at harm, by keys alone: gently said that it is no fault, whom to call, and the way to report leads there', async () => {
    await page.goto(await card());
    await page.locator('input[name=face]').first().focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('Tab');
    await page.keyboard.type(words.harm);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await heading(words.important).waitFor();
    expect(await page.locator('a[href^="tel:"]').evaluateAll((links) => links.map((link) => link.textContent))).toEqual(
      ['12355', '12345', '110'],
    );
    const before = await t.api.deps.db.report.count();
    await page.getByRole('link', { name: words.here }).click();
    await page.waitForURL(`${t.url}/help/xinhua`);
    await page.getByLabel('我就是这个孩子').check();
    await page.getByLabel('发生了什么').fill(words.harm);
    await page.getByRole('button', { name: '发送' }).click();
    await page.waitForURL(/\/help\/xinhua\/thanks\/[A-Z]\d{5}$/);
    await page.getByRole('heading', { name: '已经收到' }).waitFor();
    expect(await t.api.deps.db.report.count()).toBe(before + 1);
  });
});
