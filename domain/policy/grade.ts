import type { Ladder } from '../alert';
import { type CaseFacts, type CaseType, RISKS, type Risk } from '../model';
import { holds } from './conditions';
import type { Least, Policy } from './policy';

export interface Grade {
  risk: Risk;
  /** The level that was given, where it was below the least. */
  raisedFrom?: Risk;
  /** For people: why no less. */
  why?: string;
}

type Ungraded = Omit<CaseFacts, 'risk'> & { risk?: Risk };

const severity = (risk: Risk): number => RISKS.length - RISKS.indexOf(risk);

/** Is `a` worse than `b`? */
export const isWorse = (a: Risk, b: Risk): boolean => severity(a) > severity(b);

/** The least level that the facts allow for the case's type, and why; undefined where the type sets none. */
export function leastRiskOf(policy: Policy, facts: Ungraded): Least | undefined {
  const known = { kinds: new Set<string>() };
  return policy.types[facts.type].least
    .filter((least) => holds(least.when, facts, known))
    .reduce<Least | undefined>((worst, next) => (worst && !isWorse(next.risk, worst.risk) ? worst : next), undefined);
}

/** The level below which a running case may not go while its facts are what they are; undefined: none. */
export const keptLeast = (policy: Policy, facts: Ungraded): Least | undefined =>
  leastRiskOf({ ...policy, types: onlyKept(policy, facts.type) }, facts);

const onlyKept = ({ types }: Policy, type: CaseType): Policy['types'] => ({
  ...types,
  [type]: { ...types[type], least: types[type].least.filter(({ keeps }) => keeps) },
});

/** The level at which a report starts: the one given or the type's usual one, raised to the least that the facts allow. */
export function grade(policy: Policy, facts: Ungraded): Grade {
  const asked = facts.risk ?? policy.types[facts.type].usual;
  const least = leastRiskOf(policy, facts);
  if (!least || !isWorse(least.risk, asked)) return { risk: asked };
  return {
    risk: least.risk,
    ...(facts.risk === undefined ? {} : { raisedFrom: facts.risk }),
    why: least.why,
  };
}

/** How lateness is told at a level. */
export const ladderOf = (policy: Policy, risk: Risk): Ladder => policy.ladders[risk];
