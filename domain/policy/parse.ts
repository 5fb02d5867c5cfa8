/** Policy files → policy, or every problem in them at once. */
import type { Ladder } from '../alert';
import { CASE_TYPES, type CaseType, type Risk } from '../model';
import { checkRules } from './checks';
import { PolicyInvalid, type Problem } from './invalid';
import type { Conditions, Policy, Reminder, Rule, TypePolicy } from './policy';
import {
  type BaseFile,
  type ConditionsText,
  type LadderText,
  type RuleText,
  type TypeFile,
  baseSchema,
  typeSchema,
} from './schema';
import { type Source, readAs, readSource } from './source';

export interface PolicyText {
  text: string;
  file: string;
}

const conditions = (when: ConditionsText): Conditions => {
  const { guardian_is_suspect, under_six, happened_within, ...same } = when;
  return {
    ...same,
    ...(guardian_is_suspect === undefined ? {} : { guardianIsSuspect: guardian_is_suspect }),
    ...(under_six === undefined ? {} : { underSix: under_six }),
    ...(happened_within === undefined ? {} : { happenedWithinMs: happened_within }),
  };
};

function toRule(text: RuleText, index: number, source: Source, type?: CaseType): Rule {
  const { step, when, remind, ...same } = text;
  return {
    ...same,
    kind: step,
    name: text.name ?? '',
    when: { ...conditions(when), ...(type ? { types: [type] } : {}) },
    ...(remind === undefined ? {} : { remindMs: remind }),
    file: source.file,
    line: source.lineOf(['rules', index, 'step']),
  };
}

export const toLadder = (text: LadderText): Ladder => ({
  rungs: text.rungs.map(({ to, after, channels, next }) => ({ to, afterMs: after, channels, next })),
  repeatMs: text.repeat,
  ackBuysMs: text.ack_buys,
  deliverWithinMs: text.deliver_within,
  receiptWithinMs: text.receipt_within,
  over: text.over,
  ...(text.quiet ? { quiet: { fromMinute: text.quiet.from, toMinute: text.quiet.to } } : {}),
});

const toType = (text: TypeFile): TypePolicy => ({
  type: text.type,
  name: text.name,
  usual: text.usual,
  least: text.least.map(({ when, ...least }) => ({ ...least, when: conditions(when) })),
  notes: text.notes,
});

const eachRisk = <F, T>(from: Record<Risk, F>, map: (one: F) => T): Record<Risk, T> => ({
  critical: map(from.critical),
  high: map(from.high),
  medium: map(from.medium),
  low: map(from.low),
});

/** All types, one file each: a type without a file, or with two, is a problem. */
function gatherTypes(files: { read: TypeFile; source: Source }[], base: string, problems: Problem[]) {
  const types: Partial<Record<CaseType, TypePolicy>> = {};
  for (const { read, source } of files) {
    if (types[read.type]) {
      problems.push({
        file: source.file,
        line: source.lineOf(['type']),
        path: 'type',
        expected: `one file for ${read.type}`,
      });
    }
    types[read.type] = toType(read);
  }
  for (const type of CASE_TYPES) {
    if (!types[type])
      problems.push({ file: base, line: 1, path: `types/${type}.yaml`, expected: `a file for type ${type}` });
  }
  return types as Record<CaseType, TypePolicy>;
}

function assemble(
  base: BaseFile,
  source: Source,
  types: { read: TypeFile; source: Source }[],
  problems: Problem[],
): Policy {
  const rules = [
    ...base.rules.map((rule, i) => toRule(rule, i, source)),
    ...types.flatMap((type) => type.read.rules.map((rule, i) => toRule(rule, i, type.source, type.read.type))),
  ];
  const names: Record<string, string> = {};
  for (const rule of rules) if (rule.name !== '') names[rule.kind] ??= rule.name;
  return {
    version: base.version,
    file: source.file,
    name: base.name,
    hours: { fromMinute: base.station_hours.from, toMinute: base.station_hours.to },
    digestMinute: base.digest.at,
    reminders: eachRisk(base.reminders, ({ at, least_before }): Reminder => ({
      share: at,
      leastBeforeMs: least_before,
    })),
    ladders: eachRisk(base.ladders, toLadder),
    types: gatherTypes(types, source.file, problems),
    rules: rules.map((rule) => ({ ...rule, name: names[rule.kind] ?? '' })),
    names,
  };
}

/**
 * Reads a policy: the base file's text, and those of the types' files.
 * @throws PolicyInvalid naming file, line and what was expected, for every problem of every file
 */
export function parsePolicy(text: string, file: string, types: PolicyText[] = []): Policy {
  const problems: Problem[] = [];
  const source = readSource(text, file, problems);
  const base = problems.length > 0 ? undefined : readAs(baseSchema, source, problems);
  const read = types.flatMap((one) => {
    const before = problems.length;
    const typeSource = readSource(one.text, one.file, problems);
    const value = problems.length > before ? undefined : readAs(typeSchema, typeSource, problems);
    return value ? [{ read: value, source: typeSource }] : [];
  });
  if (!base || problems.length > 0) throw new PolicyInvalid(problems);
  const policy = assemble(base, source, read, problems);
  problems.push(...checkRules(policy));
  if (problems.length > 0) throw new PolicyInvalid(problems);
  return policy;
}
