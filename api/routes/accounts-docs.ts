import type { ApiDeps } from '../deps';
import * as schemas from '../schemas/accounts';
import { itemsOf } from '../schemas/answers';

/** How /openapi.json describes `/accounts`. */
export function describeAccounts({ docs }: ApiDeps): void {
  const path = '/api/v1/accounts';
  const manage = { tag: 'accounts', permission: 'account:manage' } as const;
  const help = { tag: 'accounts', permission: 'account:unlock' } as const;
  const one = { 200: { description: 'The account', schema: schemas.accountAnswer } };
  docs.add(
    {
      ...help,
      ...{ method: 'get', path, summary: 'Accounts of the caller’s stations' },
      answers: { 200: { description: 'Accounts', schema: itemsOf(schemas.accountAnswer) } },
    },
    {
      ...manage,
      ...{ method: 'post', path, body: schemas.accountBody },
      summary: 'A new account; then make its set-up link',
      answers: { 201: { description: 'The account', schema: schemas.accountAnswer } },
    },
    {
      ...manage,
      ...{ method: 'get', path: `${path}/journal`, query: schemas.accountEventQuery },
      summary: 'What was done to accounts, and by whom (账号记录), newest first',
      answers: { 200: { description: 'Entries', schema: itemsOf(schemas.accountEventAnswer) } },
    },
    {
      ...manage,
      ...{ method: 'patch', path: `${path}/{id}`, body: schemas.accountPatch, answers: one },
      summary: 'Change name, role or station, disable or enable; who is changed signs in anew',
    },
    {
      ...manage,
      ...{ method: 'post', path: `${path}/{id}/setup-link` },
      summary:
        'A set-up link (设置链接) by which this person sets a password: good once, for three days, shown this once',
      answers: { 201: { description: 'The link', schema: schemas.setupLinkAnswer } },
    },
    {
      ...manage,
      ...{ method: 'post', path: `${path}/{id}/reset-factor`, answers: one },
      summary: 'Take the second factor away; this person sets a new one up at the next sign-in',
    },
    {
      ...help,
      ...{ method: 'post', path: `${path}/{id}/unlock`, answers: one },
      summary: 'End every pause after wrong passwords and codes (解除锁定)',
    },
    {
      ...manage,
      ...{ method: 'get', path: `${path}/{id}/sessions`, summary: 'Where this person is signed in' },
      answers: { 200: { description: 'Sessions', schema: itemsOf(schemas.sessionAnswer) } },
    },
    {
      ...manage,
      ...{ method: 'delete', path: `${path}/{id}/sessions`, summary: 'End them all' },
      answers: { 200: { description: 'How many ended', schema: schemas.endedAnswer } },
    },
  );
}
