/** How lateness is told: ladders (告警梯级), alerts (告警) that climb them, and what is told (告知). Plain data, as in model.ts. */
import type { Channel } from './channels';
import type { RungRole } from './model';
import type { TextKind } from './text-kinds';

/** One rung of a ladder. */
export interface Rung {
  to: RungRole;
  afterMs: number;
  /** Used together. */
  channels: Channel[];
  /** Used one after the other, for those whom the channels before did not reach. */
  next?: Channel[];
}

/** How late steps are told at one risk level. All spans are milliseconds of clock time. */
export interface Ladder {
  rungs: Rung[];
  /** No receipt of a text or call in this time: the rung's next channel, for those who have not got any. */
  receiptWithinMs?: number;
  /** How those who were told hear that it is over; absent: not at all. */
  over?: Channel[];
  /** Once the top was told: everybody again, at this interval. */
  repeatMs: number;
  /** An acknowledgement (确认) stops the climb for this long. */
  ackBuysMs: number;
  /** A channel that has not got a message out in this time counts as failed. */
  deliverWithinMs: number;
  /** Minutes of the Beijing day during which nobody is woken; absent: never quiet. */
  quiet?: { fromMinute: number; toMinute: number };
}

/** How far the latest message round about something has got. */
export interface Telling {
  /** The tell that the counts below are about. */
  tellId: string;
  /** Keys of deliveries still under way. */
  underWay: string[];
  /** Keys of deliveries that got out and were not reported lost. */
  reached: string[];
  /** Further channels that were asked for and whose messages are not made yet. */
  asked?: number;
}

export type AlertState = 'open' | 'acknowledged' | 'resolved';

/** One late step being told up the ladder. */
export interface Alert {
  id: string;
  stepId: string;
  state: AlertState;
  openedAt: number;
  /** 1 while climbing; from 2 on everybody is told again. */
  round: number;
  /** The rung told last, from 0; -1 before the first. */
  rung: number;
  /** When the next rung, or the next round, is told. */
  nextAt: number;
  acknowledgedBy?: string;
  acknowledgedAt?: number;
  resolvedAt?: number;
  /** How many of the rung's further channels were used. */
  wave?: number;
  /** When those who are not known to have got a message are tried by the next channel. */
  unheardAt?: number;
  /** A text was lost in quiet hours: whose it was is tried at `unheardAt` even where the ladder goes on at the same moment. */
  owed?: true;
  /** A rung was empty or could not be reached; the next text says so. */
  skipped?: boolean;
  /** Rounds in a row in which no message got out. */
  misses?: number;
  telling?: Telling;
}

/** Somebody to be told something: the roster turns it into deliveries. */
export interface Tell {
  /** Deterministic: case, step, round, rung. Channel and person are added for each delivery. */
  id: string;
  kind: TextKind;
  to:
    /** Of the case's station, unless another one is named. */
    | { role: RungRole; stationId?: string }
    | { staffId: string }
    /** `second`: those after the first contact (第二联系人). */
    | { partnerId: string; second?: boolean }
    /** Everybody who was told of the alert, but for who ended it. */
    | { toldOf: string; except: string };
  /** Only those of the same tell whom no channel so far reached: nothing was heard of it, or this person's failed. */
  unheard?: { why: 'silent' } | { why: 'failed'; personId: string };
  channels: Channel[];
  stepId?: string;
  alertId?: string;
  referralId?: string;
  /** Milliseconds late when told; 0 for a reminder. */
  lateMs?: number;
  /** Milliseconds left when reminded. */
  leftMs?: number;
}

/** How an attempt at a delivery ended for good. */
export type DeliveryOutcome = 'sent' | 'failed';
