/** What happens to a message after the carrier took it; decided when it is accepted, carried out by receipts.ts. */
export type ReceiptPlan = 'normal' | 'fail' | 'none' | 'duplicate' | 'late' | 'early';

/** Robots of groups in WeCom and DingTalk. */
export type RobotKind = 'wecom' | 'dingtalk';
export type Channel = 'sms' | 'voice' | 'email' | RobotKind;
export type Status = 'accepted' | 'delivered' | 'failed' | 'rejected';

/** One attempt to reach one person, as the carrier or the mail server recorded it. */
export interface Message {
  /** m and nine digits, increasing: the order of the messages is the order of their ids. */
  id: string;
  /** When it came in, UNIX milliseconds on the carrier's own clock. */
  atMs: number;
  channel: Channel;
  /** E.164 number, mailbox, or the beginning of a robot's key. */
  to: string;
  text: string;
  subject?: string;
  status: Status;
  /** Why it was rejected or failed: Tencent's code, or the SMTP reply. */
  code?: string;
  /** SerialNo of a text, CallId of a call, Message-ID of a mail; rejected texts have none. */
  serialNo?: string;
  sms?: SmsDetails;
  voice?: { kind: 'tts' | 'code' };
  plan: ReceiptPlan;
  /** When the receipt (or the end of the call) came, UNIX milliseconds. */
  reportedMs?: number;
}

export interface SmsDetails {
  /** The text as the send records show it: the values of variables masked. */
  masked: string;
  sign: string;
  extend: string;
  /** Whether the refusal was of the whole request: such an attempt never reaches the send records. */
  wholeRequest: boolean;
}

/** A recipient's answer to a text. Nothing ties it to the message: Tencent sends no serial number with it. */
export interface Reply {
  atMs: number;
  to: string;
  sign: string;
  extend: string;
  text: string;
}

export type NewMessage = Omit<Message, 'id' | 'atMs'>;

/** The queues that Pull… empties. */
export type Queue = 'status' | 'reply';

/** A line of the carrier's journal; replaying all of them gives the state. */
export type Entry =
  | { type: 'message'; message: Message }
  | { type: 'report'; id: string; atMs: number; status: 'delivered' | 'failed'; code?: string }
  | { type: 'reply'; reply: Reply }
  | { type: 'blacklist'; to: string }
  | { type: 'pulled'; queue: Queue; count: number };
