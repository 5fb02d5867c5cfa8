/** Contract files (`policies/contracts/*.yaml`) → contract, or every problem with its line. */
import { z } from 'zod';
import { CASE_TYPES, RISKS } from '../model';
import { PolicyInvalid, type Problem } from '../policy/invalid';
import { expected, oneOf, some } from '../policy/expected';
import { type Source, pathText, readAs, readSource } from '../policy/source';
import { type Contract, type CountRule, type Indicator, POST_KINDS, UNITS, type Unit } from './contract';
import { SERVICE_KINDS } from './kinds';
import { dayOf } from './term';

const DAY_EXPECTED = 'a real day such as 2025-03-01';
/** Days since 1970-01-01, Beijing. */
const day = z.string(expected(DAY_EXPECTED)).transform((text, ctx) => {
  const number = dayOf(text);
  if (number !== undefined) return number;
  ctx.addIssue(DAY_EXPECTED);
  return z.NEVER;
});

const words = (what: string) => z.string(expected(what)).trim().min(1, what).max(200, 'at most 200 characters');
const id = z
  .string(expected('a short id'))
  .regex(/^[a-z0-9][a-z0-9_-]{1,59}$/, 'an id of small letters, digits, _ or -');
const yuan = z.number(expected('an amount in yuan')).min(0, 'an amount in yuan').multipleOf(0.01, 'whole fen');

const TARGET_EXPECTED = 'a whole number from 1, or a quoted share such as "90%" for a rate';
const target = z
  .union(
    [
      z.number().int(TARGET_EXPECTED).min(1, TARGET_EXPECTED),
      z.string().regex(/^(?:100|[1-9]?\d)(?:\.\d)?%$/, TARGET_EXPECTED),
    ],
    expected(TARGET_EXPECTED),
  )
  .transform((value) =>
    typeof value === 'number' ? { value, rate: false } : { value: Number(value.slice(0, -1)), rate: true },
  );

/** Roles of staff that can be counted; who is allowed what is another matter (api/permissions.ts). */
const COUNTED_ROLES = ['social_worker', 'supervisor'] as const;

const cases = z.strictObject({
  types: some(oneOf(CASE_TYPES), 'types of cases').optional(),
  risks: some(oneOf(RISKS), 'levels of risk').optional(),
});

const count = z.discriminatedUnion(
  'from',
  [
    z.strictObject({
      from: z.literal('records'),
      each: oneOf(['person', 'person_time', 'session', 'group']),
      kinds: some(oneOf(SERVICE_KINDS), 'kinds of service'),
      cases: cases.optional(),
      least_sessions: z.number(expected('a whole number')).int('a whole number').min(1, 'at least 1').optional(),
    }),
    z.strictObject({
      from: z.literal('staff'),
      roles: some(oneOf(COUNTED_ROLES), 'roles of staff'),
      post: oneOf(POST_KINDS).optional(),
    }),
    z.strictObject({ from: z.literal('intake'), steps: some(id, 'kinds of steps') }),
    z.strictObject({ from: z.literal('satisfaction') }),
  ],
  expected('from: records, staff, intake or satisfaction, with its own words'),
);

const indicator = z.strictObject({
  id,
  name: words('a name in Chinese'),
  part: oneOf(['output', 'performance']),
  unit: oneOf(UNITS),
  target,
  count,
  note: words('a note').optional(),
});

const contractFile = z.strictObject({
  id,
  name: words('a name in Chinese'),
  buyer: words('the buyer (购买方)'),
  contractor: words('the contractor (承接方)'),
  station: z.string(expected("the station's id")).regex(/^[\w.:-]{1,120}$/, "the station's id"),
  term: z.strictObject({ from: day, to: day }),
  evaluations: z.array(
    z.strictObject({ stage: oneOf(['mid', 'final']), name: words('a name in Chinese'), on: day }),
    expected('a list of evaluations, [] for none'),
  ),
  budget: yuan,
  payments: z.array(
    z.strictObject({ name: words('what is paid for'), amount: yuan, on: day.optional() }),
    expected('a list of payments, [] where none is agreed'),
  ),
  quiet_days: z.number(expected('a number of days')).int('whole days').min(0, 'at least 0').default(14),
  indicators: some(indicator, 'a list of indicators'),
});
type ContractText = z.output<typeof contractFile>;
type IndicatorText = ContractText['indicators'][number];

