import type { Row } from './harness/row';
import type { Bed } from './bed';

/** How much to do. */
export interface Effort {
  rounds: number;
  /** So little that it shows only that the measurement works. */
  quick: boolean;
  /** Also what takes many minutes. */
  long: boolean;
}

export interface Setup {
  effort: Effort;
  /** The running product; started when the first measurement asks for it. */
  bed(): Promise<Bed>;
  /** Shown while it runs. */
  say(remark: string): void;
}

/** One measurement: a file in measures/ and a line in its list. */
export interface Measure {
  id: string;
  title: string;
  run(setup: Setup): Promise<Row[]>;
}
