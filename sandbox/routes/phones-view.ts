/** Phones and mailboxes as people would see them: bubbles, calls with keys, mails. */
import { type Html, html } from '../../api/pages/html';
import { beijing, formatBeijing } from '../../domain/zone';
import type { Answered, Arrived, Inbox } from './overview';
import type { Words } from './page-words';

const pad = (n: number): string => String(n).padStart(2, '0');
const clock = (ms: number): string => `${pad(beijing(ms).hour)}:${pad(beijing(ms).minute)}`;

/** Addresses in a text become links; the rest stays text. */
const linked = (text: string): Html[] =>
  text
    .split(/(https?:\/\/[\w.:/~-]+)/)
    .map((part, index) => (index % 2 === 1 ? html`<a href="${part}" target="_blank">${part}</a>` : html`${part}`));

const reached = ({ status }: Arrived): boolean => status === 'accepted' || status === 'delivered';

function replyForm(words: Words, message: Arrived): Html | false {
  const code = reached(message) ? /回复\s*(\d{4})/.exec(message.text)?.[1] : undefined;
  return (
    code !== undefined &&
    html`<form method="post" action="/sandbox/page/reply" class="answer">
      <input type="hidden" name="id" value="${message.id}" /><input type="hidden" name="text" value="${code}" />
      <button>${words.reply(code)}</button>
    </form>`
  );
}

const keyForm = (words: Words, message: Arrived): Html | false =>
  reached(message) &&
  html`<form method="post" action="/sandbox/page/press" class="answer">
    <input type="hidden" name="id" value="${message.id}" /><input type="hidden" name="key" value="1" />
    <button>${words.press}</button>
  </form>`;

const state = (words: Words, { status, code }: Arrived): Html =>
  html`<span class="state">${words.states[status]}${code !== undefined && html` · <code>${code}</code>`}</span>`;

function mailView(words: Words, message: Arrived): Html {
  const link = reached(message) ? /https?:\/\/[\w.:/~-]+\/a\/[\w-]+/.exec(message.text)?.[0] : undefined;
  return html`<details id="mail-${message.id}">
      <summary>${words.mail} · ${message.subject ?? ''}</summary>
      <p class="text">${linked(message.text)}</p>
    </details>
    ${link !== undefined && html`<p class="answer"><a class="button" href="${link}" target="_blank">${words.openLink}</a></p>`}`;
}

function content(words: Words, message: Arrived): Html {
  if (message.channel === 'email') return mailView(words, message);
  if (message.channel === 'voice')
    return html`<p class="caller">${words.call}</p>
      <p class="text">${message.text}</p>
      ${keyForm(words, message)}`;
  return html`<p class="text">${linked(message.text)}</p>
    ${message.channel === 'sms' && replyForm(words, message)}`;
}

const bubble = (words: Words, message: Arrived): Html =>
  html`<li class="bubble ${message.channel} ${message.status}" data-id="${message.id}">
    <p class="meta">
      <time datetime="${new Date(message.atMs).toISOString()}" title="${formatBeijing(message.atMs)}"
        >${clock(message.atMs)}</time
      >
      ${state(words, message)}
    </p>
    ${content(words, message)}
  </li>`;

function answerBubble(words: Words, { atMs, via, outcome }: Answered): Html {
  const said = via === 'voice' ? words.replied.voice : words.replied.sms;
  const outcomes: Record<string, string> = words.outcomes;
  return html`<li class="bubble mine">
    <p class="meta"><time datetime="${new Date(atMs).toISOString()}">${clock(atMs)}</time></p>
    <p class="text">${said} · ${outcomes[outcome] ?? outcome}</p>
  </li>`;
}

/** Oldest first, as on a phone; the screen is scrolled to its end. */
function screen(words: Words, { messages, answers }: Inbox): Html[] {
  const first = messages.at(-1)?.atMs ?? 0;
  const items = [
    ...messages.map((one) => ({ atMs: one.atMs, view: bubble(words, one) })),
    ...answers.filter(({ atMs }) => atMs >= first).map((one) => ({ atMs: one.atMs, view: answerBubble(words, one) })),
  ];
  return items.toSorted((a, b) => b.atMs - a.atMs).map(({ view }) => view);
}

export function phoneView(words: Words, inbox: Inbox): Html {
  const { key, owner, role, group, duty, addresses } = inbox;
  const name = owner ?? (group ? words.groups[group] : duty ? words.duty : words.unknown);
  return html`<section class="phone" id="phone-${key}" aria-label="${name}">
    <header>
      <h3>${name}${role !== undefined && html` <small>${role}</small>`}</h3>
      <p>${addresses.join(' · ')}</p>
    </header>
    <ol class="screen" tabindex="0" aria-label="${name}">
      ${screen(words, inbox)}
    </ol>
  </section>`;
}
