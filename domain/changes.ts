/**
 * What a running case does otherwise than in its first release. A history follows the way that it began (ADR 36), so the rules
 * ask where old and new part, and nowhere else: each change that is begun leaves a mark in the run's history.
 */
import type { FailureType } from './failures';

export type Change =
  /** Feedback asks the policy what follows from it. */
  | 'feedback-is-checked'
  /** A receipt that comes while messages are being made waits until they are known. */
  | 'receipts-wait-for-their-messages'
  /** What is late climbs by a changed ladder's own steps, after another risk. */
  | 'late-steps-climb-anew'
  /** So does what somebody has acknowledged, and all of it under another version of the policy too. */
  | 'standing-alerts-climb-anew'
  /** Where nobody stands at the top, no further channel is waited for. */
  | 'empty-tops-rest'
  /** A text that is lost in quiet hours makes no phone ring before they are over. */
  | 'lost-texts-let-sleep'
  /** A case that has taken another one in is not joined into that one. */
  | 'joins-do-not-cross'
  /** Another station's answer counts for the offer that it was given to. */
  | 'answers-name-their-offer'
  /** More time that is asked for is asked no more once a deadline that was put off has given it. */
  | 'overtaken-extensions-end';

/** Does this run do it the new way? */
export type Since = (change: Change) => boolean;

/** Refusals that are younger than the commands that they refuse: what was obeyed before there was one, is obeyed again. */
export const YOUNGER: Partial<Record<FailureType, Change>> = {
  JoinsCross: 'joins-do-not-cross',
  TransferChanged: 'answers-name-their-offer',
};

/** Everything as it is done today: what is only looked at or tried out has no history. */
export const TODAY: Since = () => true;
