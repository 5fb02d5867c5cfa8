/** Where an indicator stands: target, actual, and what today's pace leads to. Pure. */
import { atBeijingMinute } from '../zone';
import type { Contract, Indicator } from './contract';
import { horizonDay, momentsOf } from './term';

/** What was counted. For a rate: of how many; elsewhere `whole` is absent. */
export interface Figure {
  count: number;
  whole?: number;
}

/**
 * not_begun: the term lies ahead; no_data: a rate of nothing; met; on_track: met by the horizon at this pace; behind:
 * not met at this pace, or a rate or a level below its target.
 */
export const STATES = ['not_begun', 'no_data', 'met', 'on_track', 'behind'] as const;
export type StandingState = (typeof STATES)[number];

export interface Standing {
  /** The figure in the indicator's unit; of a rate per cent, rounded down to a tenth so that 99.96 never reads as 100. */
  actual: number | null;
  /** What it will be at the end of the horizon's day at today's pace; null where nothing can be said. */
  forecast: number | null;
  /** Days since 1970-01-01, Beijing. */
  horizonDay: number;
  state: StandingState;
  /** How much the forecast falls short of the target; 0 where it does not. */
  short: number;
}

const tenth = (value: number): number => Math.floor(value * 10) / 10;

/** Per cent, rounded down to a tenth; null of nothing. */
export const rate = ({ count, whole = 0 }: Figure): number | null =>
  whole === 0 ? null : tenth((count * 100) / whole);

/** Does the figure reach the target? Rates are compared as fractions, never as what is shown. */
const reaches = (unit: Indicator['unit'], { count, whole = 0 }: Figure, target: number): boolean =>
  unit === 'rate' ? whole > 0 && count * 100 >= target * whole : count >= target;

/** Only what adds up over time can be carried on; staff and rates are levels. */
export const accumulates = ({ count }: Pick<Indicator, 'count'>): boolean => count.from === 'records';

/**
 * @param at milliseconds since the epoch
 * @param figure what was counted from the term's first moment up to `at`
 */
export function standingOf(
  indicator: Indicator,
  contract: Pick<Contract, 'term' | 'evaluations'>,
  figure: Figure,
  at: number,
): Standing {
  const { unit, target } = indicator;
  const day = horizonDay(contract, at);
  const actual = unit === 'rate' ? rate(figure) : figure.count;
  const { from } = momentsOf(contract.term);
  const said = (state: StandingState, forecast: number | null): Standing => ({
    actual,
    forecast,
    horizonDay: day,
    state,
    short: state === 'behind' && forecast !== null ? Math.max(0, tenth(target - forecast + 1e-9)) : 0,
  });
  if (at <= from) return said('not_begun', null);
  if (actual === null) return said('no_data', null);
  const met = reaches(unit, figure, target);
  if (!accumulates(indicator)) return said(met ? 'met' : 'behind', actual);
  const gone = at - from;
  const ahead = Math.max(gone, atBeijingMinute(day + 1, 0) - from);
  const forecast = Math.max(figure.count, Math.floor((figure.count * ahead) / gone));
  if (met) return said('met', forecast);
  return said(forecast >= target ? 'on_track' : 'behind', forecast);
}