/** Which unit a rule's figure has. */
const EACH_UNIT = { person: 'persons', person_time: 'person_times', session: 'sessions', group: 'groups' } as const;
function unitOf(rule: CountRule): Unit {
  if (rule.from === 'records') return EACH_UNIT[rule.each];
  return rule.from === 'staff' ? 'persons' : 'rate';
}

function toRule(text: IndicatorText['count']): CountRule {
  if (text.from !== 'records') return text;
  const { least_sessions: leastSessions = 1, ...same } = text;
  return { ...same, leastSessions };
}

const toIndicator = ({ target: { value }, count, ...same }: IndicatorText): Indicator => ({
  ...same,
  target: value,
  count: toRule(count),
});

/** Puts what is wrong beyond the shape where it stands. */
function review(text: ContractText, source: Source, problems: Problem[]): void {
  const say = (path: PropertyKey[], what: string): void =>
    void problems.push({ file: source.file, line: source.lineOf(path), path: pathText(path), expected: what });
  const { term, evaluations, payments, budget, indicators } = text;
  if (term.to < term.from) say(['term', 'to'], 'no earlier than from');
  evaluations.forEach(({ on }, i) => {
    if (on < term.from || on > term.to) say(['evaluations', i, 'on'], 'a day of the term');
    if (on <= (evaluations[i - 1]?.on ?? -Infinity)) say(['evaluations', i, 'on'], 'a day after the evaluation before');
  });
  const paid = payments.reduce((sum, { amount }) => sum + Math.round(amount * 100), 0);
  if (payments.length > 0 && paid !== Math.round(budget * 100)) {
    say(['payments'], `payments that add up to the budget of ${budget}, not ${paid / 100}`);
  }
  const seen = new Set<string>();
  indicators.forEach(({ id: name, unit, target: { rate, value }, count: rule }, i) => {
    const at = (...path: PropertyKey[]): PropertyKey[] => ['indicators', i, ...path];
    if (seen.has(name)) say(at('id'), 'an id of its own');
    seen.add(name);
    const fits = unitOf(toRule(rule));
    if (unit !== fits) say(at('unit'), `${fits}, which is what the rule counts`);
    if (rate !== (unit === 'rate')) say(at('target'), unit === 'rate' ? 'a share such as "90%"' : 'a number without %');
    if (rate && value > 100) say(at('target'), 'at most 100%');
    if (rule.from !== 'records') return;
    if (rule.least_sessions !== undefined && rule.each !== 'group')
      say(at('count', 'least_sessions'), 'each: group beside it');
    if (rule.each === 'group' && (rule.kinds.some((kind) => kind !== 'group_session') || rule.cases))
      say(at('count', 'kinds'), '[group_session] alone where groups are counted');
    if (rule.kinds.includes('satisfaction')) say(at('count', 'kinds'), 'from: satisfaction for answers');
  });
}

/**
 * Reads a contract.
 * @throws PolicyInvalid naming file, line and what was expected, for every problem
 */
export function parseContract(text: string, file: string): Contract {
  const problems: Problem[] = [];
  const source = readSource(text, file, problems);
  const read = problems.length === 0 ? readAs(contractFile, source, problems) : undefined;
  if (read) review(read, source, problems);
  if (!read || problems.length > 0) throw new PolicyInvalid(problems);
  const { station, term, evaluations, payments, quiet_days: quietDays, indicators, ...same } = read;
  return {
    ...same,
    file,
    stationId: station,
    term: { fromDay: term.from, toDay: term.to },
    evaluations: evaluations.map(({ on, ...one }) => ({ ...one, day: on })),
    payments: payments.map(({ on, ...one }) => ({ ...one, ...(on === undefined ? {} : { day: on }) })),
    quietDays,
    indicators: indicators.map(toIndicator),
  };
}
