/** One line of the result: a figure of ours, its yardstick, their ratio, and whether that is good enough. */
import { median, type Pair, ratios, spread, type Spread } from './stats';

/** What has to be true of a row: of the ratio to the yardstick, or of our figure itself. */
export interface Must {
  of: 'ratio' | 'ours';
  least?: number;
  most?: number;
}

export interface Row {
  id: string;
  /** What was measured, in words. */
  what: string;
  unit: string;
  /** Median of the rounds, in the unit. */
  ours: number;
  /** Median of the rounds; null where there is no yardstick. */
  yardstick: number | null;
  /** Over the rounds: median of the ratios, least and most. */
  ratio: Spread | null;
  /** Where there is no yardstick: the spread of our own figure. */
  spread: Spread;
  rounds: number;
  must: string | null;
  /** null: only reported. */
  holds: boolean | null;
  /** When it was measured, RFC 3339 in UTC. */
  at: string;
}

interface About {
  id: string;
  what: string;
  unit: string;
  must?: Must;
}

const wording = ({ of, least, most }: Must, unit: string): string => {
  const bound = least === undefined ? `≤ ${most}` : `≥ ${least}`;
  return of === 'ratio' ? `${bound} ×` : `${bound} ${unit}`;
};

const within = (value: number, { least = -Infinity, most = Infinity }: Must): boolean =>
  value >= least && value <= most;

/** A figure beside its yardstick, one pair a round. @throws RangeError for no rounds */
export function compared({ id, what, unit, must }: About, pairs: readonly Pair[]): Row {
  const ours = pairs.map((pair) => pair.ours);
  const ratio = spread(ratios(pairs));
  const judged = must && (must.of === 'ratio' ? ratio.median : median(ours));
  return {
    ...{ id, what, unit, ratio },
    ours: median(ours),
    yardstick: median(pairs.map((pair) => pair.yardstick)),
    spread: spread(ours),
    rounds: pairs.length,
    must: must ? wording(must, unit) : null,
    holds: must && judged !== undefined ? within(judged, must) : null,
    at: new Date().toISOString(),
  };
}

/** A figure without a yardstick. @throws RangeError for no values */
export function alone({ id, what, unit, must }: About, values: readonly number[]): Row {
  return {
    ...{ id, what, unit },
    ours: median(values),
    yardstick: null,
    ratio: null,
    spread: spread(values),
    rounds: values.length,
    must: must ? wording({ ...must, of: 'ours' }, unit) : null,
    holds: must ? within(median(values), must) : null,
    at: new Date().toISOString(),
  };
}
