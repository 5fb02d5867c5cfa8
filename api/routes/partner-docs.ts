/** What the documentation says of the pages behind texts and mails. */
import type { ApiDocs } from '../openapi';
import { acknowledgeFormBody, confirmBody, declineBody, feedbackBody, pickupBody } from '../schemas/partner';

const PAGE = { description: 'A page' };
const DONE = { description: 'Done: JSON for who asks for it, or a page that says it was so already' };
const SEEN = { 303: { description: 'Done; the page shows it' }, 200: DONE };
const GONE = { description: 'Used up, withdrawn, expired or closed' };

export function documentPartnerPages(docs: ApiDocs): void {
  const tag = 'partner pages';
  docs.add(
    { method: 'get', path: '/r', tag, summary: 'The form for a pick-up code', answers: { 200: PAGE } },
    {
      method: 'post',
      path: '/r',
      tag,
      summary: 'Open a referral by the code from a text and the last four digits of its phone',
      body: pickupBody,
      answers: {
        303: { description: 'To /r/{token}' },
        404: { description: 'Wrong' },
        429: { description: 'Locked for 15 minutes' },
      },
    },
    { method: 'get', path: '/r/{token}', tag, summary: 'The referral', answers: { 200: PAGE, 410: GONE } },
  );
  for (const [name, summary, body] of [
    ['confirm', 'Confirm receipt', confirmBody],
    ['decline', 'Decline, and say why', declineBody],
    ['feedback', 'Say what was done', feedbackBody],
  ] as const)
    docs.add({ method: 'post', path: `/r/{token}/${name}`, tag, summary, body, answers: { ...SEEN, 410: GONE } });
}

export function documentAlertPages(docs: ApiDocs): void {
  const about = { path: '/a/{token}', tag: 'alert pages', answers: { 200: PAGE, 410: GONE } };
  docs.add(
    { ...about, method: 'get', summary: 'The alert behind a message' },
    { ...about, method: 'post', summary: 'Acknowledge it', body: acknowledgeFormBody },
  );
}
