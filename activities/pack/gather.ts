/** What stands in a pack, read from the database at one moment of the contract. */
import { ApplicationFailure } from '@temporalio/common';
import type { Contract, Evaluation, Indicator } from '../../domain/services/contract';
import { MOST_RECORDS } from '../../domain/services/pack';
import { accumulates } from '../../domain/services/standing';
import { burnUpMoments } from '../../domain/services/term';
import type { Db } from '../../store/db';
import { stationNames } from '../../store/digest';
import {
  type GroupSum,
  groupSums,
  kindSums,
  namedActivities,
  type NamedActivity,
} from '../../store/services/activities';
import { answersOf, type KindSum, sumOf } from '../../store/services/sums';
import { windowOf } from '../../store/services/counted';
import { allEvidence, type Evidence } from '../../store/services/evidence';
import { type Counted, type ProgressPoint, progressOf, standingsOf } from '../../store/services/figures';
import { sampleOf } from '../../store/services/sample';

export interface Sampling {
  seed: string;
  /** Records an indicator. */
  size: number;
}

export interface Gathered {
  contract: Contract;
  evaluation: Evaluation;
  stationName: string;
  /** Milliseconds since the epoch. */
  at: number;
  /** The evaluation's day has not ended: the figures are those of the moment of asking. */
  preliminary: boolean;
  counted: Counted[];
  /** By the indicator's id. */
  records: Map<string, Evidence[]>;
  samples: Map<string, Evidence[]>;
  sampling: Sampling;
  /** Of what adds up over time. */
  progress: Map<string, ProgressPoint[]>;
  kinds: KindSum[];
  events: (NamedActivity & { kind: string })[];
  groups: GroupSum[];
  answers: { paper: number; survey: number };
}

export interface Wanted {
  contract: Contract;
  evaluation: Evaluation;
  at: number;
  preliminary: boolean;
  sampling: Sampling;
}

async function recordsOf(db: Db, { contract, at }: Wanted, indicator: Indicator, tick: () => Promise<void>) {
  const found: Evidence[] = [];
  for await (const page of allEvidence(db, contract, indicator, at)) {
    found.push(...page);
    if (found.length > MOST_RECORDS)
      throw ApplicationFailure.nonRetryable('more records than a spreadsheet opens', 'PackTooLarge');
    await tick();
  }
  return found;
}

/**
 * @param tick is called between the parts of the work, so that it is seen to go on and can be stopped: rejects then
 * @param step is told the parts done, and how many there are
 */
export async function gather(
  db: Db,
  wanted: Wanted,
  tick: () => Promise<void>,
  step: (done: number, total: number) => Promise<void>,
): Promise<Gathered> {
  const { contract, at, sampling } = wanted;
  const total = contract.indicators.length;
  await step(0, total);
  const counted = await standingsOf(db, contract, at);
  const records = new Map<string, Evidence[]>();
  const samples = new Map<string, Evidence[]>();
  const progress = new Map<string, ProgressPoint[]>();
  for (const [i, indicator] of contract.indicators.entries()) {
    const all = await recordsOf(db, wanted, indicator, tick);
    records.set(indicator.id, all);
    samples.set(indicator.id, sampleOf(all, sampling.seed, sampling.size));
    if (accumulates(indicator))
      progress.set(indicator.id, await progressOf(db, contract, indicator, burnUpMoments(contract.term, at)));
    await step(i + 1, total);
  }
  const [kinds, events, groups, survey, stations] = [
    await kindSums(db, contract, at),
    await namedActivities(db, contract, at),
    await groupSums(db, contract, at),
    await answersOf(db, windowOf(contract, at)),
    await stationNames(db),
  ];
  const answers = { paper: sumOf(kinds, ['satisfaction'], 'answers'), survey: survey.answers };
  const stationName = stations.get(contract.stationId) ?? contract.stationId;
  return { ...wanted, stationName, counted, records, samples, progress, kinds, events, groups, answers };
}
