/** The evaluation in the app: the supervisor's pack, watched, stopped and fetched; the evaluator's sample and its evidence, without a name. */
import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { unzipSync } from 'fflate';
import pg from 'pg';
import type { Browser, Download, Page } from 'playwright-core';
import { policiesNow, VISIT } from '../api/services/support';
import { DESK, PHONE, Visitor } from '../support/browser';
import { launchBrowser } from '../support/chromium';
import { picture } from '../support/files';
import { startSystem, type System } from '../support/system';
import { SUPERVISOR, WORKER } from './field';
import { fine, leave, shown } from './visits';

const NAME = '演示不可外传';
let policiesDir = '';
let system: System;
let browser: Browser;

async function must<T>(method: string, path: string, as: string, body?: unknown): Promise<T> {
  const reply = await system.ask<T>(method, `/api/v1${path}`, as, body);
  if (reply.status >= 300) throw new Error(`${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
  return reply.body;
}

/** Six visits of one child, each with a picture that a supervisor has found fit. */
async function makeVisits(): Promise<void> {
  const { id: child } = await must<{ id: string }>('POST', '/children', WORKER, {
    name: NAME,
    birthDate: '2016-01-01',
  });
  const headers = { authorization: `Bearer ${system.account(WORKER).token}` };
  for (let day = 1; day <= 6; day += 1) {
    const at = new Date(Date.now() - day * 86_400_000).toISOString();
    const body = { ...VISIT, at, childIds: [child], note: `${NAME}家` };
    const { id } = await must<{ id: string }>('POST', '/services', WORKER, body);
    const form = new FormData();
    form.append('file', new Blob([new Uint8Array(await picture('jpeg'))]), `${NAME}.jpg`);
    const reply = await fetch(`${system.url}/api/v1/uploads/services/${id}`, { method: 'POST', headers, body: form });
    const { id: file } = (await reply.json()) as { id: string };
    await must('POST', `/attachments/${file}/evidence`, SUPERVISOR, { fit: true });
  }
}

beforeAll(async () => {
  policiesDir = policiesNow();
  [system, browser] = await Promise.all([startSystem({ POLICIES_DIR: policiesDir }), launchBrowser()]);
  await makeVisits();
}, 900_000);
afterAll(async () => {
  await browser?.close();
  await system?.close();
  rmSync(policiesDir, { recursive: true, force: true });
});

async function visit(username: string, size: typeof DESK, language = 'zh-CN'): Promise<Visitor> {
  const visitor = await Visitor.open(browser, system.url, size, language);
  await visitor.enter(system.account(username), '/indicators');
  await visitor.page.locator('a[href="/indicators/evaluation"]').click();
  await visitor.page.locator('.evaluation select').first().selectOption('now');
  return visitor;
}
async function saved(page: Page, click: () => Promise<void>): Promise<{ name: string; bytes: Buffer }> {
  const [download] = await Promise.all<Download | void>([page.waitForEvent('download'), click()]);
  if (!download) throw new Error('nothing came');
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

test('a supervisor has a pack made, sees it work, stops it; has it made again and fetches it, whole and in parts', async () => {
  const boss = await visit(SUPERVISOR, DESK);
  const { page } = boss;
  const make = page.getByRole('button', { name: '生成末期评估资料包' });
  await page.getByText('还没有生成资料包').waitFor();
  // Holds the work up in the middle: nobody reads records while somebody else has the table.
  const holder = new pg.Client(system.databaseUrl);
  await holder.connect();
  try {
    await holder.query('BEGIN; LOCK TABLE services IN ACCESS EXCLUSIVE MODE');
    await make.click();
    await page.locator('.pack-running progress').waitFor();
    await fine(boss);
    await page.getByRole('button', { name: '停止' }).click();
    await page.locator('.pack-cancelling').waitFor();
    await holder.query('ROLLBACK');
  } finally {
    await holder.end();
  }
  await page.locator('.pack-cancelled').waitFor();

  const seeds = page.getByLabel('抽样种子');
  await seeds.first().fill('2025');
  await make.click();
  const done = page.locator('.pack-done');
  await done.waitFor();
  expect(await done.innerText()).toContain('种子 2025');
  await fine(boss);
  const zip = await saved(page, () => done.getByRole('link', { name: '下载全部' }).click());
  expect(zip.name).toBe('now-final.zip');
  expect(await done.innerText()).toContain(createHash('sha256').update(zip.bytes).digest('hex'));
  const inside = unzipSync(new Uint8Array(zip.bytes));
  expect(Object.keys(inside)).toEqual(expect.arrayContaining(['report.docx', 'indicators.xlsx', 'manifest.json']));
  for (const [button, part] of [
    ['只下载报告', 'report.docx'],
    ['只下载指标表', 'indicators.xlsx'],
  ] as const) {
    const one = await saved(page, () => done.getByRole('button', { name: button }).click());
    expect([one.name, one.bytes.equals(Buffer.from(inside[part] ?? []))]).toEqual([`now-final-${part}`, true]);
  }
  await done.getByRole('button', { name: '删除文件' }).click();
  await page.locator('.pack-removed').waitFor();
  await leave(boss);
});

test.each([
  ['desk', DESK, 'zh-CN'],
  ['phone', PHONE, 'en'],
] as const)('an evaluator draws a sample and sees its evidence without a name: %s', async (_name, size, language) => {
  const evaluator = await visit('evaluator', size, language);
  const { page } = evaluator;
  const form = page.locator('section[aria-labelledby=sample]');
  const draw = async (seed: string): Promise<string[]> => {
    await form.locator('input').nth(1).fill(seed);
    await form.locator('button[type=submit]').click();
    await form.locator('.drawn', { hasText: seed }).waitFor();
    await form.locator('.record-list li', { hasText: '林立春' }).first().waitFor();
    return form.locator('.record-list li .meta').allInnerTexts();
  };
  await form.locator('select').selectOption('now.visits');
  await form.locator('input').first().fill('3');
  const first = await draw('beijing');
  expect(first).toHaveLength(3);
  await draw('another');
  expect(await draw('beijing')).toEqual(first);
  await form.locator('.record-list li button').first().click();
  await shown(evaluator, '.evidence-pictures img');
  await fine(evaluator);
  const words = await page.locator('main').innerText();
  expect(words).toContain('C0001');
  expect(words).not.toContain(NAME);
  // By keys alone: the picture closes again.
  await form.locator('.record-list li button').first().focus();
  await page.keyboard.press('Enter');
  await form.locator('.evidence-pictures').waitFor({ state: 'detached' });
  await leave(evaluator);
});

test('whoever may not make packs has no such page', async () => {
  const worker = await Visitor.open(browser, system.url, PHONE);
  await worker.enter(system.account(WORKER), '/indicators');
  await worker.page.locator('.burn-up').first().waitFor();
  expect(await worker.page.locator('a[href="/indicators/evaluation"]').count()).toBe(0);
  await worker.go('/indicators/evaluation');
  await worker.page.getByText('没有这个页面').waitFor();
  await leave(worker);
});
