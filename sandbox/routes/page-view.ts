import { type Html, html } from '../../api/pages/html';
import { formatBeijing } from '../../domain/zone';
import type { CarrierMessage } from './carrier-client';
import type { ClockRow, Inbox, Overview } from './overview';

const CHANNELS: Record<CarrierMessage['channel'], string> = {
  sms: '短信',
  voice: '语音',
  email: '邮件',
  wecom: '企业微信',
  dingtalk: '钉钉',
};
const STATES: Record<CarrierMessage['status'], string> = {
  accepted: '已提交',
  delivered: '已送达',
  failed: '未送达',
  rejected: '被拒绝',
};
const CASE_STATES: Record<string, string> = { open: '办理中', closing: '待结案审批', closed: '已结案' };
const JUMPS: [string, number][] = [
  ['15 分钟', 15],
  ['1 小时', 60],
  ['6 小时', 360],
  ['1 天', 1_440],
  ['7 天', 10_080],
];

/** Addresses in a mail become links; the rest stays text. */
const linked = (text: string): Html[] =>
  text
    .split(/(https?:\/\/[\w.:/~-]+)/)
    .map((part, index) => (index % 2 === 1 ? html`<a href="${part}">${part}</a>` : html`${part}`));

const replyCode = ({ channel, status, text }: CarrierMessage): string | undefined =>
  channel === 'sms' && (status === 'accepted' || status === 'delivered') ? /回复\s*(\d{4})/.exec(text)?.[1] : undefined;

function replyButton(message: CarrierMessage): Html | undefined {
  const code = replyCode(message);
  if (code === undefined) return undefined;
  return html`<form method="post" action="/sandbox/page/reply">
    <input type="hidden" name="id" value="${message.id}" /><input type="hidden" name="text" value="${code}" />
    <button>回复 ${code}</button>
  </form>`;
}

const messageView = (message: CarrierMessage): Html =>
  html`<li class="${message.status}">
    <p class="meta">
      ${CHANNELS[message.channel]} · <time datetime="${message.at}">${formatBeijing(Date.parse(message.at))}</time> ·
      ${STATES[message.status]}${message.code !== undefined && html` · <code>${message.code}</code>`}
    </p>
    <p class="text">${linked(message.text)}</p>
    ${replyButton(message)}
  </li>`;

const inboxView = ({ address, owner, messages }: Inbox): Html =>
  html`<section>
    <h3>${owner ?? '未登记'} <small>${address}</small></h3>
    <ol>
      ${messages.map(messageView)}
    </ol>
  </section>`;

const clockForm = (id: string, number: string): Html =>
  html`<form method="post" action="/sandbox/page/clock">
    <input type="hidden" name="caseId" value="${id}" />
    <select name="minutes" aria-label="案件 ${number} 拨快多久">
      ${JUMPS.map(([words, minutes]) => html`<option value="${minutes}">${words}</option>`)}
    </select>
    <button>拨快</button>
  </form>`;

const caseView = (row: ClockRow): Html =>
  html`<tr>
    <th scope="row">${row.number}</th>
    <td>${CASE_STATES[row.status] ?? row.status}${row.overdue && html` · <strong>有逾期</strong>`}</td>
    <td>${formatBeijing(row.asOfMs)}</td>
    <td>${row.nextDueMs === undefined ? '—' : formatBeijing(row.nextDueMs)}</td>
    <td>${row.status !== 'closed' && clockForm(row.id, row.number)}</td>
  </tr>`;

/** @param said what came of the last action, when it failed */
export function overviewPage({ inboxes, cases }: Overview, said?: string): string {
  return html`<!doctype html>
    <html lang="zh-CN">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>SANDBOX · 守望演练台</title>
        <link rel="stylesheet" href="/sandbox/page.css" />
        <script src="/sandbox/page.js" defer></script>
      </head>
      <body>
        <p class="sandbox">SANDBOX · 演练环境，人员、电话和邮箱均为虚构</p>
        <main id="live">
          <h1>演练台</h1>
          <p>
            这里能看到每部演练手机和每个邮箱收到的内容，并可代为回复；也可以把某个案件的时钟拨快。接口说明见
            <a href="/docs">/docs</a>，演练账号见 <a href="/sandbox/accounts">/sandbox/accounts</a>。
          </p>
          ${said !== undefined && html`<p class="said" role="alert">操作未完成：${said}</p>`}
          <h2>案件时钟</h2>
          ${
            cases.length === 0
              ? html`<p>还没有案件。</p>`
              : html`<table>
                  <thead>
                    <tr>
                      <th scope="col">案件</th>
                      <th scope="col">状态</th>
                      <th scope="col">案件时间</th>
                      <th scope="col">最近时限</th>
                      <th scope="col">拨快</th>
                    </tr>
                  </thead>
                  <tbody>
                    ${cases.map(caseView)}
                  </tbody>
                </table>`
          }
          <h2>手机、邮箱与工作群</h2>
          ${inboxes.length === 0 ? html`<p>还没有发出任何消息。</p>` : html`<div class="inboxes">${inboxes.map(inboxView)}</div>`}
        </main>
      </body>
    </html> `.text;
}
