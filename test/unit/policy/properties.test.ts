import fc from 'fast-check';
import { isWorkingDay } from '../../../domain/calendar';
import { RISKS } from '../../../domain/model';
import { outsideQuiet } from '../../../domain/ladder';
import { grade, isWorse, ladderOf, leastRiskOf, planFrom, replan } from '../../../domain/policy';
import { DAY, beijing, beijingDay } from '../../../domain/zone';
import { factsArb, intake, momentArb, open, policy, situationArb, worseFirst } from './support';

const RUNS = { numRuns: 200 };
const STABILITY = new Set(policy.rules.filter((rule) => rule.stability).map((rule) => rule.kind));

describe('whatever the case and the day', () => {
  test('no deadline is earlier than its start', () => {
    fc.assert(
      fc.property(situationArb, ({ of, event }) => {
        for (const step of planFrom(policy, of, event)) expect(step.dueAt).toBeGreaterThanOrEqual(step.startAt);
      }),
      RUNS,
    );
  });

  test('reminders lie between start and deadline', () => {
    fc.assert(
      fc.property(situationArb, ({ of, event }) => {
        for (const { startAt, remindAt, dueAt } of planFrom(policy, of, event)) {
          if (remindAt === undefined) continue;
          expect(remindAt).toBeGreaterThan(startAt);
          expect(remindAt).toBeLessThan(dueAt);
        }
      }),
      RUNS,
    );
  });

  test('a worse risk has every step of a lesser one, and none of them later', () => {
    fc.assert(
      fc.property(situationArb, ({ of, event }) => {
        for (const [worse, lesser] of worseFirst) {
          const nearer = new Map(planFrom(policy, { ...of, risk: worse }, event).map((step) => [step.id, step]));
          for (const step of planFrom(policy, { ...of, risk: lesser }, event)) {
            if (STABILITY.has(step.kind)) continue;
            expect(nearer.get(step.id)?.dueAt).toBeLessThanOrEqual(step.dueAt);
          }
        }
      }),
      RUNS,
    );
  });

  test('ids are unique, and the soonest comes first', () => {
    fc.assert(
      fc.property(situationArb, ({ of, event }) => {
        const steps = planFrom(policy, of, event);
        expect(new Set(steps.map((step) => step.id)).size).toBe(steps.length);
        const dues = steps.map((step) => step.dueAt);
        expect(dues).toEqual([...dues].sort((a, b) => a - b));
      }),
      RUNS,
    );
  });

  test('every deadline says why, and only the law is called law', () => {
    fc.assert(
      fc.property(situationArb, ({ of, event }) => {
        for (const { basis } of planFrom(policy, of, event)) {
          expect(basis.figure).not.toBe('');
          expect(basis.kind === 'legal').toBe(basis.law !== undefined);
        }
      }),
      RUNS,
    );
  });

  test('the order in which triggers became known to us does not matter', () => {
    fc.assert(
      fc.property(factsArb, (of) => {
        const dates = (steps: ReturnType<typeof intake>) =>
          steps.map(({ id, dueAt, remindAt }) => [id, dueAt, remindAt]);
        expect(dates(intake({ ...of, triggers: [...of.triggers].reverse() }))).toEqual(dates(intake(of)));
      }),
      RUNS,
    );
  });
});

describe('planning again', () => {
  test('changes nothing while the risk is the same', () => {
    fc.assert(
      fc.property(factsArb, (of) => {
        const planned = intake(of);
        expect(replan(policy, of, open(planned))).toEqual(planned);
      }),
      RUNS,
    );
  });

  test('for a worse risk brings deadlines nearer only, and gives what that risk would have had from the receipt', () => {
    fc.assert(
      fc.property(factsArb, fc.constantFrom(...worseFirst), (of, [worse, lesser]) => {
        const before = intake({ ...of, risk: lesser });
        const after = new Map(replan(policy, { ...of, risk: worse }, open(before)).map((step) => [step.id, step]));
        for (const step of before) {
          if (!STABILITY.has(step.kind)) expect(after.get(step.id)?.dueAt).toBeLessThanOrEqual(step.dueAt);
        }
        expect([...after.keys()].sort()).toEqual(
          intake({ ...of, risk: worse })
            .map((step) => step.id)
            .sort(),
        );
      }),
      RUNS,
    );
  });

  test('never withdraws or puts off a firm duty such as the police report', () => {
    fc.assert(
      fc.property(factsArb, fc.constantFrom(...RISKS), (of, risk) => {
        const after = replan(policy, { ...of, risk }, open(intake(of)));
        for (const step of intake(of).filter((one) => !one.extendable)) {
          const now = after.find((one) => one.id === step.id);
          expect(now?.dueAt).toBeLessThanOrEqual(step.dueAt);
          if (step.urgent) expect([now?.dueAt, now?.basis]).toEqual([step.dueAt, step.basis]);
        }
      }),
      RUNS,
    );
  });

  test('moves no step of a later event while the risk is the same', () => {
    fc.assert(
      fc.property(situationArb, ({ of, event }) => {
        const steps = planFrom(policy, of, { ...event, occurrences: {} });
        expect(replan(policy, of, open(steps))).toEqual(expect.arrayContaining(steps));
      }),
      RUNS,
    );
  });
});

