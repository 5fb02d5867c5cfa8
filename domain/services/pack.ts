/** The evaluation pack (评估资料包) as a job: what is asked for, its states, and what may be done in each. Pure. */
import { atBeijingMinute } from '../zone';
import type { Contract, Evaluation } from './contract';

export const STAGES = ['mid', 'final'] as const;
export type Stage = (typeof STAGES)[number];

/** cancelling: somebody asked for it, the work has not heard yet; removed: the file is gone, expired or by hand. */
export const PACK_STATES = ['waiting', 'running', 'cancelling', 'done', 'cancelled', 'failed', 'removed'] as const;
export type PackState = (typeof PACK_STATES)[number];

/** What a pack is busy with, in this order. */
const PACK_STEPS = ['counting', 'collecting', 'drawing', 'writing', 'sealing'] as const;
export type PackStep = (typeof PACK_STEPS)[number];

export const MOST_SAMPLE = 200;
/** The file is kept for so long, then removed for good. Days. */
export const PACK_DAYS = 7;
/** More records than this belong into several contracts: no spreadsheet opens them. */
export const MOST_RECORDS = 200_000;

/** What the workflow is started with. */
export interface PackInput {
  packId: string;
}

export const packWorkflowId = (packId: string): string => `pack/${packId}`;

/** The contract's evaluation of that stage. */
export const evaluationOf = ({ evaluations }: Pick<Contract, 'evaluations'>, stage: string): Evaluation | undefined =>
  evaluations.find((one) => one.stage === stage);

/**
 * The moment at which the figures stand: the end of the evaluation's day, or the moment of asking where that lies ahead.
 * @param askedAt milliseconds since the epoch
 */
export function packMoment({ day }: Evaluation, askedAt: number): { at: number; preliminary: boolean } {
  const end = atBeijingMinute(day + 1, 0) - 1;
  return { at: Math.min(end, askedAt), preliminary: askedAt < end };
}
