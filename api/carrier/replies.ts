/** Replies (回复) to texts: a code acknowledges an alert, everything else gets at most one helpful answer a day. */
import type { Counter } from 'prom-client';
import type { z } from 'zod';
import { rfc3339 } from '../../domain/zone';
import { makeUnknownText } from '../../store/help-texts';
import { findReply } from '../../store/reply-codes';
import { operationIdOf } from '../../store/reply-inbox';
import type { ApiDeps } from '../deps';
import type { Acknowledger } from './acknowledge';
import { phoneOf, type ReplyPush } from './pushes';
import { codesOf, isOptOut } from './reply-text';

export type ReplyDeps = Pick<ApiDeps, 'db' | 'log'> & { acknowledger: Acknowledger; replies: Counter<'result'> };

const DAY_LENGTH = 'yyyy-mm-dd'.length;

/** Takes a reply. Replies carry no message id: the phone and the code say what they are about. */
export async function takeReply(deps: ReplyDeps, push: z.infer<typeof ReplyPush>): Promise<void> {
  const { db, log, replies, acknowledger } = deps;
  const phone = phoneOf(push);
  if (isOptOut(push.text)) {
    replies.inc({ result: 'opted_out' });
    log.warn('a phone has opted out of texts by its reply; the carrier refuses it from now on');
    return;
  }
  let known = false;
  for (const code of codesOf(push.text)) {
    const found = await findReply(db, phone, code);
    if (!found) continue;
    known = true;
    const operationId = operationIdOf(phone, code, push.text, push.time ?? '', push.extend ?? '');
    await acknowledger.take({ operationId, said: { ...found, via: 'sms', code } });
  }
  if (known) return;
  replies.inc({ result: 'unknown_code' });
  const key = await makeUnknownText(db, phone, rfc3339(Date.now()).slice(0, DAY_LENGTH));
  log.info({ key }, 'reply without a known code');
}
