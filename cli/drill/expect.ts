/** Who has to be told when while nobody does anything, by the policy alone: what the running system is measured against. */
import { ladderFor, outsideQuiet } from '../../domain/ladder';
import type { Ladder } from '../../domain/alert';
import type { Channel } from '../../domain/channels';
import type { CaseFacts, PlannedStep, RungRole } from '../../domain/model';
import { ladderOf, planFrom, type Policy } from '../../domain/policy';
import type { SeenCase } from '../cases';

/** One rung to be told of one step. */
export interface Expected {
  /** The case's own time, milliseconds. */
  at: number;
  what: 'reminder' | 'overdue';
  stepId: string;
  kind: string;
  to: RungRole;
  channels: Channel[];
  /** Channels that may follow for whom no receipt came. */
  next: Channel[];
}

/** A deadline that the system keeps otherwise than the policy gives it; times in milliseconds. */
export interface Deviation {
  stepId: string;
  byPolicy?: number;
  bySystem?: number;
}

const factsOf = ({ type, risk, receivedAt }: SeenCase): CaseFacts => ({
  ...{ type, risk, receivedAt },
  triggers: [],
  guardianIsSuspect: false,
});

/** The steps of a report without further facts, as the policy plans them. */
export const plannedFor = (policy: Policy, one: SeenCase): PlannedStep[] =>
  planFrom(policy, factsOf(one), { start: 'receipt', at: one.receivedAt, occurrences: {} });

/** The moments of the ladder for one late step, as far as the end: each rung once, then all of them again and again. */
function climbOf(ofRisk: Ladder, step: PlannedStep, until: number): Expected[] {
  const ladder = ladderFor(ofRisk, step);
  const tell = (at: number, rung: Ladder['rungs'][number]): Expected => ({
    ...{ at, what: 'overdue', stepId: step.id, kind: step.kind },
    ...{ to: rung.to, channels: rung.channels, next: rung.next ?? [] },
  });
  const expected: Expected[] = [];
  let at = step.dueAt;
  let before = 0;
  for (const rung of ladder.rungs) {
    // What quiet hours held back holds back all that follows.
    at = outsideQuiet(ladder, at + rung.afterMs - before);
    before = rung.afterMs;
    expected.push(tell(at, rung));
  }
  for (at = outsideQuiet(ladder, at + ladder.repeatMs); at <= until; at = outsideQuiet(ladder, at + ladder.repeatMs)) {
    expected.push(...ladder.rungs.map((rung) => tell(at, rung)));
  }
  return expected;
}

function reminderOf(ladder: Ladder, step: PlannedStep): Expected[] {
  const at = step.remindAt === undefined ? step.dueAt : outsideQuiet(ladderFor(ladder, step), step.remindAt);
  if (at >= step.dueAt) return [];
  const channels = ladder.rungs[0]?.channels ?? [];
  return [{ at, what: 'reminder', stepId: step.id, kind: step.kind, to: 'worker', channels, next: [] }];
}

/** Everything that is due up to a moment (milliseconds), soonest first. */
export function expectedBy(policy: Policy, one: SeenCase, until: number): Expected[] {
  const ladder = ladderOf(policy, one.risk);
  return plannedFor(policy, one)
    .flatMap((step) => [...reminderOf(ladder, step), ...climbOf(ladder, step, until)])
    .filter(({ at }) => at <= until)
    .sort((a, b) => a.at - b.at);
}

/** Steps whose deadline or reminder the system keeps otherwise, or that only one of the two has. */
export function deviations(policy: Policy, one: SeenCase): Deviation[] {
  const planned = new Map(plannedFor(policy, one).map((step) => [step.id, step]));
  const kept = new Map(one.steps.map((step) => [step.id, step]));
  return [...new Set([...planned.keys(), ...kept.keys()])].flatMap((stepId) => {
    const [ours, theirs] = [planned.get(stepId), kept.get(stepId)];
    const same = ours && theirs && ours.dueAt === theirs.dueAt && (ours.remindAt ?? null) === theirs.remindAt;
    return same ? [] : [{ stepId, byPolicy: ours?.dueAt, bySystem: theirs?.dueAt }];
  });
}
