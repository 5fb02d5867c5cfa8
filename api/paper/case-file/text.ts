/** What stands in a case file (案卷), before it is set: names and what is said to them. Plain data, it goes to a thread. */
export type Pair = readonly [name: string, said: string];

export interface Section {
  title: string;
  pairs: readonly Pair[];
}

export interface CaseFileText {
  title: string;
  cover: readonly Pair[];
  sections: readonly Section[];
  /** At the foot of each page. */
  foot: string;
  /** Milliseconds since the epoch. */
  madeAt: number;
}
