/** What differs between two versions of the policy (版本比较): which row, which figure, from what to what. Pure. */
import { CASE_TYPES, type CaseType, type Risk, RISKS, type RungRole } from '../model';
import { HOUR, MINUTE } from '../zone';
import { type Duration, inWords } from './duration';
import type { Conditions, PerRisk, Policy, Rule } from './policy';

/** When a rule holds, as tables show it. */
export type WhenShown = Omit<Conditions, 'happenedWithinMs'> & { happenedWithinHours?: number };

export const whenShown = ({ happenedWithinMs, ...same }: Conditions): WhenShown => ({
  ...same,
  ...(happenedWithinMs !== undefined && { happenedWithinHours: happenedWithinMs / HOUR }),
});

/** What a change is about. */
export type Subject =
  | { of: 'policy' }
  /** `when` tells two rules of one kind apart. */
  | { of: 'rule'; kind: string; name: string; when: WhenShown }
  | { of: 'ladder'; risk: Risk; rung?: RungRole }
  | { of: 'reminder'; risk: Risk }
  | { of: 'type'; type: CaseType };

export interface PolicyChange {
  subject: Subject;
  /** Which figure: `due`, `every`, `repeat`, … ; `row` is the whole rule or rung. */
  field: string;
  /** At which risk, where the figure has one for each. */
  risk?: Risk;
  /** In words, a `when` as JSON; null: not there. */
  from: string | null;
  to: string | null;
}

type Words = string | null;
interface Figure {
  field: string;
  risk?: Risk;
  words: Words;
}

const clock = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
const span = (ms: number): string => {
  const minutes = ms / MINUTE;
  if (minutes % 1_440 === 0 && minutes > 0) return `${minutes / 1_440} 天`;
  return minutes % 60 === 0 && minutes > 0 ? `${minutes / 60} 小时` : `${minutes} 分钟`;
};
const flag = (value: boolean): string => (value ? '是' : '否');
const list = (values: readonly string[]): string => values.join('、');

const perRisk = <T>(field: string, values: PerRisk<T>, say: (one: T) => string): Figure[] =>
  RISKS.map((risk) => {
    const value = values[risk];
    return { field, risk, words: value === undefined ? null : say(value) };
  });

const dues = (spans: Duration[]): string => list(spans.map(inWords));

/** Everything of a rule beside what tells it apart. */
const figuresOfRule = (rule: Rule): Figure[] => [
  { field: 'name', words: rule.name },
  { field: 'start', words: rule.after ? `${rule.start}(${rule.after})` : rule.start },
  { field: 'ends', words: rule.ends ?? null },
  { field: 'lasts', words: rule.lasts ? inWords(rule.lasts) : null },
  { field: 'binds', words: rule.binds },
  { field: 'urgent', words: flag(rule.urgent) },
  { field: 'extendable', words: flag(rule.extendable) },
  { field: 'stability', words: flag(rule.stability) },
  { field: 'times', words: rule.times === undefined ? null : String(rule.times) },
  { field: 'remind', words: rule.remindMs === undefined ? null : span(rule.remindMs) },
  { field: 'texts', words: rule.texts ? list([rule.texts.reminder, rule.texts.overdue]) : null },
  { field: 'basis', words: basisOf(rule) },
  ...perRisk('due', rule.due, dues),
  ...perRisk('every', rule.every ?? {}, inWords),
];

function basisOf({ basis: { kind, law, article, word, figure, note } }: Rule): string {
  const parts = [kind, law && `《${law}》`, article, word && `“${word}”`, figure, note];
  return parts.filter((one) => typeof one === 'string' && one !== '').join(' ');
}

/** Words of what tells rules of one kind apart, in one order whatever the file's. */
const conditionKey = (when: Conditions): string =>
  JSON.stringify(Object.fromEntries(Object.entries(whenShown(when)).toSorted(([a], [b]) => (a < b ? -1 : 1))));

const subjectOf = ({ kind, name, when }: Rule): Subject => ({ of: 'rule', kind, name, when: whenShown(when) });

/** Rules that are the same rule: by kind and conditions; what is left of a kind pairs up in the files' order. */
function pairs(from: readonly Rule[], to: readonly Rule[]): [Rule | undefined, Rule | undefined][] {
  const left = new Set(from);
  const right = new Set(to);
  const found: [Rule | undefined, Rule | undefined][] = [];
  const pair = (same: (a: Rule, b: Rule) => boolean): void => {
    for (const a of left) {
      const b = [...right].find((one) => same(a, one));
      if (!b) continue;
      left.delete(a);
      right.delete(b);
      found.push([a, b]);
    }
  };
  const isSame = (a: Rule, b: Rule): boolean => a.kind === b.kind && conditionKey(a.when) === conditionKey(b.when);
  pair((a, b) => isSame(a, b) && a.start === b.start && JSON.stringify(a.due) === JSON.stringify(b.due));
  pair((a, b) => isSame(a, b) && a.start === b.start);
  pair(isSame);
  pair((a, b) => a.kind === b.kind);
  return [
    ...found,
    ...[...left].map((a): [Rule, undefined] => [a, undefined]),
    ...[...right].map((b): [undefined, Rule] => [undefined, b]),
  ];
}

