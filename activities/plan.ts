/** plan: asks the case's own policy version for deadlines. Arithmetic with a calendar stays out of the workflow. */
import { askPolicy } from '../domain/policy';
import type { PlanInput, PlanOutput } from '../domain/messages';
import type { ActivityDeps } from './deps';

export const createPlan = (deps: ActivityDeps) => ({
  /** @throws PolicyUnknown where no file holds that version and nobody has published it. */
  async plan({ policyVersion, ...question }: PlanInput): Promise<PlanOutput> {
    return askPolicy(await deps.policies.find(policyVersion), question);
  },
});
