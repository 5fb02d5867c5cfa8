/** The frame of every page: no script, no inline style, nothing fetched from elsewhere. */
import type { FieldError } from '../problem';
import { type Html, html } from './html';

export const STYLE_PATH = '/assets/page.css';

export interface Frame {
  title: string;
  /** Made-up data only: said on every page. */
  sandbox: boolean;
  /** What stands above and below; where nothing is said, what partners and staff are told. */
  header?: string;
  footer?: string;
  lang?: 'zh-CN' | 'en';
}

const HEADER = '守望 · 未成年人保护协作';
const FOOTER = '本页面仅供收到通知的单位和人员办理使用，请勿转发或截图外传。';

/** The whole document. @returns text to send as text/html */
export function page({ title, sandbox, header = HEADER, footer = FOOTER, lang = 'zh-CN' }: Frame, main: Html): string {
  return html`<!doctype html>
    <html lang="${lang}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex, nofollow" />
        <meta name="format-detection" content="telephone=no" />
        <title>${title} · 守望</title>
        <link rel="stylesheet" href="${STYLE_PATH}" />
      </head>
      <body>
        ${sandbox && html`<p class="sandbox" lang="en">SANDBOX · <span lang="zh-CN">演练环境，数据均为虚构</span></p>`}
        <header>${header}</header>
        <main>
          <h1>${title}</h1>
          ${main}
        </main>
        <footer><p>${footer}</p></footer>
      </body>
    </html> `.text;
}

/** What a form shows again after it was refused. */
export interface Refused {
  errors: FieldError[];
  /** What was filled in, by field. */
  kept: Record<string, string>;
}

export const wrongAt = (refused: Refused | undefined, field: string): boolean =>
  refused?.errors.some(({ path }) => path === field) ?? false;

/** The line under a field that says what to correct, and the attributes that tie it to the field. */
export function correction(
  refused: Refused | undefined,
  field: string,
  words: string,
): { line: Html; attributes: Html } {
  if (!wrongAt(refused, field)) return { line: html``, attributes: html`` };
  return {
    line: html`<p class="wrong" id="${field}-wrong">${words}</p>`,
    attributes: html` aria-invalid="true" aria-describedby="${field}-wrong"`,
  };
}

/** A sentence above the page's content: said aloud by screen readers. */
export const notice = (words: string): Html => html`<section class="notice" role="status"><p>${words}</p></section>`;

/** A page that says one thing, such as that a link is over. */
export const messagePage = (frame: Frame, words: string[]): string =>
  page(frame, html`<section class="problem">${words.map((line) => html`<p>${line}</p>`)}</section>`);
