/** What a case would have ahead of it if nobody did anything: its steps, and who would be told when. */
import { calendarKnows } from '../../domain/calendar';
import { ladderFor, outsideQuiet } from '../../domain/ladder';
import type { Ladder } from '../../domain/alert';
import type { CaseFacts, PlannedStep, Risk, RungRole } from '../../domain/model';
import { type Grade, type Policy, grade, ladderOf, planFrom } from '../../domain/policy';
import { beijing } from '../../domain/zone';
import type { SimulateOptions } from './options';

export interface Tell {
  at: number;
  what: 'reminder' | 'overdue';
  to: RungRole;
  /** Held from this time by quiet hours. */
  heldFrom?: number;
}

export interface SimulatedStep extends PlannedStep {
  name: string;
  tells: Tell[];
}

export interface Simulation {
  policy: Policy;
  facts: CaseFacts;
  grade: Grade;
  horizonMs: number;
  steps: SimulatedStep[];
  repeatMs: number;
  /** Years of deadlines whose official calendar is not known yet: ordinary weekdays were counted. */
  unknownYears: number[];
}

const held = (ladder: Ladder, at: number): Pick<Tell, 'at' | 'heldFrom'> => {
  const free = outsideQuiet(ladder, at);
  return free === at ? { at } : { at: free, heldFrom: at };
};

/** The first round up the ladder; what quiet hours hold back holds back all that follows. */
function climb(ladder: Ladder, step: PlannedStep): Tell[] {
  const { rungs } = ladder;
  const climbed: Tell[] = [];
  let meant = step.dueAt;
  for (const [i, { to, afterMs }] of rungs.entries()) {
    const when = held(ladder, meant + afterMs - (rungs[i - 1]?.afterMs ?? 0));
    climbed.push({ ...when, what: 'overdue', to });
    meant = when.at;
  }
  return climbed;
}

/** The reminder and the first round of the ladder, as far as the horizon reaches. */
function tells(policy: Policy, risk: Risk, step: PlannedStep, until: number): Tell[] {
  const ladder = ladderFor(ladderOf(policy, risk), step);
  const reminder: Tell[] =
    step.remindAt === undefined ? [] : [{ ...held(ladder, step.remindAt), what: 'reminder', to: 'worker' }];
  return [...reminder, ...climb(ladder, step)].filter((tell) => tell.at <= until);
}

/** The steps that follow from the report and the triggers given, and the messages up to the horizon. */
export function simulate(policy: Policy, options: SimulateOptions): Simulation {
  const { type, receivedAt, occurredAt, triggers, guardianIsSuspect, underSix, horizonMs } = options;
  const known = { type, receivedAt, triggers, guardianIsSuspect, underSix, ...(occurredAt ? { occurredAt } : {}) };
  const graded = grade(policy, { ...known, ...(options.risk ? { risk: options.risk } : {}) });
  const facts: CaseFacts = { ...known, risk: graded.risk };
  const planned = planFrom(policy, facts, { start: 'receipt', at: receivedAt, occurrences: {} });
  const steps = planned.map((step) => ({
    ...step,
    name: policy.names[step.kind] ?? step.kind,
    tells: tells(policy, graded.risk, step, receivedAt + horizonMs),
  }));
  const years = new Set(steps.map((step) => beijing(step.dueAt).year));
  return {
    ...{ policy, facts, grade: graded, horizonMs, steps },
    repeatMs: ladderOf(policy, graded.risk).repeatMs,
    unknownYears: [...years].filter((year) => !calendarKnows(year)),
  };
}
