/** What a policy answers to a case: deadlines and ladder. The worker asks it for a command, the API for a preview. */
import type { PlanInput, PlanOutput } from '../messages';
import { grade, ladderOf } from './grade';
import { planFrom, replan } from './plan';
import type { Policy } from './policy';

/** Pure: the same question to the same policy has the same answer for ever. */
export function askPolicy(policy: Policy, question: Omit<PlanInput, 'policyVersion'>): PlanOutput {
  const { event, regrade, again } = question;
  const { risk } = regrade ? grade(policy, question.facts) : question.facts;
  const facts = { ...question.facts, risk };
  // A plan that only a worse risk asks for is not made while the risk stays.
  const replanned = again && (!regrade || risk !== question.facts.risk) ? replan(policy, facts, again) : [];
  return {
    risk,
    steps: [...replanned, ...(event ? planFrom(policy, facts, event) : [])],
    ladder: ladderOf(policy, risk),
  };
}
