import type { Channel as ChannelId } from '../../domain/model';

/** One message to one address, in words and as the carrier's template. */
export interface Outgoing {
  /** The delivery's key; the same at each attempt. */
  key: string;
  /** Phone in E.164, or mail address. */
  to: string;
  /** As the person reads or hears it. */
  body: string;
  templateId?: string;
  params?: string[];
  /** Mails only. */
  subject?: string;
}

/**
 * How an attempt ended. Nothing else leaves an adapter, neither another value nor an error.
 * sent: the carrier has it. retry_after: it certainly has not, and may take it in `ms`. refused: it never will.
 * unknown: it may have it.
 */
export type Outcome =
  | { kind: 'sent'; ref: string }
  | { kind: 'retry_after'; ms: number; code: string }
  | { kind: 'refused'; code: string }
  | { kind: 'unknown'; code: string };

/** Which of these numbers of the carrier belong to other deliveries. */
export type Taken = (refs: string[]) => Promise<Set<string>>;

/** A way to reach people (渠道): one file, and one line in the registry. */
export interface Channel {
  readonly id: ChannelId;
  send(message: Outgoing): Promise<Outcome>;
  /**
   * Does the carrier have the message of an attempt that began at `since` (milliseconds since the epoch)? unsure: it
   * cannot be asked now. Absent: it keeps no records, and the message is sent again.
   */
  askRecord?(message: Outgoing, since: number, taken: Taken): Promise<Outcome | 'not_found' | 'unsure'>;
  /** Ends kept connections. */
  close?(): void;
}

export type Channels = Record<ChannelId, Channel>;
