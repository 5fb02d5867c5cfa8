/** Moving a case to another version of the policy (更换时限版本): a supervisor's word, after seeing what would change. */
import { isOpen, type Draft } from '../draft';
import type { CaseState, PlannedStep, Step } from '../model';
import { climbAnew, planAgain } from './plan-again';
import type { Rule } from './rule';

/** Kinds of duties that the case has or has fulfilled; one that fell away may be owed again. */
const kindsHad = (steps: Step[]): Set<string> =>
  new Set(steps.filter((step) => step.state !== 'cancelled').map((step) => step.kind));

/** When the case began: at its receipt, or when it was opened again. */
const begunAt = ({ facts, steps }: CaseState): number =>
  Math.max(facts.receivedAt, ...steps.filter((step) => step.start === 'receipt').map((step) => step.startAt));

/** Duties that the version knows and the case has not had are asked for as at its beginning. */
function beginning(state: CaseState) {
  const occurrences: Record<string, number> = {};
  for (const kind of kindsHad(state.steps)) occurrences[kind] = Math.max(1, state.occurrences[kind] ?? 0);
  return { start: 'receipt' as const, at: begunAt(state), occurrences };
}

export const movePolicy: Rule<'move_policy'> = {
  repeated: (state, { version }) => state.policyVersion === version,
  refuse: () => undefined,
  plan: (state, { version }) => ({ policyVersion: version, again: state.steps, event: beginning(state) }),
  apply(draft, { version, reasonId }, plan) {
    const { policyVersion: from, steps: before } = draft.state;
    const had = kindsHad(before);
    const dues = new Map(before.filter(isOpen).map((step) => [step.id, step.dueAt]));
    draft.state.policyVersion = version;
    draft.record('policy_moved', { from, to: version, reasonId });
    if (!plan) return;
    draft.state.ladder = plan.ladder;
    const steps = plan.steps.filter((step) => dues.has(step.id) || !had.has(step.kind));
    planAgain(draft, { ...plan, steps }, 'as_planned');
    for (const planned of steps) adopt(draft, planned, dues.get(planned.id));
    if (plan.climbsAnew === 'standing') climbAnew(draft, plan);
  },
};

/** What else the version says of a step that goes on; and if there is more time, a reminder in that time. */
function adopt(draft: Draft, planned: PlannedStep, before: number | undefined): void {
  const { basis, extendable, binds } = planned;
  const seen = draft.state.steps.find((step) => step.id === planned.id);
  if (!seen || before === undefined) return;
  const same = seen.extendable === extendable && seen.binds === binds && sameWords(seen.basis, basis);
  if (same && seen.dueAt <= before) return;
  const step = draft.step(seen.id);
  if (!step) return;
  Object.assign(step, { basis, extendable, binds });
  if (step.dueAt <= before) return;
  step.reminded = false;
  if (step.state === 'due_soon' && !step.urgent) step.state = 'pending';
}

const sameWords = (a: PlannedStep['basis'], b: PlannedStep['basis']): boolean =>
  a.kind === b.kind &&
  a.law === b.law &&
  a.article === b.article &&
  a.word === b.word &&
  a.figure === b.figure &&
  a.note === b.note;
