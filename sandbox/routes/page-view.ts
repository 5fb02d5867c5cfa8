/** The sandbox's page (演练台): a guide for the first visit, clocks that move, and everybody's phone. */
import { type Html, html } from '../../api/pages/html';
import { formatBeijing } from '../../domain/zone';
import type { ClockRow, Overview } from './overview';
import { JUMPS, type Words } from './page-words';
import { phoneView } from './phones-view';

/** Kind of a step → its name in Chinese. */
export type StepNames = Record<string, string>;
const nameOf = (names: StepNames, kind: string): string => (Object.hasOwn(names, kind) && names[kind]) || kind;

/** Which of the guide's four steps the visitor has taken. */
function taken({ cases, moved, inboxes }: Overview): boolean[] {
  const late = inboxes.some(({ messages }) => messages.some(({ text }) => /逾期|超时/.test(text)));
  return [cases.length > 0, moved, late, inboxes.some(({ answers }) => answers.length > 0)];
}

function guide(words: Words, seen: Overview): Html {
  const done = taken(seen);
  return html`<details class="guide" id="guide" ${done.every(Boolean) ? '' : 'open'}>
    <summary>${words.guide}</summary>
    <p>${words.lead}</p>
    <ol>
      ${words.steps.map(
        ([title, text], index) =>
          html`<li class="${done[index] === true ? 'is-done' : ''}">
            <strong>${title}</strong>${done[index] === true && html` <span class="done">${words.done}</span>`}
            <p>${text}</p>
          </li>`,
      )}
    </ol>
    <div class="tries">${reportForm(words)} ${carrierForm(words, seen.textsFail)}</div>
  </details>`;
}

const carrierForm = (words: Words, broken: boolean): Html =>
  html`<form method="post" action="/sandbox/page/carrier">
    <input type="hidden" name="texts" value="${broken ? 'ok' : 'fail'}" />
    <button>${broken ? words.mendTexts : words.breakTexts}</button>
    ${broken && html`<span class="alert open">${words.broken}</span>`}
  </form>`;

const reportForm = (words: Words): Html =>
  html`<form method="post" action="/sandbox/page/report"><button class="main">${words.report}</button></form>`;

/** The way without script: the same jumps in a list. */
const plainChoice = (words: Words, number: string): Html =>
  html`<noscript
    ><select name="minutes" aria-label="${words.slider(number)}">
      ${JUMPS.map((minutes, index) => html`<option value="${minutes}">${words.jumps[index]}</option>`)}
    </select></noscript
  >`;

function slider(words: Words, { id, number }: ClockRow): Html {
  return html`<form method="post" action="/sandbox/page/clock" class="slider" data-busy="${words.moving}">
    <input type="hidden" name="caseId" value="${id}" />
    <input
      type="range"
      id="slide-${id}"
      name="place"
      min="0"
      max="${JUMPS.length - 1}"
      value="1"
      aria-label="${words.slider(number)}"
      aria-valuetext="${words.jumps[1] ?? ''}"
      data-words="${words.jumps.join('|')}"
    />
    <output for="slide-${id}">${words.jumps[1]}</output>
    ${plainChoice(words, number)}
    <button class="main" id="forward-${id}">${words.forward}</button>
  </form>`;
}

function toNext(words: Words, { id, asOfMs, next }: ClockRow): Html | false {
  if (next === undefined || next.dueMs <= asOfMs) return false;
  const minutes = Math.ceil((next.dueMs - asOfMs) / 60_000) + 1;
  return html`<form method="post" action="/sandbox/page/clock" data-busy="${words.moving}">
    <input type="hidden" name="caseId" value="${id}" /><input type="hidden" name="minutes" value="${minutes}" />
    <button id="next-${id}">${words.toNext}</button>
  </form>`;
}

function caseView(words: Words, names: StepNames, row: ClockRow): Html {
  const { number, status, overdue, asOfMs, next, alert } = row;
  const states: Record<string, string> = words.caseStates;
  return html`<section class="clock ${overdue ? 'is-late' : ''}" aria-label="${number}">
    <h3>
      <a href="/cases/${row.id}">${number}</a> <small>${states[status] ?? status}</small>
      ${alert !== undefined && html`<span class="alert ${alert}">${words.alerts[alert]}</span>`}
      ${overdue && alert === undefined && html`<span class="alert open">${words.late}</span>`}
    </h3>
    <dl>
      <div>
        <dt>${words.caseTime}</dt>
        <dd>${formatBeijing(asOfMs)}</dd>
      </div>
      <div>
        <dt>${words.next}</dt>
        <dd>
          ${next === undefined ? words.nothing : html`${nameOf(names, next.kind)} · ${formatBeijing(next.dueMs)}`}
        </dd>
      </div>
    </dl>
    ${status !== 'closed' && html`<div class="hands">${slider(words, row)} ${toNext(words, row)}</div>`}
  </section>`;
}

interface Frame {
  words: Words;
  names: StepNames;
  /** What came of the last action, when it failed. */
  said?: string;
}

export function overviewPage(seen: Overview, { words, names, said }: Frame): string {
  const { inboxes, cases } = seen;
  const other = words.lang === 'en' ? '/sandbox?lang=zh-CN' : '/sandbox?lang=en';
  return html`<!doctype html>
    <html lang="${words.lang}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>SANDBOX · ${words.title}</title>
        <link rel="icon" href="/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/sandbox/page.css" />
        <script src="/sandbox/page.js" defer></script>
      </head>
      <body>
        <p class="sandbox">${words.mark}</p>
        <main>
          <div class="head">
            <h1>${words.title}</h1>
            <nav>
              <a href="/">${words.app}</a> <a href="/docs">${words.docs}</a>
              <a href="/sandbox/accounts">${words.accounts}</a> <a href="${other}">${words.other}</a>
            </nav>
          </div>
          <div id="live">
            ${said !== undefined && html`<p class="said" role="alert">${words.failed}${said}</p>`} ${guide(words, seen)}
            <h2>${words.clocks}</h2>
            ${
              cases.length === 0
                ? html`<p>${words.noCases}</p>`
                : html`<div class="clocks">${cases.map((row) => caseView(words, names, row))}</div>`
            }
            <h2>${words.phones}</h2>
            ${
              inboxes.length === 0
                ? html`<p>${words.noMessages}</p>`
                : html`<div class="phones">${inboxes.map((one) => phoneView(words, one))}</div>`
            }
          </div>
          <p id="busy" role="status"></p>
        </main>
      </body>
    </html> `.text;
}
