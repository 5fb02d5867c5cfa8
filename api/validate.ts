import type { z } from 'zod';
import { type FieldError, unprocessable } from './problem';

/** A made-up field's name may be anything, a child's too; answers are kept, so only what looks like a name is repeated. */
const nameable = (key: string): string => (/^[A-Za-z]\w{0,39}$/.test(key) ? key : '(a name that is not one)');

/** zod's own words are meant for programmers; these are meant for whoever filled in the form. */
function fieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  const at = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...at, nameable(key)].join('.'), message: 'unknown field' }));
  }
  const missing = issue.code === 'invalid_type' && issue.input === undefined;
  return [{ path: at.join('.'), message: missing ? 'required' : issue.message }];
}

/**
 * Checks a body, query or set of path parameters. A missing body counts as {}. Use z.strictObject, so that unknown
 * fields are refused.
 * @throws Problem 422 naming every wrong field at once
 */
export function parse<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const parsed = schema.safeParse(value ?? {}, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw unprocessable(parsed.error.issues.flatMap(fieldErrors));
}