const rowWords = (rule: Rule): string => RISKS.map((risk) => (rule.due[risk] ? dues(rule.due[risk]) : '—')).join(' / ');

/** Figures that differ, each with both words. */
function differing(subject: Subject, from: readonly Figure[], to: readonly Figure[]): PolicyChange[] {
  const keyOf = ({ field, risk }: Figure): string => `${field}/${risk ?? ''}`;
  const keys = [...new Set([...from, ...to].map(keyOf))];
  return keys.flatMap((key) => {
    const [a, b] = [from.find((one) => keyOf(one) === key), to.find((one) => keyOf(one) === key)];
    const known = a ?? b;
    if (!known || (a?.words ?? null) === (b?.words ?? null)) return [];
    const { field, risk } = known;
    return [{ subject, field, ...(risk && { risk }), from: a?.words ?? null, to: b?.words ?? null }];
  });
}

function rules(from: Policy, to: Policy): PolicyChange[] {
  return pairs(from.rules, to.rules).flatMap(([a, b]): PolicyChange[] => {
    if (!a || !b) {
      const rule = a ?? b;
      if (!rule) return [];
      const words = rowWords(rule);
      return [{ subject: subjectOf(rule), field: 'row', from: a ? words : null, to: b ? words : null }];
    }
    const moved = conditionKey(a.when) !== conditionKey(b.when);
    const when: PolicyChange[] = moved
      ? [{ subject: subjectOf(a), field: 'when', from: conditionKey(a.when), to: conditionKey(b.when) }]
      : [];
    return [...when, ...differing(subjectOf(a), figuresOfRule(a), figuresOfRule(b))];
  });
}

const ladderFigures = (policy: Policy, risk: Risk): Figure[] => {
  const { repeatMs, ackBuysMs, deliverWithinMs, receiptWithinMs, over, quiet } = policy.ladders[risk];
  return [
    { field: 'repeat', words: span(repeatMs) },
    { field: 'ack_buys', words: span(ackBuysMs) },
    { field: 'deliver_within', words: span(deliverWithinMs) },
    { field: 'receipt_within', words: receiptWithinMs === undefined ? null : span(receiptWithinMs) },
    { field: 'over', words: over ? list(over) : null },
    { field: 'quiet', words: quiet ? `${clock(quiet.fromMinute)}–${clock(quiet.toMinute)}` : null },
  ];
};

function ladders(from: Policy, to: Policy): PolicyChange[] {
  return RISKS.flatMap((risk) => {
    const [a, b] = [from.ladders[risk].rungs, to.ladders[risk].rungs];
    const rungs = Array.from({ length: Math.max(a.length, b.length) }, (_, index) => {
      const [one, other] = [a[index], b[index]];
      const say = (rung: typeof one): Figure[] =>
        rung
          ? [
              { field: 'to', words: rung.to },
              { field: 'after', words: span(rung.afterMs) },
              { field: 'channels', words: list(rung.channels) },
              { field: 'next', words: rung.next && rung.next.length > 0 ? list(rung.next) : null },
            ]
          : [];
      const role = one?.to ?? other?.to;
      return differing({ of: 'ladder', risk, ...(role && { rung: role }) }, say(one), say(other));
    });
    return [...rungs.flat(), ...differing({ of: 'ladder', risk }, ladderFigures(from, risk), ladderFigures(to, risk))];
  });
}

const typeFigures = (policy: Policy, type: CaseType): Figure[] => {
  const { name, usual, least, notes } = policy.types[type];
  return [
    { field: 'name', words: name },
    { field: 'usual', words: usual },
    {
      field: 'least',
      words: list(
        least.map(({ risk, why, keeps, when }) => `${risk} ${why}${keeps ? '' : ' *'} ${conditionKey(when)}`),
      ),
    },
    { field: 'notes', words: list(notes) },
  ];
};

const policyFigures = ({ name, hours, digestMinute }: Policy): Figure[] => [
  { field: 'name', words: name },
  { field: 'hours', words: `${clock(hours.fromMinute)}–${clock(hours.toMinute)}` },
  { field: 'digest', words: clock(digestMinute) },
];

/** Everything that differs, deadlines first; the version's own name aside. Nothing between a policy and itself. */
export const comparePolicies = (from: Policy, to: Policy): PolicyChange[] => [
  ...rules(from, to),
  ...ladders(from, to),
  ...RISKS.flatMap((risk) => {
    const say = ({ reminders }: Policy): Figure[] => [
      { field: 'share', words: `${Math.round(reminders[risk].share * 100)}%` },
      { field: 'least_before', words: span(reminders[risk].leastBeforeMs) },
    ];
    return differing({ of: 'reminder', risk }, say(from), say(to));
  }),
  ...CASE_TYPES.flatMap((type) => differing({ of: 'type', type }, typeFigures(from, type), typeFigures(to, type))),
  ...differing({ of: 'policy' }, policyFigures(from), policyFigures(to)),
];
