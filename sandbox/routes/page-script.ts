/** The script of the sandbox's page, as a file of its own: the content policy allows nothing inline. */

/**
 * Sends forms without leaving the page, and shows what is new every two seconds: what is unfolded, focused, dragged or
 * scrolled stays as it is, and while a finger is down nothing is put in the place of what it presses.
 */
export const SANDBOX_SCRIPT = `'use strict';
let busy = 0;
let sent = 0;
let held = false;

const say = (input) => {
  const words = input.dataset.words.split('|')[Number(input.value)];
  input.setAttribute('aria-valuetext', words);
  input.nextElementSibling.value = words;
};

function show(text) {
  const live = document.getElementById('live');
  const next = new DOMParser().parseFromString(text, 'text/html').getElementById('live');
  if (!next || !live) return;
  /* A parsed page has its way without script unfolded. */
  for (const one of next.querySelectorAll('noscript')) one.remove();
  const seen = new Set([...live.querySelectorAll('[data-id]')].map((one) => one.dataset.id));
  for (const input of live.querySelectorAll('input[type=range]')) {
    const same = next.querySelector('#' + CSS.escape(input.id));
    if (same) { same.value = input.value; say(same); }
  }
  for (const one of live.querySelectorAll('details[id]')) {
    const same = next.querySelector('#' + CSS.escape(one.id));
    if (same) same.open = one.open;
  }
  const places = new Map([...live.querySelectorAll('.phone')].map((one) => [one.id, one.lastElementChild.scrollTop]));
  const focused = document.activeElement && document.activeElement.id;
  if (seen.size > 0)
    for (const one of next.querySelectorAll('[data-id]')) if (!seen.has(one.dataset.id)) one.classList.add('fresh');
  live.replaceWith(document.adoptNode(next));
  for (const [id, top] of places) {
    const one = document.getElementById(id);
    if (one) one.lastElementChild.scrollTop = top;
  }
  const again = focused ? document.getElementById(focused) : null;
  if (again) again.focus({ preventScroll: true });
}

async function look() {
  if (document.hidden || busy > 0 || held) return;
  const before = sent;
  const response = await fetch('/sandbox').catch(() => undefined);
  if (!response || !response.ok) return;
  const text = await response.text();
  const live = document.getElementById('live');
  /* What was asked for before something was sent is older than what came of that. */
  if (busy === 0 && sent === before && !held && text !== look.last && live) { look.last = text; show(text); }
}

document.addEventListener('submit', async (event) => {
  const form = event.target;
  event.preventDefault();
  busy += 1;
  sent += 1;
  document.getElementById('busy').textContent = form.dataset.busy || '';
  const button = event.submitter;
  if (button) button.disabled = true;
  const watch = form.dataset.busy ? setInterval(peek, 1500) : 0;
  try {
    const response = await fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
    show(await response.text());
  } catch (error) {
    console.warn('not sent', error);
    if (button) button.disabled = false;
  } finally {
    clearInterval(watch);
    busy -= 1;
    document.getElementById('busy').textContent = '';
  }
});
/* While a clock moves its messages come in already. */
async function peek() {
  const response = await fetch('/sandbox').catch(() => undefined);
  if (!response || !response.ok) return;
  const text = await response.text();
  if (busy > 0 && !held) show(text);
}
document.addEventListener('input', (event) => { if (event.target.type === 'range') say(event.target); });
document.addEventListener('pointerdown', (event) => { held = event.button === 0; });
for (const end of ['pointerup', 'pointercancel']) addEventListener(end, () => { held = false; });
setInterval(look, 2000);
`;
