/** The command line of `simulate`: everything that is wrong with it is said at once. */
import { parseArgs } from 'node:util';
import { CASE_TYPES, type CaseType, RISKS, type Risk, TRIGGERS, type Trigger } from '../../domain/model';
import { HOUR } from '../../domain/zone';

export interface SimulateOptions {
  type: CaseType;
  risk?: Risk;
  /** Milliseconds since the epoch. */
  receivedAt: number;
  occurredAt?: number;
  triggers: { trigger: Trigger; at: number }[];
  guardianIsSuspect: boolean;
  underSix: boolean;
  /** How far reminders and alerts are followed, in milliseconds from the receipt. */
  horizonMs: number;
  json: boolean;
  html?: string;
  svg?: string;
  policies: string;
}

export class OptionsWrong extends Error {
  override readonly name = 'OptionsWrong';
  constructor(readonly problems: string[]) {
    super(problems.join('\n'));
  }
}

const STRINGS = ['type', 'risk', 'received', 'occurred', 'trigger', 'hours', 'html', 'svg', 'policies'] as const;
const FLAGS = ['json', 'guardian-is-suspect', 'under-six'] as const;
type Name = (typeof STRINGS)[number];

const TIME = /^(\d{4})-(\d{2})-(\d{2})T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;

/** RFC 3339 with an offset, seconds optional; undefined if it is not one, or no day of the calendar. */
function parseTime(text: string): number | undefined {
  const found = TIME.exec(text);
  if (!found) return undefined;
  const [year, month, day] = [Number(found[1]), Number(found[2]), Number(found[3])];
  const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const ms = Date.parse(text);
  return day > lastDay || Number.isNaN(ms) ? undefined : ms;
}

/** The given values by name, and what is wrong with the words themselves. */
function gather(args: string[], problems: string[]) {
  const { tokens } = parseArgs({
    args,
    strict: false,
    tokens: true,
    allowPositionals: true,
    options: {
      ...Object.fromEntries(STRINGS.map((name) => [name, { type: 'string' as const, multiple: true }])),
      ...Object.fromEntries(FLAGS.map((name) => [name, { type: 'boolean' as const }])),
    },
  });
  const values = new Map<Name, string[]>();
  const flags = new Set<string>();
  for (const token of tokens) {
    if (token.kind === 'positional') problems.push(`${token.value}: an option begins with --`);
    if (token.kind !== 'option') continue;
    const name = STRINGS.find((one) => one === token.name);
    if (FLAGS.some((one) => one === token.name)) {
      if (token.value !== undefined) problems.push(`--${token.name}: takes no value`);
      flags.add(token.name);
    } else if (!name) problems.push(`--${token.name}: no such option`);
    else if (token.value === undefined || token.value === '') problems.push(`--${name}: a value is missing`);
    else values.set(name, [...(values.get(name) ?? []), token.value]);
  }
  for (const [name, given] of values) {
    if (given.length > 1 && name !== 'trigger') problems.push(`--${name}: given ${given.length} times`);
  }
  return { values, flags };
}

/**
 * @param policies folder of the policies where `--policies` names no other
 * @param now milliseconds since the epoch: the receipt where none is given
 * @throws OptionsWrong naming every wrong option
 */
export function parseSimulate(args: string[], policies: string, now: number): SimulateOptions {
  const problems: string[] = [];
  const { values, flags } = gather(args, problems);
  const first = (name: Name): string | undefined => values.get(name)?.[0];
  const oneOf = <T extends string>(name: Name, text: string | undefined, names: readonly T[]): T | undefined => {
    const found = names.find((one) => one === text);
    if (text !== undefined && !found) problems.push(`--${name} ${text}: expected one of ${names.join(', ')}`);
    return found;
  };
  const time = (name: Name, text: string | undefined): number | undefined => {
    const found = text === undefined ? undefined : parseTime(text);
    if (text !== undefined && found === undefined) {
      problems.push(`--${name} ${text}: expected a time with its offset, such as 2026-09-30T22:10+08:00`);
    }
    return found;
  };
  const type = oneOf('type', first('type'), CASE_TYPES);
  if (!values.has('type') && !problems.some((one) => one.startsWith('--type'))) {
    problems.push(`--type: missing, one of ${CASE_TYPES.join(', ')}`);
  }
  const risk = oneOf('risk', first('risk'), RISKS);
  const receivedAt = time('received', first('received')) ?? now;
  const occurredAt = time('occurred', first('occurred'));
  const triggers = (values.get('trigger') ?? []).flatMap((text) => {
    const [name, at] = text.split('@', 2);
    const trigger = oneOf('trigger', name, TRIGGERS);
    return trigger ? [{ trigger, at: time('trigger', at) ?? receivedAt }] : [];
  });
  const hours = Number(first('hours') ?? 72);
  if (!(hours >= 0 && hours <= 24 * 400)) problems.push(`--hours ${first('hours')}: expected hours from 0 to 9600`);
  if (problems.length > 0 || !type) throw new OptionsWrong(problems);
  const [html, svg] = [first('html'), first('svg')];
  return {
    ...{ type, receivedAt, triggers, horizonMs: hours * HOUR },
    ...(risk === undefined ? {} : { risk }),
    ...(occurredAt === undefined ? {} : { occurredAt }),
    guardianIsSuspect: flags.has('guardian-is-suspect'),
    underSix: flags.has('under-six'),
    json: flags.has('json'),
    ...(html === undefined ? {} : { html }),
    ...(svg === undefined ? {} : { svg }),
    policies: first('policies') ?? policies,
  };
}
