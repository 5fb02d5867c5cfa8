/** What every command's rule looks like. */
import type { Draft } from '../draft';
import type { Command, PlanInput, PlanOutput } from '../messages';
import type { CaseState } from '../model';
import type { Refusal } from '../failures';

export type Verb = Command['do'];
export type Of<V extends Verb> = Extract<Command, { do: V }>;

/** What has to be planned before the command can be carried out. */
export type PlanNeed = Partial<Pick<PlanInput, 'policyVersion' | 'event' | 'regrade' | 'again' | 'incidentAt'>> & {
  facts?: Partial<CaseState['facts']>;
};

export interface Rule<V extends Verb> {
  /** Works on a closed case too. */
  whenClosed?: boolean;
  /** Works on a case that goes on as another one (并案) too. */
  whenJoined?: boolean;
  /** Why it cannot be done; undefined: it can. Synchronous and without side effects. */
  refuse(state: CaseState, command: Of<V>, now: number): Refusal | undefined;
  /** Is it so already? Then nothing changes and the caller gets the same answer. */
  repeated?(state: CaseState, command: Of<V>): boolean;
  plan?(state: CaseState, command: Of<V>, now: number): PlanNeed | undefined;
  /** Why it cannot be done, now that the policy has answered. */
  refusePlanned?(command: Of<V>, plan: PlanOutput): Refusal | undefined;
  apply(draft: Draft, command: Of<V>, plan: PlanOutput | undefined): void;
}
