/** What happens in one run, decided before it begins: which cases fall due when, who does what about them, what breaks. */
import { Dice } from './dice';

/** What people do about a late case: nothing; say that they know; finish the step; finish it before it is late. */
export const MANNERS = ['silent', 'acknowledges', 'finishes', 'early'] as const;
export type Manner = (typeof MANNERS)[number];

/** One thing that goes wrong, and for how long. */
export const FAULTS = [
  'kill worker',
  'kill api',
  'kill temporal',
  'kill postgres',
  'kill carrier',
  'pause worker',
  'pause api',
  'pause temporal',
  'second worker',
  'second api',
  'skewed worker',
  'skewed api',
  'carrier down',
  'carrier slow',
  'carrier error500',
  'carrier cutoff',
  'carrier garbage',
  'carrier receipt-none',
  'carrier receipt-dup',
  'fill disk',
] as const;
export type Fault = (typeof FAULTS)[number];

export interface PlannedCase {
  n: number;
  manner: Manner;
  /** Written down so long after the beginning, and due so long after that; milliseconds. */
  atMs: number;
  dueInMs: number;
}

export interface PlannedFault {
  fault: Fault;
  atMs: number;
  forMs: number;
}

export interface Story {
  seed: number;
  cases: PlannedCase[];
  faults: PlannedFault[];
  /** From here on nothing breaks any more. */
  calmAtMs: number;
}

const CASE_EVERY_MS = 1_500;

/** @param lengthMs how long things go wrong; every kind of fault comes once before any comes again */
export function tell(seed: number, lengthMs: number): Story {
  const dice = new Dice(seed);
  const cases: PlannedCase[] = [];
  for (let atMs = 0; atMs < lengthMs; atMs += CASE_EVERY_MS) {
    const manner = dice.pick(['silent', 'silent', 'acknowledges', 'acknowledges', 'finishes', 'early'] as const);
    cases.push({ n: cases.length, manner, atMs, dueInMs: manner === 'early' ? 90_000 : dice.between(3_000, 15_000) });
  }
  const faults: PlannedFault[] = [];
  let bag: Fault[] = [];
  for (let atMs = dice.between(1_000, 3_000); atMs < lengthMs;) {
    if (bag.length === 0) bag = [...FAULTS];
    const [fault = 'kill worker'] = bag.splice(dice.between(0, bag.length - 1), 1);
    const forMs = dice.between(1_500, 5_000);
    faults.push({ fault, atMs, forMs });
    // Now and then the next thing breaks before the last one is whole again.
    atMs += forMs + dice.between(-1_000, 2_500);
  }
  return { seed, cases, faults, calmAtMs: Math.max(lengthMs, ...faults.map((one) => one.atMs + one.forMs)) };
}
