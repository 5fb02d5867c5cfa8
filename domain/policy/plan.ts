/** Deadlines from a policy: pure, and the only place where they are computed. */
import { stepId } from '../ids';
import type { CaseFacts, PlannedStep, Risk, StartEvent, Step, StepOutcome } from '../model';
import { RISKS } from '../model';
import { holds, type Known } from './conditions';
import { type Duration, endOf, inWords, warnsInTime } from './duration';
import type { Policy, Rule } from './policy';

export interface PlanEvent {
  start: StartEvent;
  /** When it happened, in milliseconds since the epoch. */
  at: number;
  /** When what it began is over, ms. */
  until?: number;
  referralId?: string;
  /** With `previous`: the kind that was done, and how it ended (done where nothing is said). */
  of?: string;
  outcome?: StepOutcome;
  /** How many steps of each kind the case has had so far. */
  occurrences: Record<string, number>;
}

interface Place {
  id: string;
  occurrence: number;
  start: StartEvent;
  startAt: number;
  until?: number;
  referralId?: string;
}

/** When the reminder goes out: never before the start, never after the deadline, none where no time is left for one. */
function remindAt(policy: Policy, rule: Rule, risk: Risk, startAt: number, dueAt: number): number | undefined {
  const { share, leastBeforeMs } = policy.reminders[risk];
  const at =
    rule.remindMs === undefined
      ? Math.min(startAt + Math.floor((dueAt - startAt) * share), dueAt - leastBeforeMs)
      : startAt + rule.remindMs;
  return at > startAt && at < dueAt ? at : undefined;
}

function step(policy: Policy, rule: Rule, risk: Risk, span: Duration, place: Place): PlannedStep {
  const until = place.until ?? (rule.lasts && endOf(rule.lasts, place.startAt, policy.hours.toMinute));
  const dueAt = endOf(span, place.startAt, policy.hours.toMinute, until);
  const remind = remindAt(policy, rule, risk, place.startAt, dueAt);
  return {
    id: place.id,
    kind: rule.kind,
    binds: rule.binds,
    start: place.start,
    startAt: place.startAt,
    dueAt,
    ...(remind === undefined ? {} : { remindAt: remind }),
    ...(rule.urgent ? { urgent: true } : {}),
    extendable: rule.extendable,
    ...(rule.stability ? { stability: true } : {}),
    ...(policy.rules.some((one) => one.after === rule.kind) ? { followed: true } : {}),
    ...(rule.ends ? { endsWith: rule.ends } : {}),
    ...(span.unit === 'expiry' ? { until } : {}),
    ...(rule.second === undefined
      ? {}
      : { secondAt: place.startAt + Math.floor((dueAt - place.startAt) * rule.second) }),
    ...(rule.texts ? { texts: rule.texts } : {}),
    ...(place.occurrence > 1 || rule.every || (rule.due[risk]?.length ?? 0) > 1
      ? { occurrence: place.occurrence }
      : {}),
    ...(place.referralId === undefined ? {} : { referralId: place.referralId }),
    basis: { ...rule.basis, figure: rule.basis.figure ?? inWords(span) },
  };
}

/** Of two rules for one step the earlier deadline wins with its basis; urgency and firmness of either remain. */
function merge(steps: PlannedStep[]): PlannedStep[] {
  const byId = new Map<string, PlannedStep>();
  for (const next of steps) {
    const had = byId.get(next.id);
    if (!had) {
      byId.set(next.id, next);
      continue;
    }
    const winner = next.dueAt < had.dueAt ? next : had;
    const urgent = had.urgent === true || next.urgent === true;
    byId.set(next.id, {
      ...winner,
      ...(urgent ? { urgent } : {}),
      extendable: had.extendable && next.extendable,
    });
  }
  return [...byId.values()].sort((a, b) => a.dueAt - b.dueAt || a.id.localeCompare(b.id, 'en'));
}

const isRecurrence = (rule: Rule, kind: string | undefined, occurrence: number): boolean =>
  rule.kind === kind && rule.every !== undefined && (rule.times === undefined || occurrence <= rule.times);

/** Of the warnings before an expiry those for which there is time; the last in any case. */
function inTime(rule: Rule, spans: Duration[], event: PlanEvent, endMinute: number): Set<Duration> {
  const until = event.until ?? (rule.lasts ? endOf(rule.lasts, event.at, endMinute) : event.at);
  const last = spans.at(-1);
  return new Set(spans.filter((span) => span.unit !== 'expiry' || span === last || warnsInTime(span, event.at, until)));
}

function started(policy: Policy, facts: CaseFacts, event: PlanEvent, known: Known): PlannedStep[] {
  const rules = policy.rules.filter(
    (rule) =>
      rule.start === event.start &&
      (rule.after === undefined || rule.after === event.of) &&
      holds(rule.when, facts, known),
  );
  return rules.flatMap((rule) => {
    const had = event.occurrences[rule.kind] ?? 0;
    // A duty that a trigger starts is owed once, however many triggers become known.
    if (event.start === 'trigger' && had > 0) return [];
    const spans = rule.due[facts.risk] ?? [];
    const kept = inTime(rule, spans, event, policy.hours.toMinute);
    return spans.flatMap((span, index) => {
      if (!kept.has(span)) return [];
      const occurrence = had + index + 1;
      const id = event.referralId === undefined ? stepId(rule.kind, occurrence) : `${rule.kind}-${event.referralId}`;
      return step(policy, rule, facts.risk, span, {
        id,
        occurrence: event.referralId === undefined ? occurrence : 1,
        start: event.start,
        startAt: event.at,
        ...(event.until === undefined ? {} : { until: event.until }),
        ...(event.referralId === undefined ? {} : { referralId: event.referralId }),
      });
    });
  });
}

