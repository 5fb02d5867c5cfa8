/** Open steps under a plan computed anew: for another risk, or by another version of the policy. */
import type { Alert, Ladder } from '../alert';
import { isOpen, type Draft } from '../draft';
import { isOvertaken } from '../extension';
import { ladderFor, nextBy, outsideQuiet } from '../ladder';
import type { PlanOutput } from '../messages';
import type { PlannedStep, Step } from '../model';

/** Which way deadlines may move. `as_planned` takes the plan's word, save for time that was granted and firm duties. */
export type Way = 'nearer' | 'later' | 'as_planned';

function dueAt(step: Step, planned: PlannedStep, way: Way): number {
  // What is waited for begins again with an incident; a worse level by itself puts nothing off.
  if (planned.stability && planned.startAt > step.startAt)
    return step.extended ? Math.max(step.dueAt, planned.dueAt) : planned.dueAt;
  if (way === 'nearer' || !step.extendable) return Math.min(step.dueAt, planned.dueAt);
  return way === 'later' || step.extended ? Math.max(step.dueAt, planned.dueAt) : planned.dueAt;
}

/** When an alert goes on at the latest under the plan's ladder. */
function goesOnBy(alert: Alert, ladder: Ladder, now: number, climbsAnew: PlanOutput['climbsAnew']): number {
  if (alert.state === 'acknowledged') return outsideQuiet(ladder, now + ladder.ackBuysMs);
  return climbsAnew ? nextBy(ladder, alert, now) : now + ladder.repeatMs;
}

/** What is late already goes on no later than the plan's ladder would have it: the next rung, or the end of a respite. */
export function climbAnew(draft: Draft, { ladder, climbsAnew }: PlanOutput): void {
  const { alerts, steps } = draft.state;
  const those = alerts.filter(
    ({ state }) => state === 'open' || (climbsAnew === 'standing' && state === 'acknowledged'),
  );
  for (const { id, stepId } of those) {
    const alert = draft.alert(id);
    const own = ladderFor(
      ladder,
      steps.find((step) => step.id === stepId),
    );
    if (alert) alert.nextAt = Math.min(alert.nextAt, goesOnBy(alert, own, draft.now, climbsAnew));
  }
}

/** Moves each open step to its new deadline, takes away what the plan no longer has, and adds what is new in it. */
export function planAgain(draft: Draft, plan: PlanOutput, way: Way): void {
  const again = new Map(plan.steps.map((step) => [step.id, step]));
  for (const { id, added } of draft.state.steps.filter(isOpen)) {
    if (added !== undefined) continue;
    const planned = again.get(id);
    again.delete(id);
    // A worse risk never takes a duty away.
    if (planned) move(draft, id, planned, way, plan.endsOvertaken);
    else if (way !== 'nearer') draft.cancel(id, 'not_in_plan');
  }
  for (const planned of again.values()) draft.add(planned);
}

function move(
  draft: Draft,
  id: string,
  planned: PlannedStep,
  way: Way,
  endsOvertaken: PlanOutput['endsOvertaken'],
): void {
  const before = draft.state.steps.find((step) => step.id === id);
  const due = before && dueAt(before, planned, way);
  if (!before || due === undefined || due === before.dueAt) return;
  const step = draft.step(id);
  if (!step) return;
  const from = step.dueAt;
  step.dueAt = due;
  if (planned.stability) step.startAt = planned.startAt;
  step.remindAt = planned.remindAt;
  if (planned.secondAt !== undefined) step.secondAt = planned.secondAt;
  step.basis = planned.basis;
  if (due > from) remindAgain(step, draft.now);
  draft.record('deadline_moved', { stepId: id, from, to: due });
  if (endsOvertaken) endOvertaken(draft, step);
  draft.backInTime(step);
}

/** Nobody has to decide on more time that the step has by now. */
function endOvertaken(draft: Draft, step: Step): void {
  const { extension } = step;
  if (!extension || !isOvertaken(extension, step.dueAt)) return;
  step.extension = undefined;
  draft.record('extension_overtaken', { stepId: step.id, until: extension.until });
}

/** A deadline that was put off is reminded of anew. */
function remindAgain(step: Step, now: number): void {
  if (step.remindAt === undefined || step.remindAt <= now) return;
  step.reminded = false;
  if (step.state === 'due_soon' && !step.urgent) step.state = 'pending';
}
