/** What is pushed about calls: answered or not, and the key that was pressed. */
import type { z } from 'zod';
import { answersFor } from '../../store/answering';
import { deliveryOf, type Report } from '../../store/receipts';
import { operationIdOf } from '../../store/reply-inbox';
import type { Acknowledger } from './acknowledge';
import { phoneOf, type VoicePush } from './pushes';
import { takeReceipt, type ReceiptDeps } from './receipts';

export type CallDeps = ReceiptDeps & { acknowledger: Acknowledger };

const ACKNOWLEDGE_KEY = '1';
const ANSWERED = '0';

interface Call {
  mobile: string;
  nationcode?: string | undefined;
  callid: string;
  provider?: string;
}

/** Takes one push about a call. @param provider whose address it came to, where each has its own */
export async function takeCall(deps: CallDeps, push: z.infer<typeof VoicePush>, provider?: string): Promise<void> {
  if ('voicekey_callback' in push) {
    const { keypress, ...call } = push.voicekey_callback;
    return keyPressed(deps, { ...call, provider }, keypress);
  }
  if ('voice_failure_callback' in push) {
    const { failure_code: code } = push.voice_failure_callback;
    return report(deps, { ...push.voice_failure_callback, provider }, { delivered: false, code: `Voice${code}` });
  }
  const { result } = push.voiceprompt_callback;
  return report(
    deps,
    { ...push.voiceprompt_callback, provider },
    { delivered: result === ANSWERED, code: `VoiceResult${result}` },
  );
}

const receiptOf = (call: Call) =>
  ({ channel: 'voice', ref: call.callid, phone: phoneOf(call), provider: call.provider }) as const;

const report = (deps: CallDeps, call: Call, said: Report): Promise<void> => takeReceipt(deps, receiptOf(call), said);

async function keyPressed(deps: CallDeps, call: Call, key: string): Promise<void> {
  const row = await deliveryOf(deps.db, receiptOf(call));
  if (row === undefined || row === 'several' || row.caseId === null || row.alertId === null) {
    deps.receipts.inc({ result: 'unknown' });
    deps.log.warn({ ref: call.callid }, 'key of an unknown call');
    return;
  }
  if (key !== ACKNOWLEDGE_KEY) return;
  const { caseId, alertId } = row;
  const personId = await answersFor(deps.db, { personId: row.personId, caseId });
  if (personId === undefined) return;
  const operationId = operationIdOf('voice', call.callid, key);
  await deps.acknowledger.take({ operationId, said: { caseId, alertId, personId, via: 'voice' } });
}
