/** One thing that is wrong with a policy, and where. */
export interface Problem {
  file: string;
  /** Line in the file, from 1. */
  line: number;
  /** Where in the document, e.g. `rules[3].due.high`. */
  path: string;
  expected: string;
}

/** A policy that does not validate never loads; the message names every problem, so that all are mended at once. */
export class PolicyInvalid extends Error {
  override readonly name = 'PolicyInvalid';
  readonly problems: Problem[];

  constructor(problems: Problem[]) {
    super(
      problems
        .map((p) => `${p.file}:${p.line}: ${p.path === '' ? '' : `${p.path}: `}expected ${p.expected}`)
        .join('\n'),
    );
    this.problems = problems;
  }
}
