import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { apply, newCase, planNeeded, refusal } from '../../../domain/case';
import { tick } from '../../../domain/clock';
import { isOpen } from '../../../domain/draft';
import type { CaseFacts, CaseState, Step } from '../../../domain/model';
import { askPolicy, ladderOf, planFrom, type Policy } from '../../../domain/policy';
import { type MovePolicy, type PlanChange, previewMove } from '../../../domain/preview';
import { slim } from '../../../domain/project';
import { DAY, HOUR } from '../../../domain/zone';
import { twoVersions } from '../../support/policies';
import { factsArb } from '../policy/support';
import { SUPERVISOR, T0, WORKER } from './given';

const { dir, current, older } = twoVersions();
afterAll(() => rmSync(dir, { recursive: true }));

const reported = (policy: Policy, facts: CaseFacts): CaseState =>
  newCase(
    {
      ...{ caseId: 'case-1', number: 'A0001', stationId: 'station-1', policyVersion: policy.version, facts },
      ladder: ladderOf(policy, facts.risk),
      planned: planFrom(policy, facts, { start: 'receipt', at: facts.receivedAt, occurrences: {} }),
    },
    facts.receivedAt,
    WORKER,
  ).state;

const to = ({ version }: Policy): MovePolicy => ({
  ...{ do: 'move_policy', version, reasonId: 'why', actor: SUPERVISOR },
});

/** As the workflow does it. */
function moved(state: CaseState, policy: Policy, now: number): CaseState {
  const command = to(policy);
  expect(refusal(state, command, now)).toBeUndefined();
  const need = planNeeded(state, command, now);
  return apply(state, command, now, askPolicy(policy, { ...need, facts: state.facts })).state;
}

/** What differs between two states, without a look at the journal. */
function difference(before: CaseState, after: CaseState): PlanChange[] {
  const had = new Map(before.steps.map((step) => [step.id, step]));
  return after.steps.flatMap(({ id: stepId, kind, basis, dueAt, state }): PlanChange[] => {
    const old = had.get(stepId);
    const about = { stepId, kind, basis };
    if (!old) return [{ ...about, change: 'added', to: dueAt }];
    if (state === 'cancelled' && isOpen(old)) return [{ ...about, change: 'removed', from: old.dueAt }];
    return old.dueAt === dueAt ? [] : [{ ...about, change: 'moved', from: old.dueAt, to: dueAt }];
  });
}

const bySteps = (changes: PlanChange[]): PlanChange[] =>
  [...changes].sort((a, b) => (a.stepId < b.stepId ? -1 : Number(a.stepId > b.stepId)));

/** What may have happened to a step in the meantime. */
const fateArb = fc.constantFrom('as planned', 'done', 'more time');

const give = (step: Step, fate: string): void => {
  if (fate === 'done') Object.assign(step, { state: 'done', doneAt: step.startAt });
  if (fate === 'more time' && step.extendable) Object.assign(step, { dueAt: step.dueAt + DAY, extended: 1 });
};

/** A case under either version, some days after its report, with steps done, put off and late. */
const situationArb = fc
  .record({
    facts: factsArb,
    back: fc.boolean(),
    fates: fc.array(fateArb, { minLength: 40, maxLength: 40 }),
    after: fc.integer({ min: 0, max: 30 * 24 }),
    slimmed: fc.boolean(),
  })
  .map(({ facts, back, fates, after, slimmed }) => {
    const now = facts.receivedAt + after * HOUR;
    const begun = reported(back ? older : current, facts);
    begun.steps.forEach((step, i) => give(step, fates[i] ?? ''));
    const state = tick(begun, now).state;
    return { state: slimmed ? slim(state) : state, target: back ? current : older, now };
  });

const RUNS = { numRuns: 150 };
const stepOf = (state: CaseState, id: string) => state.steps.find((step) => step.id === id);

