/** What every file of the house is checked with: a failure says what was expected in place of what stands there. */
import { z } from 'zod';

/** Said in the failure as "expected …". */
export const expected = (what: string): { error: () => string } => ({ error: () => what });

export const oneOf = <const T extends readonly [string, ...string[]]>(words: T) =>
  z.enum(words, expected(`one of ${words.join(', ')}`));

/** A list of at least one. */
export const some = <T extends z.ZodType>(item: T, what: string) => z.array(item, expected(what)).min(1, what);
