/** The public page on a phone whose browser runs no scripts, and the poster whose code leads there. */
import jsQR from 'jsqr';
import type { Browser } from 'playwright-core';
import { startTestApi, type TestApi } from '../support/api';
import { PHONE, Visitor } from '../support/browser';
import { launchBrowser } from '../support/chromium';

let t: TestApi;
let browser: Browser;
beforeAll(async () => {
  [t, browser] = await Promise.all([startTestApi(), launchBrowser()]);
}, 900_000);
afterAll(async () => {
  await browser?.close();
  await t?.close();
});

const SIDE = 240;
/** The poster's picture as a camera sees it: drawn, and read dot by dot. */
const DRAWN = `(async () => {
  const svg = new XMLSerializer().serializeToString(document.querySelector('svg'));
  const image = new Image(${SIDE}, ${SIDE});
  await new Promise((resolve, reject) => {
    image.onload = resolve;
    image.onerror = () => reject(new Error('the picture cannot be drawn'));
    image.src = 'data:image/svg+xml;base64,' + btoa(svg);
  });
  const canvas = Object.assign(document.createElement('canvas'), { width: ${SIDE}, height: ${SIDE} });
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0, ${SIDE}, ${SIDE});
  const { data } = context.getImageData(0, 0, ${SIDE}, ${SIDE});
  let dots = '';
  for (let i = 0; i < data.length; i += 4) dots += data[i] > 127 ? ' ' : '#';
  return dots;
})()`;

test('the poster’s code leads to the page, where a few words are enough, without a script', async () => {
  const visitor = await Visitor.open(browser, t.url);
  await visitor.go('/help/xinhua/poster');
  expect(await visitor.findings()).toEqual([]);
  const dots = await visitor.page.evaluate<string>(DRAWN);
  const rgba = [...dots].flatMap((dot) => (dot === '#' ? [0, 0, 0, 255] : [255, 255, 255, 255]));
  const seen = jsQR(Uint8ClampedArray.from(rgba), SIDE, SIDE);
  expect(seen?.data).toBe(`${t.config.publicUrl}/help/xinhua`);
  await visitor.page.goto(seen?.data ?? '');
  expect(await visitor.findings()).toEqual([]);
  expect(visitor.errors).toEqual([]);
  await visitor.close();

  const context = await browser.newContext({ viewport: PHONE, javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${t.url}/help/xinhua`);
  // Nobody who looks at the page sees the field that is for machines.
  expect(await page.locator('#website').boundingBox()).toMatchObject({ x: expect.any(Number) });
  expect((await page.locator('#website').boundingBox())?.x).toBeLessThan(0);
  await page.getByLabel('我就是这个孩子').check();
  await page.getByLabel('发生了什么').fill('浏览器样例：不敢回家');
  await page.getByRole('button', { name: '发送' }).click();
  await page.waitForURL(/\/help\/xinhua\/thanks\/[A-Z]\d{5}$/);
  await page.getByRole('heading', { name: '已经收到' }).waitFor();
  const number = (await page.locator('.number').textContent())?.trim();
  expect(await t.api.deps.db.report.findFirst({ where: { number } })).toMatchObject({ looks: 'critical', via: 'page' });
  await context.close();
});
