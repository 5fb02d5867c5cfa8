import type { Logger } from 'pino';
import { pushTime, unixSeconds } from './beijing';
import type { Timing } from './config';
import type { Message } from './messages';
import type { Pushes } from './pushes';
import { type CarrierStore, subscriber } from './store';

/** The most receipts Tencent puts into one push. */
const MAX_BATCH = 100;
/** Receipts that come within this time share a push, in milliseconds. */
const BATCH_WINDOW = 20;
/** How often receipt-dup sends the same receipt. */
const DUPLICATES = 4;

/** Plays the network after a message was taken: delivers it, or does not, and pushes what happened to the API. */
export class Receipts {
  private waiting: Message[] = [];
  /** The push of those that wait, from the first of them on. */
  private batch: Promise<void> | undefined;
  /** Serial numbers of messages whose receipt has not been taken, or given up, yet. */
  private readonly coming = new Set<string>();

  constructor(
    private readonly store: CarrierStore,
    private readonly pushes: Pushes,
    private readonly timing: Timing,
    private readonly log: Logger,
  ) {}

  /** Starts what the message's plan says. Returns when the request may be answered. */
  async accepted(message: Message): Promise<void> {
    if (message.plan === 'early') await this.report(message);
    else this.inBackground(message);
  }

  /** Serial numbers of the messages of which a receipt is still to come: those that get none are not among them. */
  underWay(): string[] {
    return [...this.coming];
  }

  /** Takes up, after a restart, the messages whose receipt had not come yet. */
  resume(): void {
    const open = this.store.since().filter((m) => m.status === 'accepted' && m.plan !== 'none');
    open.forEach((message) => this.inBackground(message));
  }

  private inBackground(message: Message): void {
    const { plan, id, serialNo = '' } = message;
    if (plan === 'none') return;
    this.coming.add(serialNo);
    this.later(message)
      .catch((error: unknown) => this.log.error({ id, err: error }, 'receipt failed'))
      .finally(() => this.coming.delete(serialNo));
  }

  private async later(message: Message): Promise<void> {
    const delay = this.timing.receiptDelay + (message.plan === 'late' ? this.timing.lateReceiptDelay : 0);
    if (await this.pushes.pause(delay)) await this.report(message);
  }

  private async report(message: Message): Promise<void> {
    const failed = message.plan === 'fail';
    if (message.channel === 'voice') return this.endCall(message, failed);
    this.store.report(message.id, failed ? 'failed' : 'delivered', failed ? 'UNDELIV' : undefined);
    if (message.plan === 'early') {
      await this.pushes.push('status', [statusItem(message)], [message.id]);
      return;
    }
    if (message.plan !== 'duplicate') return this.enqueue(message);
    for (let i = 0; i < DUPLICATES; i++) {
      await this.pushes.push('status', [statusItem(message)], [message.id]);
    }
  }

  /** Resolves when the push that the receipt goes in is taken or given up. */
  private enqueue(message: Message): Promise<void> {
    this.waiting.push(message);
    this.batch ??= this.pushTogether();
    return this.batch;
  }

  private async pushTogether(): Promise<void> {
    if (!(await this.pushes.pause(BATCH_WINDOW))) return;
    const due = this.waiting;
    this.waiting = [];
    this.batch = undefined;
    for (let i = 0; i < due.length; i += MAX_BATCH) {
      const batch = due.slice(i, i + MAX_BATCH);
      await this.pushes.push(
        'status',
        batch.map(statusItem),
        batch.map((m) => m.id),
      );
    }
  }

  private async endCall(message: Message, failed: boolean): Promise<void> {
    this.store.report(message.id, failed ? 'failed' : 'delivered', failed ? 'VOICE5' : undefined);
    const repeat = message.plan === 'duplicate' ? DUPLICATES : 1;
    for (let i = 0; i < repeat; i++) {
      await this.pushes.push('voice', callResult(message, failed), [message.id]);
    }
    if (failed) await this.pushes.push('voice', callFailure(message), [message.id]);
  }
}

function statusItem(message: Message): Record<string, string> {
  const { nationCode, local } = subscriber(message.to);
  const ok = message.status === 'delivered';
  return {
    user_receive_time: pushTime(message.reportedMs ?? message.atMs),
    nationcode: nationCode,
    mobile: local,
    report_status: ok ? 'SUCCESS' : 'FAIL',
    errmsg: ok ? 'DELIVRD' : (message.code ?? 'UNDELIV'),
    description: ok ? '用户短信送达成功' : '用户短信送达失败',
    sid: message.serialNo ?? '',
  };
}

/** Calls are known by CallId alone: no callback carries the SessionContext. */
function callOf(message: Message): Record<string, string> {
  const { nationCode, local } = subscriber(message.to);
  return { call_from: '', callid: message.serialNo ?? '', mobile: local, nationcode: nationCode };
}

function callResult(message: Message, failed: boolean): Record<string, unknown> {
  const end = unixSeconds(message.reportedMs ?? message.atMs);
  const result = {
    ...callOf(message),
    result: failed ? '1' : '0',
    accept_time: failed ? '0' : String(end),
    start_calltime: String(unixSeconds(message.atMs)),
    end_calltime: String(end),
    fee: failed ? '0' : '1',
  };
  return message.voice?.kind === 'code' ? { voicecode_callback: result } : { voiceprompt_callback: result };
}

function callFailure(message: Message): Record<string, unknown> {
  return { voice_failure_callback: { ...callOf(message), failure_code: 5, failure_reason: '无人接听' } };
}

/** The push of a key the callee pressed. */
export function keyPress(message: Message, key: string): Record<string, unknown> {
  return { voicekey_callback: { ...callOf(message), keypress: key } };
}
