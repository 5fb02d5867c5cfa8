/** What a policy must keep beyond its shape, so that nobody finds out on the night of a case. */
import { RISKS, type Risk } from '../model';
import { type Duration, neverLater } from './duration';
import type { Problem } from './invalid';
import type { PerRisk, Policy, Rule } from './policy';

const problem = (rule: Rule, path: string, expected: string): Problem => ({
  file: rule.file,
  line: rule.line,
  path: `${rule.kind}.${path}`,
  expected,
});

/** A worse risk may never be later than a lesser one, whatever the day: pairs of neighbours suffice. */
function notMonotone(spans: PerRisk<Duration[]>, endMinute: number): [Risk, Risk] | undefined {
  for (let i = 0; i + 1 < RISKS.length; i += 1) {
    const [worse, lesser] = [RISKS[i], RISKS[i + 1]];
    if (!worse || !lesser) continue;
    const nearer = spans[worse] ?? [];
    const bad = (spans[lesser] ?? []).some((span, n) => {
      const first = nearer[n];
      return !first || !neverLater(first, span, endMinute);
    });
    if (bad) return [worse, lesser];
  }
  return undefined;
}

/** The spans that really apply: at a risk that the rule's conditions leave out there is none. */
const within = <T>(rule: Rule, spans: PerRisk<T>): PerRisk<T> =>
  Object.fromEntries(
    RISKS.filter((risk) => rule.when.risks?.includes(risk) ?? true).map((risk) => [risk, spans[risk]]),
  ) as PerRisk<T>;

function checkRule(rule: Rule, kinds: ReadonlySet<string>, endMinute: number): Problem[] {
  const found: Problem[] = [];
  if (rule.name === '') found.push(problem(rule, 'name', 'a name in Chinese beside the first rule of a kind'));
  if (rule.start === 'previous') found.push(problem(rule, 'start', 'the event that starts the first occurrence'));
  if ((rule.start === 'step_done') !== (rule.after !== undefined))
    found.push(problem(rule, 'after', 'the kind of step that starts it, beside start: step_done'));
  const spans = RISKS.flatMap((risk) => rule.due[risk] ?? []);
  if (spans.some(({ unit }) => unit === 'expiry') && !rule.lasts)
    found.push(problem(rule, 'lasts', 'how long it lasts where nobody says, beside an expiry span'));
  if (rule.lasts?.unit === 'expiry') found.push(problem(rule, 'lasts', 'a span such as 6mo'));
  if (rule.times !== undefined && !rule.every) found.push(problem(rule, 'times', 'every beside it'));
  if (rule.start === 'trigger' && !rule.when.triggers) {
    found.push(problem(rule, 'when.triggers', 'the triggers that start the clock'));
  }
  if (rule.every && RISKS.some((risk) => (rule.due[risk]?.length ?? 0) > 1)) {
    found.push(problem(rule, 'due', 'one span beside every'));
  }
  for (const kind of [...(rule.when.once ?? []), ...(rule.when.unless ?? []), ...(rule.after ? [rule.after] : [])]) {
    if (!kinds.has(kind)) found.push(problem(rule, 'when', `a kind that has a rule, not ${kind}`));
  }
  if (rule.urgent && rule.extendable) found.push(problem(rule, 'extendable', 'false for an urgent step'));
  if (rule.stability) return found;
  const every: PerRisk<Duration[]> = Object.fromEntries(
    RISKS.map((risk) => [risk, rule.every?.[risk] ? [rule.every[risk]] : []]),
  );
  for (const [path, spans] of [
    ['due', rule.due],
    ['every', every],
  ] as const) {
    const pair = notMonotone(within(rule, spans), endMinute);
    if (pair) found.push(problem(rule, path, `${pair[0]} never later than ${pair[1]}, whatever the day`));
  }
  return found;
}

function checkLadders(policy: Policy): Problem[] {
  const found: Problem[] = [];
  const say = (risk: Risk, path: string, expected: string) =>
    found.push({ file: policy.file, line: 1, path: `ladders.${risk}.${path}`, expected });
  for (const risk of RISKS) {
    const { rungs, repeatMs, ackBuysMs, receiptWithinMs, quiet } = policy.ladders[risk];
    if (rungs.some((rung, i) => rung.afterMs < (rungs[i - 1]?.afterMs ?? 0))) {
      say(risk, 'rungs', 'each rung no earlier than the one below');
    }
    for (const { channels, next = [] } of rungs)
      if (new Set([...channels, ...next]).size < channels.length + next.length)
        say(risk, 'rungs', 'each channel once in channels and next');
    if ((receiptWithinMs ?? 0) <= 0) say(risk, 'receipt_within', 'more than nothing');
    if (repeatMs <= 0) say(risk, 'repeat', 'more than nothing');
    if (ackBuysMs <= 0) say(risk, 'ack_buys', 'more than nothing');
    if (quiet && (risk === 'critical' || risk === 'high'))
      say(risk, 'quiet', 'null: an urgent case knows no quiet hours');
  }
  return found;
}

/** Every problem beyond the shape: missing names, risks out of order, ladders that go down, quiet hours where none may be. */
export function checkRules(policy: Policy): Problem[] {
  const kinds = new Set(policy.rules.map((rule) => rule.kind));
  return [
    ...(policy.hours.fromMinute < policy.hours.toMinute
      ? []
      : [{ file: policy.file, line: 1, path: 'station_hours', expected: 'from before to' }]),
    ...checkLadders(policy),
    ...policy.rules.flatMap((rule) => checkRule(rule, kinds, policy.hours.toMinute)),
  ];
}
