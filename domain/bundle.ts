/** One text for several messages (合并): it names the worst and counts the rest. Pure. */
import type { TextKind } from './text-kinds';
import type { TextValues } from './texts';

/** Kinds that can be told of together. */
export const FAMILY: readonly TextKind[] = [
  'reminder',
  'reminder_watch',
  'overdue',
  'overdue_watch',
  'overdue_skipped',
];

/** Only told of in time: nothing to answer with. */
export const isReminder = (kind: string): boolean => kind.startsWith('reminder');

export interface Told {
  key: string;
  kind: TextKind;
  caseId: string;
  stepId: string | null;
}

export interface Together<T extends Told> {
  /** The one that the text names. */
  named: T;
  /** Everything that the text speaks for beside the carrying message. */
  carried: string[];
  /** Late or soon due steps beside the named one. */
  more: number;
}

const subjectOf = ({ caseId, stepId }: Told): string => `${caseId}/${stepId ?? ''}`;

/**
 * What one text says. Steps are counted, not messages: somebody may have been told of one of them twice.
 * @param worstFirst the carrying message among them
 */
export function together<T extends Told>(worstFirst: readonly T[], carrying: string): Together<T> | undefined {
  const [named] = worstFirst;
  if (!named || worstFirst.length < 2) return undefined;
  const subjects = new Set(worstFirst.map(subjectOf));
  const carried = worstFirst.map((one) => one.key).filter((key) => key !== carrying);
  return { named, carried, more: subjects.size - 1 };
}

/** The kind of text for it, and its values: a reminder has no code to answer with. */
export const textOf = (named: Told, values: TextValues, more: number): { kind: TextKind; values: TextValues } => ({
  kind: isReminder(named.kind) ? 'bundle_reminder' : 'bundle',
  values: { ...values, more: more > 999 ? '999+' : String(more) },
});
