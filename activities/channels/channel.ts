import type { Channel as ChannelId } from '../../domain/channels';
import type { RobotKey } from '../../store/robots';

/** One message to one address, in words and as the carrier's template. */
export interface Outgoing {
  /** The delivery's key; the same at each attempt. */
  key: string;
  /** Phone in E.164, mail address, or id of a robot. */
  to: string;
  /** As the person reads or hears it. */
  body: string;
  templateId?: string;
  /** The same text's template at the second provider; absent: it has the same id there. */
  secondTemplateId?: string;
  params?: string[];
  /** Mails only. */
  subject?: string;
  /** Robots only. */
  robot?: RobotKey;
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

/** What a provider's records say of a message. unsure: they cannot be asked now. */
export type Found = Outcome | 'not_found' | 'unsure';

/** One provider of a way to reach people (渠道): one file, and one line in the registry. */
export interface Channel {
  readonly id: ChannelId;
  /** Its name in rows, logs and faults: that of its part of the configuration, such as sms or sms2. */
  readonly provider: string;
  /** No {@link send} takes longer than this, in milliseconds, however silent the other side is. */
  readonly longestMs: number;
  send(message: Outgoing): Promise<Outcome>;
  /**
   * Does the carrier have the message of an attempt that began at `since` (milliseconds since the epoch)?
   * Absent: it keeps no records, and the message is sent again.
   */
  askRecord?(message: Outgoing, since: number, taken: Taken): Promise<Found>;
  /** Ends kept connections. */
  close?(): void;
}

/** One try with one provider. */
export interface Tried {
  provider: string;
  /** When it began, milliseconds since the epoch. */
  at: number;
  /** How long it took. */
  ms: number;
  outcome: Outcome;
}

/** What came of an attempt: the last try decides, all of them are on the record. */
export interface Sending {
  provider: string;
  outcome: Outcome;
  tried: Tried[];
}

/** All providers of one channel; who sends asks the line, never a provider. */
export interface Line {
  readonly id: ChannelId;
  /** Names of all of them, in the order of preference. */
  readonly providers: readonly [string, ...string[]];
  /**
   * Providers in the order in which they are to be tried now, none left out. Whoever asks sends: where the first has
   * rested, this message is the one that probes it.
   * @param avoid comes last: nobody knows whether it has the message
   */
  route(avoid?: string): [string, ...string[]];
  /**
   * Tries them in the order of the route until one has taken the message, may have, or will never.
   * @param handTo called before each provider but the first, so that a crash leaves the right one's name
   */
  send(message: Outgoing, route: string[], handTo: (provider: string) => Promise<void>): Promise<Sending>;
  /** Can that provider be asked what it has taken? @param provider null: the first */
  keepsRecords(provider: string | null): boolean;
  /** {@link Channel.longestMs} of that provider. */
  longestMs(provider: string | null): number;
  /** {@link Channel.askRecord} of that provider; not_found where it keeps no records. */
  askRecord(provider: string | null, message: Outgoing, since: number, taken: Taken): Promise<Found>;
  close(): void;
}

export type Channels = Record<ChannelId, Line>;
