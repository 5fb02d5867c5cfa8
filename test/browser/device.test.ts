/** The app on a device: what makes it installable, its menu, and being pushed to. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import sharp from 'sharp';
import { PROJECT } from '../../sandbox/config';
import { PHONE, Visitor } from '../support/browser';
import { launchBrowser } from '../support/chromium';
import { PushService } from '../support/push-service';
import { eventually, startSystem, type System } from '../support/system';
import { SUPERVISOR, WORKER } from './field';
import { fine, titled } from './visits';

let system: System;
let browser: Browser;
let service: PushService;

beforeAll(async () => {
  [system, browser, service] = await Promise.all([startSystem(), launchBrowser(), PushService.start()]);
}, 900_000);
afterAll(async () => {
  await browser?.close();
  await system?.close();
  await service?.close();
});

interface Manifest {
  name: string;
  start_url: string;
  display: string;
  icons: { src: string; sizes: string; purpose: string }[];
}

test('what a browser asks of an app that is installed', async () => {
  const reply = await system.ask<string>('GET', '/manifest.webmanifest');
  expect(reply.headers.get('content-type')).toContain('application/manifest+json');
  const manifest = JSON.parse(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body)) as Manifest;
  expect(manifest).toMatchObject({ start_url: '/', display: 'standalone' });
  expect(manifest.icons.map(({ purpose }) => purpose)).toContain('maskable');
  for (const { src, sizes } of manifest.icons) {
    const { width, height } = await sharp(readFileSync(join(PROJECT, 'web/public', src))).metadata();
    expect(`${width}x${height}`).toBe(sizes);
  }
  const visitor = await Visitor.open(browser, system.url, PHONE);
  const { page } = visitor;
  await visitor.signIn(system.account(WORKER));
  // As Lighthouse looks: language, a title, a viewport that may be enlarged, a theme, a worker in charge of the page.
  expect(await page.getAttribute('html', 'lang')).toBe('zh-CN');
  await titled(page, /^守望$/);
  const viewport = (await page.getAttribute('meta[name=viewport]', 'content')) ?? '';
  expect(viewport).toContain('width=device-width');
  expect(viewport).not.toMatch(/user-scalable=no|maximum-scale/);
  expect(await page.getAttribute('meta[name=theme-color]', 'content')).toMatch(/^#/);
  await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)');
  await page.reload();
  await page.getByRole('heading', { name: '我的工作' }).waitFor();
  expect(await page.evaluate('navigator.serviceWorker.controller !== null')).toBe(true);
  // Targets of a finger: nothing to tap that is smaller than WCAG's 24 by 24.
  const small = await page.evaluate<string[]>(
    `[...document.querySelectorAll('button, a.button, .nav-link, input:not(.hidden)')]
      .filter((one) => one.checkVisibility()).map((one) => [one.outerHTML.slice(0, 80), one.getBoundingClientRect()])
      .filter(([, box]) => box.width < 24 || box.height < 24).map(([html]) => html)`,
  );
  expect(small).toEqual([]);
  expect(visitor.errors).toEqual([]);
  await visitor.close();
});

test('the menu is one row; the rest opens by finger and by keys, says so, and closes again', async () => {
  const visitor = await Visitor.open(browser, system.url, PHONE);
  const { page } = visitor;
  await visitor.enter(system.account(WORKER), '/work');
  const more = page.getByRole('button', { name: '更多' });
  await more.waitFor();
  const places = page.locator('.nav .nav-link:visible');
  const rows = async (): Promise<number> => {
    const tops = (await places.all()).map(async (one) => Math.round((await one.boundingBox())?.y ?? 0));
    return new Set(await Promise.all(tops)).size;
  };
  expect([await places.count(), await rows()]).toEqual([5, 1]);
  expect(await more.getAttribute('aria-expanded')).toBe('false');
  await more.click();
  expect(await more.getAttribute('aria-expanded')).toBe('true');
  for (const name of ['看板', '值班', '数据', '指标', '时限规则', '查找', '协作单位', '本机设置'])
    expect([name, await page.getByRole('link', { name, exact: true }).isVisible()]).toEqual([name, true]);
  await fine(visitor);
  // By keys: Escape folds it and the focus is on its button; Enter and Tab lead into it.
  await page.keyboard.press('Escape');
  expect(await more.getAttribute('aria-expanded')).toBe('false');
  expect(await more.evaluate((one) => one === one.ownerDocument.activeElement)).toBe(true);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  // Where one is stands behind it: the button says so to the eye, the link within to the ear.
  await page.locator('.nav-rest [aria-current=page][href="/board"]').waitFor({ state: 'attached' });
  expect(await more.getAttribute('aria-expanded')).toBe('false');
  expect(await more.getAttribute('class')).toContain('active');
  await more.click();
  await page.locator('main').click({ position: { x: 5, y: 700 } });
  expect(await more.getAttribute('aria-expanded')).toBe('false');
  expect(visitor.errors).toEqual([]);
  await visitor.close();
});

test('without signal, what was not read yet says so and is read later; a search says at once that it cannot', async () => {
  const visitor = await Visitor.open(browser, system.url, PHONE);
  const { page, context } = visitor;
  await visitor.enter(system.account(WORKER), '/search');
  await page.locator('input[type=search]').waitFor();
  await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)');
  await context.setOffline(true);
  await page.locator('input[type=search]').fill('A0001');
  await page.keyboard.press('Enter');
  await page.locator('.state-failed', { hasText: '没有网络' }).waitFor();
  await page.getByRole('button', { name: '更多' }).click();
  await page.getByRole('link', { name: '值班', exact: true }).click();
  await page.getByText('没有网络，恢复后自动读取').waitFor();
  await fine(visitor);
  await context.setOffline(false);
  await page.locator('.duty:visible, .duty-gap:visible').first().waitFor();
  // The page's own file may have been among what could not be had: then the app was opened anew.
  expect(visitor.errors.filter((one) => !one.startsWith('ChunkMissing'))).toEqual([]);
  await visitor.close();
});

test('a push shows number, step and lateness, and leads to the case', async () => {
  const visitor = await Visitor.open(browser, system.url, PHONE);
  const { page, context } = visitor;
  await context.grantPermissions(['notifications'], { origin: system.url });
  await visitor.enter(system.account(WORKER), '/work');
  await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)');
  const session = await context.newCDPSession(page);
  const registrations: { registrationId: string; scopeURL: string }[] = [];
  session.on('ServiceWorker.workerRegistrationUpdated', (event) => registrations.push(...event.registrations));
  await session.send('ServiceWorker.enable');
  const [registration] = await eventually(
    async () => registrations,
    (found) => found.length > 0,
  );
  // A browser without a screen shows nothing, so what the worker asks it to show is listened to.
  const [worker] = await eventually(
    async () => context.serviceWorkers(),
    (found) => found.length > 0,
  );
  await worker?.evaluate(`self.shown = [];
    ServiceWorkerRegistration.prototype.showNotification = async (title, options) => void self.shown.push({ title, ...options })`);
  const words = { title: '案件A0001', body: '首次接触已逾期35分钟', tag: 'c/s', path: '/cases/c' };
  await session.send('ServiceWorker.deliverPushMessage', {
    origin: system.url,
    registrationId: registration?.registrationId ?? '',
    data: JSON.stringify(words),
  });
  const shown = await eventually(
    async () => (await worker?.evaluate<object[]>('self.shown')) ?? [],
    (all) => all.length > 0,
  );
  const { path: data, ...said } = words;
  expect(shown).toEqual([{ ...said, data, icon: '/icon-192.png' }]);
  expect(visitor.errors).toEqual([]);
  await visitor.close();
});

test('asked for by a button, told by the station, ended by signing out', async () => {
  const device = service.device();
  const visitor = await Visitor.open(browser, system.url, PHONE);
  const { page, context } = visitor;
  await context.grantPermissions(['notifications'], { origin: system.url });
  // A browser without its maker's push service cannot subscribe: this one's service is ours.
  await context.addInitScript(`
    const given = ${JSON.stringify(device.subscription)};
    let standing = null;
    PushManager.prototype.subscribe = async () =>
      (standing = { toJSON: () => given, unsubscribe: async () => { standing = null; return true; } });
    PushManager.prototype.getSubscription = async () => standing;`);
  await visitor.enter(system.account(SUPERVISOR), '/board');
  await page.getByRole('button', { name: '更多' }).click();
  await page.getByRole('link', { name: '本机设置' }).click();
  await page.getByRole('heading', { name: '推送通知' }).waitFor();
  expect(await visitor.findings()).toEqual([]);
  expect(await visitor.overflows()).toBe(false);
  await page.getByRole('button', { name: '在本机开启推送' }).click();
  await page.getByText('本机已开启推送').waitFor();
  const { id } = await system.report(WORKER);
  const { staffId } = system.account(SUPERVISOR);
  await system.ask('POST', `/api/v1/cases/${id}/assign`, SUPERVISOR, { staffId });
  await system.forward(id, 70);
  await eventually(
    async () => service.arrivals.length,
    (count) => count > 0,
  );
  // That it went out is written down after it has arrived.
  const devices = async () =>
    (await system.ask<{ items: { sentAt: string | null }[] }>('GET', '/api/v1/push', SUPERVISOR)).body.items;
  await eventually(devices, ([one]) => one?.sentAt != null);
  await page.reload();
  await page.getByText(/最近推送/).waitFor();
  await page.getByRole('button', { name: '退出' }).click();
  await page.locator('input[name=username]').waitFor();
  expect(await devices()).toEqual([]);
  expect(visitor.errors).toEqual([]);
  await visitor.close();
});
