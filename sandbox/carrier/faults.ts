import { refusesWholeRequest } from './errors';
import type { Channel, ReceiptPlan } from './messages';
import { sameRecipient } from './phone';

/** How the carrier can misbehave. Mails know ok, down, slow, reject (SMTP450, SMTP550) and hang-before; robots all but receipts. */
export const MODES = [
  'ok',
  /** Connections are reset before anything is taken; SMTP answers 421. */
  'down',
  /** The message is taken, the answer comes later than a client waits. Queries answer at once. */
  'slow',
  /** The carrier says no, with `code`. */
  'reject',
  /** HTTP 500 from the gateway, nothing taken. */
  'error500',
  /** HTTP 200 with something that is not JSON, nothing taken. */
  'garbage',
  /** The message is taken, the answer's body breaks off. */
  'cutoff',
  /** Nothing is taken and nothing is answered. */
  'hang-before',
  /** Taken, then a receipt that it was not delivered; a call that nobody answers. */
  'receipt-fail',
  /** Taken, and no receipt ever. */
  'receipt-none',
  /** Taken, and the same receipt several times. */
  'receipt-dup',
  /** Taken, and the receipt seconds later, after those of later messages. */
  'receipt-late',
  /** Taken, and the receipt is pushed before the request is answered. */
  'receipt-early',
] as const;
export type Mode = (typeof MODES)[number];

export interface Only {
  channel?: Channel;
  to?: string;
}

export interface FaultState {
  mode: Mode;
  code?: string;
  only?: Only;
  /** When the mode ends by itself, UNIX milliseconds. */
  untilMs?: number;
}

export const SMTP_CODES = ['SMTP450', 'SMTP550'];
/** What robots refuse with: Robot and the errcode. */
const ROBOT_CODE = /^Robot-?\d+$/;

const PLANS: Partial<Record<Mode, ReceiptPlan>> = {
  'receipt-fail': 'fail',
  'receipt-none': 'none',
  'receipt-dup': 'duplicate',
  'receipt-late': 'late',
  'receipt-early': 'early',
};

/** A number no text can reach, and one no call can: what mode reject says when no code is given. */
const DEFAULT_CODES = {
  sms: 'FailedOperation.PhoneNumberInBlacklist',
  voice: 'InvalidParameterValue.CalledNumberVerifyFail',
  wecom: 'Robot93000',
  dingtalk: 'Robot310000',
};

/** The fault in force. It lives in memory: a restarted carrier is well again. */
export class Faults {
  private current: FaultState = { mode: 'ok' };

  constructor(private readonly now: () => number = Date.now) {}

  set(state: FaultState): void {
    this.current = state;
  }

  get state(): FaultState {
    if (this.current.untilMs !== undefined && this.now() >= this.current.untilMs) this.current = { mode: 'ok' };
    return this.current;
  }

  /** The mode that applies to a message for one of these recipients; ok when the fault is about others. */
  modeFor(channel: Channel, recipients: readonly string[]): Mode {
    const { mode, only } = this.state;
    if (only?.channel !== undefined && only.channel !== channel) return 'ok';
    const to = only?.to;
    return to === undefined || recipients.some((recipient) => sameRecipient(recipient, to)) ? mode : 'ok';
  }

  /** The code that mode reject gives this recipient, undefined when it does not concern them. */
  rejection(channel: Channel, to: string): string | undefined {
    if (this.modeFor(channel, [to]) !== 'reject') return undefined;
    const { code } = this.state;
    if (channel === 'email') return code !== undefined && SMTP_CODES.includes(code) ? code : undefined;
    const isRobots = channel === 'wecom' || channel === 'dingtalk';
    if (code === undefined) return DEFAULT_CODES[channel];
    return !SMTP_CODES.includes(code) && ROBOT_CODE.test(code) === isRobots ? code : undefined;
  }

  /** The code that refuses the whole request for these recipients, if there is one. */
  wholeRejection(channel: 'sms' | 'voice', recipients: readonly string[]): string | undefined {
    const codes = recipients.map((to) => this.rejection(channel, to));
    return codes.find((code) => code !== undefined && (channel === 'voice' || refusesWholeRequest(code)));
  }

  planFor(channel: 'sms' | 'voice', to: string): ReceiptPlan {
    return PLANS[this.modeFor(channel, [to])] ?? 'normal';
  }
}
