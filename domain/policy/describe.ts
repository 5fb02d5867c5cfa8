import { type Basis, RISKS, type Risk } from '../model';
import { type Duration, inWords } from './duration';
import type { PerRisk, Policy, Rule } from './policy';

/** A rule in words, for tables. */
export interface RuleRow {
  kind: string;
  name: string;
  /** Types that the rule is limited to, in Chinese; empty: all. */
  types: string[];
  start: string;
  binds: Rule['binds'];
  due: Record<Risk, string>;
  every?: Record<Risk, string>;
  times?: number;
  when: string[];
  basis: Omit<Basis, 'figure'> & { figure?: string };
  file: string;
  line: number;
}

const eachRisk = <T>(spans: PerRisk<T>, say: (one: T) => string): Record<Risk, string> => {
  const of = (risk: Risk): string => {
    const span = spans[risk];
    return span === undefined ? '—' : say(span);
  };
  const [critical, high, medium, low] = RISKS;
  return { critical: of(critical), high: of(high), medium: of(medium), low: of(low) };
};

function conditionWords(rule: Rule): string[] {
  const { risks, triggers, guardianIsSuspect, underSix, safe, returned, once, unless } = rule.when;
  return [
    ...(risks ? [`risk ${risks.join(', ')}`] : []),
    ...(triggers ? [`trigger ${triggers.join(', ')}`] : []),
    ...(guardianIsSuspect === undefined ? [] : [`guardian is ${guardianIsSuspect ? '' : 'not '}the suspect`]),
    ...(underSix === undefined ? [] : [underSix ? 'under six' : 'six or older']),
    ...(safe === undefined ? [] : [safe ? 'child safe' : 'child not safe yet']),
    ...(returned === undefined ? [] : [returned ? 'child returned' : 'child not returned yet']),
    ...(once ?? []).map((kind) => `once there was ${kind}`),
    ...(unless ?? []).map((kind) => `unless there was ${kind}`),
  ];
}

/** Every rule in words, in the order of the files. */
export const describe = (policy: Policy): RuleRow[] =>
  policy.rules.map((rule) => ({
    kind: rule.kind,
    name: rule.name,
    types: (rule.when.types ?? []).map((type) => policy.types[type].name),
    start: rule.after ? `${rule.after} done` : rule.start,
    binds: rule.binds,
    due: eachRisk(rule.due, (spans: Duration[]) => spans.map(inWords).join('、')),
    ...(rule.every ? { every: eachRisk(rule.every, inWords) } : {}),
    ...(rule.times === undefined ? {} : { times: rule.times }),
    when: conditionWords(rule),
    basis: rule.basis,
    file: rule.file,
    line: rule.line,
  }));
