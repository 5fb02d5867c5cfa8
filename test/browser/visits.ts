/** What many tests do with a visitor: look whether everybody can use the page, wait for a picture, leave. */
import { utils, write } from '@e965/xlsx';
import type { Page } from 'playwright-core';
import { beijing } from '../../domain/zone';
import type { Visitor } from '../support/browser';
import { eventually } from '../support/system';

export async function leave(visitor: Visitor): Promise<void> {
  await visitor.close();
  expect(visitor.errors).toEqual([]);
}

/** No finding of WCAG 2.2 AA, and nothing beyond the edge of the screen. */
export async function fine(visitor: Visitor): Promise<void> {
  expect(await visitor.findings()).toEqual([]);
  expect(await visitor.overflows()).toBe(false);
}

/** Waits until the picture is not only asked for, but there. */
export const shown = (visitor: Visitor, selector: string): Promise<number> =>
  eventually(
    () => visitor.page.evaluate<number>(`document.querySelector('${selector}')?.naturalWidth ?? 0`),
    (width) => width > 0,
  );

/** Waits until the tab is called that: titles follow what is on the page, a moment after it. */
export const titled = (page: Page, wanted: RegExp): Promise<string> =>
  eventually(
    () => page.title(),
    (title) => wanted.test(title),
  );

/** On the services' calendar, opens the day of a moment: what began an hour ago may have begun yesterday, or last month. */
export async function openDay(page: Page, at: string): Promise<void> {
  const [day, today] = [beijing(Date.parse(at)), beijing(Date.now())];
  if (day.month !== today.month) await page.locator('.month-turn button').first().click();
  const dates = page.locator('.service-month td:not(.day-other) .day-button');
  await dates.nth(day.day - 1).click();
}

export const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** A list as somebody would choose it from the computer. */
export function listOf(name: string, rows: (string | number | null)[][]) {
  const book = utils.book_new();
  utils.book_append_sheet(book, utils.aoa_to_sheet(rows), '名册');
  return { name, mimeType: XLSX, buffer: write(book, { type: 'buffer', bookType: 'xlsx' }) as Buffer };
}

/** What lies in the device's store, as somebody with the phone's disk would find it: posts, pictures, and whether any word can be read. */
export const STORED = `(async () => {
  const db = await new Promise((resolve) => { const asked = indexedDB.open('shouwang'); asked.onsuccess = () => resolve(asked.result); });
  const all = (name) => new Promise((resolve) => { const asked = db.transaction(name).objectStore(name).getAll(); asked.onsuccess = () => resolve(asked.result); });
  const [posts, works] = [await all('posts'), await all('works')];
  db.close();
  const text = (data) => new TextDecoder().decode(data);
  return { posts: posts.length, bytes: posts.filter((one) => one.bytes).length,
    plain: [...posts, ...works].some((one) => /演示|绿色小组/.test(text(one.data)) || (one.bytes && text(one.bytes.data).includes('JFIF'))) };
})()`;
