/** What the documentation says of the pages behind texts and mails. */
import type { ApiDocs } from '../openapi';
import {
  acknowledgeFormBody,
  confirmBody,
  declineBody,
  feedbackBody,
  misdirectBody,
  partnerCodeBody,
  partnerPhoneBody,
  pickupBody,
} from '../schemas/partner';

const PAGE = { description: 'A page' };
const DONE = { description: 'Done: JSON for who asks for it, or a page that says it was so already' };
const SEEN = { 303: { description: 'Done; the page shows it' }, 200: DONE };
const GONE = { description: 'Used up, withdrawn, expired or closed' };

/** Describes /r and /p in OpenAPI. */
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
    {
      method: 'get',
      path: '/r/q/{token}',
      tag,
      summary: 'What a scanned QR code leads to',
      answers: { 303: { description: 'To /r/{token}' }, 410: GONE },
    },
    { method: 'get', path: '/r/{token}', tag, summary: 'The referral', answers: { 200: PAGE, 410: GONE } },
  );
  for (const [name, summary, body] of [
    ['confirm', 'Confirm receipt', confirmBody],
    ['accept', 'Take it on', confirmBody],
    ['decline', 'Decline, say why, and who could', declineBody],
    ['misdirected', 'It was sent to the wrong recipient; link and code end', misdirectBody],
    ['feedback', 'Say what was done', feedbackBody],
  ] as const)
    docs.add({ method: 'post', path: `/r/{token}/${name}`, tag, summary, body, answers: { ...SEEN, 410: GONE } });
}

/** Describes the sign-in under /p in OpenAPI. */
export function documentPartnerSignIn(docs: ApiDocs): void {
  const tag = 'partner pages';
  const LOCKED = { description: 'Too often; Retry-After says when' };
  docs.add(
    { method: 'get', path: '/p', tag, summary: 'Sign in with a phone, or one’s own referrals', answers: { 200: PAGE } },
    {
      ...{ method: 'post', path: '/p/code', tag, body: partnerPhoneBody },
      summary: 'Send six digits to a phone; the answer is the same whether it is a partner’s or not',
      answers: { 200: PAGE, 429: LOCKED },
    },
    {
      ...{ method: 'post', path: '/p/sign-in', tag, body: partnerCodeBody },
      summary: 'Sign in with the code; the cookie opens partner pages and nothing of staff',
      answers: { 303: { description: 'To /p' }, 401: { description: 'Wrong' }, 429: LOCKED },
    },
    {
      ...{ method: 'get', path: '/p/referrals/{id}', tag },
      summary: 'The page of one of one’s own referrals',
      answers: {
        303: { description: 'To /r/{token}, or to /p for who is not signed in' },
        404: { description: 'Not theirs' },
      },
    },
    {
      ...{ method: 'post', path: '/p/sign-out', tag },
      summary: 'Sign out',
      answers: { 303: { description: 'To /p' } },
    },
  );
}

/** Describes /a in OpenAPI. */
export function documentAlertPages(docs: ApiDocs): void {
  const about = { path: '/a/{token}', tag: 'alert pages', answers: { 200: PAGE, 410: GONE } };
  docs.add(
    { ...about, method: 'get', summary: 'The alert behind a message' },
    { ...about, method: 'post', summary: 'Acknowledge it', body: acknowledgeFormBody },
  );
}