/**
 * The steps that an event starts, soonest first.
 * `receipt` gives the intake plan and the steps of the triggers already known, each from its own time; `trigger` those
 * of one learnt later, and none of a kind that the case has had; `previous` the next occurrence of the kind `of`,
 * from when the last was really done (none when the rule's number is reached); the others what their rules say.
 * Times are milliseconds since the epoch. Nothing is thrown: an event without rules starts nothing.
 */
export function planFrom(policy: Policy, facts: CaseFacts, event: PlanEvent): PlannedStep[] {
  const known: Known = { kinds: new Set(Object.keys(event.occurrences).filter((kind) => event.occurrences[kind])) };
  if (event.start === 'previous') {
    const occurrence = (event.occurrences[event.of ?? ''] ?? 0) + 1;
    const rules = policy.rules.filter(
      (rule) => isRecurrence(rule, event.of, occurrence) && holds(rule.when, facts, known),
    );
    const next = rules.flatMap((rule) => {
      const span = rule.every?.[facts.risk];
      const place = { id: stepId(rule.kind, occurrence), occurrence, start: event.start, startAt: event.at };
      return span ? [step(policy, rule, facts.risk, span, place)] : [];
    });
    const really = (event.outcome ?? 'done') === 'done';
    return merge([...next, ...(really ? started(policy, facts, { ...event, start: 'step_done' }, known) : [])]);
  }
  const steps = started(policy, facts, event, known);
  if (event.start !== 'receipt') return merge(steps);
  const ofTriggers = facts.triggers.flatMap(({ trigger, at }) =>
    started(policy, facts, { ...event, start: 'trigger', at }, { ...known, trigger }),
  );
  return merge([...steps, ...ofTriggers]);
}

/** Only what was planned, without what happened to the step since. */
function planned(open: Step): PlannedStep {
  const { id, kind, binds, start, startAt, dueAt, remindAt: remind, urgent, extendable, occurrence, referralId } = open;
  const { stability, followed, endsWith, until, texts, secondAt } = open;
  return {
    ...{ id, kind, binds, start, startAt, dueAt, extendable, basis: open.basis },
    ...(stability === undefined ? {} : { stability }),
    ...(followed === undefined ? {} : { followed }),
    ...(endsWith === undefined ? {} : { endsWith }),
    ...(until === undefined ? {} : { until }),
    ...(texts === undefined ? {} : { texts }),
    ...(secondAt === undefined ? {} : { secondAt }),
    ...(remind === undefined ? {} : { remindAt: remind }),
    ...(urgent === undefined ? {} : { urgent }),
    ...(occurrence === undefined ? {} : { occurrence }),
    ...(referralId === undefined ? {} : { referralId }),
  };
}

function again(policy: Policy, facts: CaseFacts, open: Step, known: Known): PlannedStep[] {
  // No re-grading puts off or withdraws a firm duty such as the police report.
  const firm = open.extendable ? [] : [planned(open)];
  const recurs = open.start === 'previous';
  const occurrence = open.occurrence ?? 1;
  const rules = policy.rules.filter(
    (rule) =>
      rule.kind === open.kind &&
      (recurs ? isRecurrence(rule, open.kind, occurrence) : rule.start === open.start) &&
      holds(rule.when, facts, known),
  );
  const { id, start, startAt, until, referralId } = open;
  const place: Place = {
    ...{ id, occurrence, start, startAt },
    ...(until === undefined ? {} : { until }),
    ...(referralId === undefined ? {} : { referralId }),
  };
  const anew = rules.flatMap((rule) => {
    const several = rule.due[facts.risk] ?? [];
    // A second event's steps go on counting: the third and fourth are again a list of two.
    const span = recurs ? rule.every?.[facts.risk] : several[(occurrence - 1) % several.length];
    return span ? [step(policy, rule, facts.risk, span, place)] : [];
  });
  return [...anew, ...firm];
}

const OVER: ReadonlySet<Step['state']> = new Set(['done', 'cancelled']);

/**
 * The open steps computed again from their own starts for the facts' new risk, soonest first. A step that the new risk
 * lacks is left out; a firm one (not extendable) stays, and is never put off. Steps from the receipt that only some
 * risks have are added under their first id, unless the case has had one of the kind: pass the steps that are over as
 * well, they are not planned again and tell what was done. A cancelled one does not count as done.
 * The dates are the policy's: time that was granted (`extended`) is the caller's to keep.
 */
export function replan(policy: Policy, facts: CaseFacts, steps: Step[]): PlannedStep[] {
  const kinds = new Set(steps.filter((one) => one.state !== 'cancelled').map((one) => one.kind));
  const known: Known = { kinds };
  const event: PlanEvent = { start: 'receipt', at: facts.receivedAt, occurrences: {} };
  const fromReceipt = (risk: Risk): PlannedStep[] => started(policy, { ...facts, risk }, event, known);
  const kindsPerRisk = RISKS.map((risk) => new Set(fromReceipt(risk).map((one) => one.kind)));
  const added = fromReceipt(facts.risk).filter(
    ({ kind }) => !kinds.has(kind) && !kindsPerRisk.every((ofRisk) => ofRisk.has(kind)),
  );
  const open = steps.filter((one) => !OVER.has(one.state));
  return merge([...open.flatMap((one) => again(policy, facts, one, known)), ...added]);
}
