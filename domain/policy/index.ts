/** The policy: which steps a case has, when they are due, and why. Not for workflow code, which asks an activity. */
export { askPolicy } from './ask';
export { comparePolicies, type PolicyChange, type Subject, whenShown } from './compare';
export { describe, type RuleRow } from './describe';
export { grade, isWorse, ladderOf, leastRiskOf, type Grade } from './grade';
export { PolicyInvalid, type Problem } from './invalid';
export { parsePolicy, type PolicyText } from './parse';
export { planFrom, replan, type PlanEvent } from './plan';
export type { Policy } from './policy';
