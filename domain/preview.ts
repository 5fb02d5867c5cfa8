/** What moving a case to another policy version changes (更换时限版本的预览), before it is done and after. Not for workflow code. */
import { apply, isRepeated, planNeeded } from './case';
import type { Command } from './messages';
import type { Basis, CaseState, Step } from './model';
import { askPolicy, type Policy } from './policy';

export type MovePolicy = Extract<Command, { do: 'move_policy' }>;

/** Times in milliseconds; `from` is undefined for a step that is added, `to` for one that is removed. */
export interface PlanChange {
  stepId: string;
  kind: string;
  change: 'moved' | 'added' | 'removed';
  from?: number;
  to?: number;
  basis: Basis;
}

/** What has to be known of a step to tell its deadlines apart. */
export type Deadline = Pick<Step, 'id' | 'kind' | 'state' | 'dueAt' | 'basis'>;

const runs = ({ state }: Deadline): boolean => state !== 'done' && state !== 'cancelled';

/** The deadlines that differ between two moments of a case, in the order of the later one's steps. */
export function changesBetween(before: Deadline[], after: Deadline[]): PlanChange[] {
  const open = new Map(before.filter(runs).map((step) => [step.id, step]));
  const known = new Set(before.map((step) => step.id));
  return after.flatMap((step): PlanChange[] => {
    const about = { stepId: step.id, kind: step.kind, basis: step.basis };
    const was = open.get(step.id);
    if (!known.has(step.id)) return runs(step) ? [{ ...about, change: 'added', to: step.dueAt }] : [];
    if (was && step.state === 'cancelled') return [{ ...about, change: 'removed', from: was.dueAt }];
    if (!was || !runs(step) || was.dueAt === step.dueAt) return [];
    return [{ ...about, change: 'moved', from: was.dueAt, to: step.dueAt }];
  });
}

/**
 * Carries the move out on a copy, with the same rules and the same planning as the workflow, and says what came of it.
 * Call only when the rules do not refuse it.
 * @param now the case's own time, ms
 */
export function previewMove(state: CaseState, command: MovePolicy, policy: Policy, now: number): PlanChange[] {
  if (isRepeated(state, command)) return [];
  const need = planNeeded(state, command, now);
  const plan = askPolicy(policy, { ...need, facts: { ...state.facts, ...need?.facts } });
  return changesBetween(state.steps, apply(state, command, now, plan).state.steps);
}
