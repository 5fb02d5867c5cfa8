/** The geometry of a burn-up (进度图): the figure over the term, towards its target. Pure. */
export interface Point {
  /** Milliseconds. */
  at: number;
  actual: number | null;
}

export interface Term {
  /** Milliseconds, `[from, until)`. */
  from: number;
  until: number;
}

export interface BurnUp {
  /** Places in a box of 1 by 1, the origin at the lower left; y above what is known. */
  line: { x: number; y: number }[];
  target: number;
  /** The top of the box, in the indicator's unit. */
  top: number;
}

const HEADROOM = 1.08;

/** @param target in the indicator's unit */
export function burnUp(points: readonly Point[], term: Term, target: number): BurnUp {
  const known = points.flatMap(({ at, actual }) => (actual === null ? [] : [{ at, actual }]));
  const top = Math.max(target, ...known.map(({ actual }) => actual), 1) * HEADROOM;
  const place = (at: number): number =>
    Math.min(1, Math.max(0, (at - term.from) / Math.max(1, term.until - term.from)));
  return {
    line: known.map(({ at, actual }) => ({ x: place(at), y: actual / top })),
    target: target / top,
    top,
  };
}

/** The line as an SVG path in a box of so many units. */
export const pathOf = (line: BurnUp['line'], width: number, height: number): string =>
  line
    .map(({ x, y }, n) => `${n === 0 ? 'M' : 'L'}${(x * width).toFixed(1)} ${((1 - y) * height).toFixed(1)}`)
    .join(' ');
