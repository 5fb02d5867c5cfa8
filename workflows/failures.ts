/** What a failure is called when it leaves the workflow. */
import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';
import type { Refusal } from '../domain/failures';

export const refused = (refusal: Refusal): ApplicationFailure =>
  ApplicationFailure.create({
    type: refusal.type,
    message: refusal.message,
    details: [refusal.possible ?? []],
    nonRetryable: true,
  });

/** The name of what went wrong in an activity, for the journal: a code, never a text that might say too much. */
export function codeOf(error: unknown): string {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure && cause.type) return cause.type;
  return cause instanceof Error ? cause.name : 'unknown';
}
