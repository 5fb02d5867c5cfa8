/** What a journal must look like, entry by entry. Pure: it is given rows and says what is wrong with them. */
import type { CaseEvent } from '../../domain/model';
import { chainHash, GENESIS } from '../journal';

export const FAULTS = [
  /** The entry does not say what it said when it was written. */
  'changed',
  /** The entry does not follow the one before it: that one was changed and its hash with it. */
  'relinked',
  /** Entries between two that are there are not. */
  'removed',
  /** The journal ends before what is known to have been written. */
  'cut_off',
  /** The entry differs from the one that was anchored: the chain was written anew from some entry on. */
  'rewritten',
  /** A case is gone with all its journal. */
  'case_removed',
  /** A day's anchor does not say what it said, or does not follow the day before. */
  'anchor_changed',
  /** A day's anchor is not the one that was kept outside. */
  'anchor_not_kept',
  /** A kept anchor's day is gone. */
  'anchor_removed',
  /** A day's anchor was not made by this system: its seal is wrong. */
  'seal_broken',
  /** Lines of the access log that a day's anchor covers were changed, removed or added. */
  'access_log_changed',
] as const;
export type FaultKind = (typeof FAULTS)[number];

/** Something that is not as it was written, and where. */
export interface Fault {
  kind: FaultKind;
  caseId?: string;
  number?: string;
  seq?: number;
  day?: string;
  /** In plain words. */
  says: string;
}

/** One stored entry. */
export interface ChainRow {
  seq: number;
  at: Date;
  actorKind: string;
  actorId: string;
  kind: string;
  data: unknown;
  prevHash: Uint8Array;
  hash: Uint8Array;
}

/** What is known of a journal from elsewhere. */
export interface Known {
  caseId: string;
  number: string;
  /** How far the journal went when its case was last written. */
  rev: number;
  /** Entry → hash, as anchored, with the anchor's day. */
  heads: ReadonlyMap<number, { hash: Uint8Array; day: string }>;
}

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

const eventOf = ({ seq, at, actorKind, actorId, kind, data }: ChainRow): CaseEvent =>
  // The hash covers whatever stands there, also what no version ever wrote.
  ({ seq, at: at.getTime(), actor: { kind: actorKind, id: actorId }, kind, data }) as CaseEvent;

/** Walks one journal from its first entry; rows are given in order of `seq`. */
export class ChainWalk {
  readonly faults: Fault[] = [];
  private last = 0;
  private lastHash: Uint8Array = GENESIS;
  private readonly unseen: Map<number, { hash: Uint8Array; day: string }>;

  constructor(private readonly known: Known) {
    this.unseen = new Map(known.heads);
  }

  private say(kind: FaultKind, seq: number, says: string): void {
    const { caseId, number } = this.known;
    this.faults.push({ kind, caseId, number, seq, says });
  }

  step(row: ChainRow): void {
    const { seq } = row;
    if (seq !== this.last + 1) {
      const gone = seq - this.last === 2 ? `entry ${this.last + 1} is` : `entries ${this.last + 1} to ${seq - 1} are`;
      this.say('removed', this.last + 1, `${gone} missing`);
    } else if (!same(row.prevHash, this.lastHash)) {
      this.say('relinked', seq, `entry ${seq} does not follow entry ${this.last} as it stands`);
    }
    if (!same(row.hash, chainHash(row.prevHash, this.known.caseId, eventOf(row)))) {
      this.say('changed', seq, `entry ${seq} is not what was written`);
    }
    const head = this.unseen.get(seq);
    if (head && !same(row.hash, head.hash)) {
      this.say('rewritten', seq, `entry ${seq} is not the one that was anchored on ${head.day}`);
    }
    this.unseen.delete(seq);
    this.last = seq;
    this.lastHash = row.hash;
  }

  /** After the last row. */
  end(): Fault[] {
    const anchored = Math.max(0, ...[...this.unseen.keys()].filter((seq) => seq > this.last));
    const written = Math.max(this.known.rev, anchored);
    if (this.last < written) {
      const why = anchored > this.last ? `was anchored on ${this.unseen.get(anchored)?.day}` : 'was written';
      this.say('cut_off', this.last + 1, `the journal ends at entry ${this.last}, and entry ${written} ${why}`);
    }
    return this.faults;
  }
}
