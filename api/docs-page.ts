import { z } from 'zod';
import type { ApiDocs, Operation } from './openapi';
import { type Html, html } from './pages/html';

export const DOCS_STYLE_PATH = '/assets/docs.css';

export const DOCS_CSS = `
body { margin: 0 auto; max-width: 60rem; padding: 1rem; color: #1b1f24; background: #fff; font: 16px/1.6 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
h2 { margin-top: 2rem; border-bottom: 1px solid #c9d0d8; }
article { margin: 1rem 0; padding: .75rem 1rem; border: 1px solid #c9d0d8; border-radius: .375rem; }
h3 { margin: 0; font: 600 1rem/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
article p { margin: .25rem 0; }
pre { overflow: auto; max-height: 24rem; padding: .75rem; background: #f3f5f7; font-size: .85rem; }
summary { cursor: pointer; }
.method { color: #0a4f9e; }
.permission { color: #454d57; }
`;

const schemaText = (schema: z.ZodType, io: 'input' | 'output'): string => {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return JSON.stringify(rest, null, 2);
};

const fold = (title: string, schema: z.ZodType, io: 'input' | 'output'): Html =>
  html`<details>
    <summary>${title}</summary>
    <pre>${schemaText(schema, io)}</pre>
  </details>`;

const operation = (one: Operation): Html =>
  html`<article>
    <h3><span class="method">${one.method.toUpperCase()}</span> ${one.path}</h3>
    <p>${one.summary}</p>
    <p class="permission">${one.permission ? `权限：${one.permission}` : '无需登录'}</p>
    ${one.query && fold('查询参数 · Query', one.query, 'input')} ${one.body && fold('请求 · Body', one.body, 'input')}
    ${Object.entries(one.answers).map(([status, { description, schema }]) =>
      schema ? fold(`${status} ${description}`, schema, 'output') : html`<p>${status} ${description}</p>`,
    )}
  </article>`;

/** The documentation as one page without scripts. */
export function docsPage(docs: ApiDocs): string {
  const tags = [...new Set(docs.operations.map((one) => one.tag))];
  const section = (tag: string): Html =>
    html`<section>
      <h2>${tag}</h2>
      ${docs.operations.filter((one) => one.tag === tag).map(operation)}
    </section>`;
  return html`<!doctype html>
    <html lang="zh-CN">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>接口说明 · 守望</title>
        <link rel="stylesheet" href="${DOCS_STYLE_PATH}" />
      </head>
      <body>
        <main>
          <h1>接口说明</h1>
          <p>
            机器可读：<a href="/openapi.json">/openapi.json</a>（OpenAPI 3.1）。凭证：登录后的会话，或
            <code>Authorization: Bearer &lt;token&gt;</code>。出错时一律返回 <code>application/problem+json</code>（RFC
            9457）。
          </p>
          ${tags.map(section)}
        </main>
      </body>
    </html> `.text;
}
