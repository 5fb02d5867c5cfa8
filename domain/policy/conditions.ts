import type { CaseFacts, Trigger } from '../model';
import type { Conditions } from './policy';

/** What is known beside the case's facts. */
export interface Known {
  /** Kinds of steps that the case has had. */
  kinds: ReadonlySet<string>;
  /** The one trigger that is being planned for; absent: any that the case knows. */
  trigger?: Trigger;
}

type Facts = Omit<CaseFacts, 'risk'> & { risk?: CaseFacts['risk'] };

/** Does everything that the rule asks hold for this case? What is not known does not hold. */
export function holds(when: Conditions, facts: Facts, known: Known): boolean {
  const triggers = known.trigger ? [known.trigger] : facts.triggers.map((one) => one.trigger);
  const since = facts.occurredAt === undefined ? Infinity : facts.receivedAt - facts.occurredAt;
  return (
    (when.types?.includes(facts.type) ?? true) &&
    (when.risks === undefined || (facts.risk !== undefined && when.risks.includes(facts.risk))) &&
    (when.triggers === undefined || triggers.some((one) => when.triggers?.includes(one))) &&
    (when.guardianIsSuspect === undefined || facts.guardianIsSuspect === when.guardianIsSuspect) &&
    (when.underSix === undefined || (facts.underSix ?? false) === when.underSix) &&
    (when.safe === undefined || (facts.safe ?? false) === when.safe) &&
    (when.returned === undefined || (facts.returned ?? false) === when.returned) &&
    (when.happenedWithinMs === undefined || since <= when.happenedWithinMs) &&
    (when.once ?? []).every((kind) => known.kinds.has(kind)) &&
    !(when.unless ?? []).some((kind) => known.kinds.has(kind))
  );
}
