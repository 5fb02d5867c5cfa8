/** What a policy answers to a case: deadlines and ladder. The worker asks it for a command, the API for a preview. */
import { isOpen } from '../draft';
import type { PlanInput, PlanOutput } from '../messages';
import type { Step } from '../model';
import { grade, keptLeast, ladderOf } from './grade';
import { planFrom, replan } from './plan';
import type { Policy } from './policy';

/** Pure: the same question to the same policy has the same answer for ever. */
export function askPolicy(policy: Policy, question: Omit<PlanInput, 'policyVersion'>): PlanOutput {
  const { event, regrade, again, incidentAt } = question;
  const { risk } = regrade ? grade(policy, question.facts) : question.facts;
  const facts = { ...question.facts, risk };
  // A plan that only a worse risk asks for is not made while the risk stays; a time to wait begins again all the same.
  const whole = !regrade || risk !== question.facts.risk;
  const replanned = again
    ? replan(policy, facts, again.map(waitFrom(incidentAt))).filter((step) => whole || step.stability)
    : [];
  const least = keptLeast(policy, facts);
  return {
    risk,
    steps: [...replanned, ...(event ? planFrom(policy, facts, event) : [])],
    ladder: ladderOf(policy, risk),
    ...(least ? { least: { risk: least.risk, why: least.why } } : {}),
  };
}

const waitFrom =
  (incidentAt: number | undefined) =>
  (step: Step): Step =>
    step.stability && isOpen(step) && incidentAt !== undefined && incidentAt > step.startAt
      ? { ...step, startAt: incidentAt }
      : step;
