/** Who has a case (交接、移交、代管), and what it has to do with others. Plain data, as everything in a case's state. */

/** What two cases have to do with one another: the same child, siblings, one incident; or not the same child after all. */
export const LINK_KINDS = ['same_child', 'sibling', 'same_incident', 'not_same'] as const;
export type LinkKind = (typeof LINK_KINDS)[number];

/** 并案: this case goes on as another one. */
export interface Joined {
  into: string;
  number: string;
  at: number;
  /** What was still to do, and is again when the two are split. */
  steps: string[];
  wasClosed: boolean;
}

/** A case offered to a colleague (交接): until it is taken, the one before keeps it. */
export interface Handover {
  /** A member of staff. */
  to: string;
  askedBy: string;
  askedAt: number;
  /** By when it is to be taken; after that it lapses. Absent: the policy sets no time. */
  acceptBy?: number;
  noteId?: string;
}

/** On what ground a case may be passed to another station: consent (同意) of guardian or child, or the law's word (法定事由). */
export const TRANSFER_GROUNDS = ['consent', 'statutory'] as const;
export type TransferGround = (typeof TRANSFER_GROUNDS)[number];

/** A case offered to another station (移交): until it is accepted, this one is responsible and no clock stops. */
export interface Transfer {
  /** A station. */
  to: string;
  ground: TransferGround;
  askedBy: string;
  askedAt: number;
  acceptBy?: number;
  reasonId: string;
}

/** Which offer is answered: one that was withdrawn may have been followed by another, to another station or on other grounds. */
export type Offer = Pick<Transfer, 'to' | 'askedAt'>;

/** One stands in for another for a while (代管); then the case comes back by itself. */
export interface Cover {
  id: string;
  /** Members of staff: who is away, and who stands in. */
  of: string;
  by: string;
  from: number;
  until: number;
  begun?: boolean;
}