describe('recurring steps', () => {
  const recurring = policy.rules.filter((rule) => rule.every).map((rule) => rule.kind);

  test('the next is counted from when the last was really done, up to their number', () => {
    fc.assert(
      fc.property(
        factsArb,
        fc.constantFrom(...recurring),
        momentArb,
        fc.integer({ min: 1, max: 20 }),
        (of, kind, done, had) => {
          const rules = policy.rules.filter(
            (rule) => rule.kind === kind && (rule.when.types?.includes(of.type) ?? true),
          );
          const most = Math.max(0, ...rules.map((rule) => rule.times ?? Infinity));
          const next = planFrom(policy, of, { start: 'previous', at: done, of: kind, occurrences: { [kind]: had } });
          expect(next).toHaveLength(had < most ? 1 : 0);
          for (const step of next)
            expect(step).toMatchObject({ id: `${kind}-${had + 1}`, occurrence: had + 1, startAt: done });
        },
      ),
      RUNS,
    );
  });
});

describe('working days', () => {
  const inWorkingDays = (figure: string): number => Number(/^(\d+) 个工作日$/.exec(figure)?.[1]);

  test('fall at the end of the station’s hours of a working day, with just so many between', () => {
    fc.assert(
      fc.property(factsArb, (of) => {
        for (const { startAt, dueAt, basis } of intake(of)) {
          const days = inWorkingDays(basis.figure);
          if (Number.isNaN(days)) continue;
          expect(isWorkingDay(dueAt)).toBe(true);
          expect(beijing(dueAt).minuteOfDay).toBe(policy.hours.toMinute);
          const passed = Array.from({ length: beijingDay(dueAt) - beijingDay(startAt) }, (_, i) => dueAt - i * DAY);
          expect(passed.filter(isWorkingDay)).toHaveLength(days);
        }
      }),
      RUNS,
    );
  });
});

describe('grading', () => {
  test('never lowers, never stays below the least, and says what was raised', () => {
    fc.assert(
      fc.property(factsArb, (of) => {
        const graded = grade(policy, of);
        const least = leastRiskOf(policy, of);
        expect(isWorse(of.risk, graded.risk)).toBe(false);
        if (least) expect(isWorse(least.risk, graded.risk)).toBe(false);
        expect(graded.raisedFrom).toBe(graded.risk === of.risk ? undefined : of.risk);
        expect(graded.raisedFrom === undefined).toBe(graded.why === undefined);
        expect(grade(policy, { ...of, risk: graded.risk })).toEqual({ risk: graded.risk });
      }),
      RUNS,
    );
  });
});

describe('quiet hours', () => {
  test('hold a message until they end, never one of a critical or high case', () => {
    fc.assert(
      fc.property(momentArb, fc.constantFrom(...RISKS), (at, risk) => {
        const ladder = ladderOf(policy, risk);
        const free = outsideQuiet(ladder, at);
        if (risk === 'critical' || risk === 'high') expect(free).toBe(at);
        const { minuteOfDay } = beijing(free);
        if (ladder.quiet) expect(minuteOfDay >= 9 * 60 && minuteOfDay < 23 * 60).toBe(true);
        expect(free - at).toBeGreaterThanOrEqual(0);
        expect(free - at).toBeLessThanOrEqual(10 * 3_600_000);
        expect(outsideQuiet(ladder, free)).toBe(free);
      }),
      RUNS,
    );
  });
});