describe('moving a case to another policy version, whatever happened to it before', () => {
  test('does what its preview said, and the preview changes nothing', () => {
    fc.assert(
      fc.property(situationArb, ({ state, target, now }) => {
        const before = structuredClone(state);
        const said = previewMove(state, to(target), target, now);
        expect(state).toEqual(before);
        expect(bySteps(said)).toEqual(bySteps(difference(state, moved(state, target, now))));
      }),
      RUNS,
    );
  });

  test('puts off or withdraws nothing that is firm, and takes back no time that was granted', () => {
    fc.assert(
      fc.property(situationArb, ({ state, target, now }) => {
        const after = moved(state, target, now);
        for (const step of state.steps.filter(isOpen)) {
          const then = stepOf(after, step.id);
          if (!step.extendable) expect(then?.state).not.toBe('cancelled');
          if (!step.extendable) expect(then?.dueAt).toBeLessThanOrEqual(step.dueAt);
          if (step.extended && then?.state !== 'cancelled') expect(then?.dueAt).toBeGreaterThanOrEqual(step.dueAt);
        }
      }),
      RUNS,
    );
  });

  test('leaves no step late that has time, and no alert of a step that is not late', () => {
    fc.assert(
      fc.property(situationArb, ({ state, target, now }) => {
        const after = moved(state, target, now);
        const late = after.steps.filter((step) => step.state === 'overdue');
        expect(late.filter((step) => step.dueAt > now)).toEqual([]);
        const told = after.alerts.filter((alert) => alert.state !== 'resolved').map((alert) => alert.stepId);
        expect(late.map((step) => step.id)).toEqual(expect.arrayContaining(told));
      }),
      RUNS,
    );
  });

  test('a second time says nothing new, and does nothing', () => {
    fc.assert(
      fc.property(situationArb, ({ state, target, now }) => {
        expect(previewMove(moved(state, target, now), to(target), target, now)).toEqual([]);
      }),
      RUNS,
    );
  });
});

describe('one case', () => {
  const facts: CaseFacts = {
    ...{ type: 'physical_abuse', risk: 'high', receivedAt: T0, triggers: [], guardianIsSuspect: false },
  };

  test('gets what the version adds once, there and back', () => {
    const there = moved(reported(current, facts), older, T0 + HOUR);
    expect(stepOf(there, 'home_check')).toMatchObject({ state: 'pending', startAt: T0, dueAt: T0 + 5 * DAY });
    expect(stepOf(there, 'guardianship_assessment_full')?.state).toBe('cancelled');
    const back = moved(there, current, T0 + 2 * HOUR);
    expect(stepOf(back, 'home_check')?.state).toBe('cancelled');
    expect(stepOf(back, 'guardianship_assessment_full-2')).toMatchObject({ state: 'pending', startAt: T0 });
    const again = moved(back, older, T0 + 3 * HOUR);
    expect(again.steps.filter((step) => step.kind === 'home_check' && isOpen(step))).toHaveLength(1);
  });

  test('a deadline that is put off is reminded of anew', () => {
    const begun = reported(current, facts);
    const { remindAt = 0 } = stepOf(begun, 'first_contact') ?? {};
    const reminded = tick(begun, remindAt).state;
    expect(stepOf(reminded, 'first_contact')).toMatchObject({ state: 'due_soon', reminded: true });
    const later = moved(reminded, older, remindAt + 1);
    expect(stepOf(later, 'first_contact')).toMatchObject({ state: 'pending', reminded: false, dueAt: T0 + 48 * HOUR });
  });

  test('opened again, a duty that the version adds counts from then', () => {
    const closed: CaseState = { ...reported(current, facts), status: 'closed' };
    const reopenedAt = T0 + 60 * DAY;
    const planned = planFrom(current, facts, { start: 'receipt', at: reopenedAt, occurrences: closed.occurrences });
    const plan = { risk: facts.risk, steps: planned, ladder: closed.ladder };
    const open = apply(closed, { do: 'reopen', reasonId: 'r', actor: SUPERVISOR }, reopenedAt, plan).state;
    expect(stepOf(moved(open, older, reopenedAt), 'home_check')?.startAt).toBe(reopenedAt);
  });

  test('takes over the new version’s basis although the deadline is the same', () => {
    const basis = { kind: 'local', figure: '24 小时', note: '见本站规程' } as const;
    const rules = current.rules.map((rule) => (rule.kind === 'first_contact' ? { ...rule, basis } : rule));
    const worded = { ...current, version: '2099.1', rules };
    const state = reported(current, facts);
    expect(previewMove(state, to(worded), worded, T0)).toEqual([]);
    expect(stepOf(moved(state, worded, T0), 'first_contact')?.basis).toEqual(basis);
  });
});
