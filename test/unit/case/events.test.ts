/** What happens to a child while a case runs, under the policy that ships: facts change, and duties with them. */
import { apply, newCase, planNeeded, planRefusal, refusal } from '../../../domain/case';
import { tick } from '../../../domain/clock';
import type { Command } from '../../../domain/messages';
import type { CaseFacts, CaseState, Step } from '../../../domain/model';
import { askPolicy, ladderOf } from '../../../domain/policy';
import { DAY } from '../../../domain/zone';
import { facts, intake, PLAIN, policy } from '../policy/support';
import { HOUR, SUPERVISOR, WORKER } from './given';

type Words = Command extends infer C ? (C extends Command ? Omit<C, 'actor'> : never) : never;

const caseOf = (more: Partial<CaseFacts>): CaseState => {
  const of = facts(more);
  const about = { caseId: 'c', number: 'A0001', stationId: 's', policyVersion: policy.version };
  return newCase({ ...about, facts: of, ladder: ladderOf(policy, of.risk), planned: intake(of) }, PLAIN, WORKER).state;
};

/** As the workflow does it: refused, planned by the policy, refused again, applied. */
function tried(state: CaseState, words: Words, now: number) {
  const command: Command = { ...words, actor: SUPERVISOR, asSupervisor: true };
  const first = refusal(state, command, now);
  if (first) return first;
  const need = planNeeded(state, command, now);
  const plan = need && askPolicy(policy, { ...need, facts: { ...state.facts, ...need.facts } });
  return (plan && planRefusal(command, plan)) ?? apply(state, command, now, plan).state;
}

function after(state: CaseState, words: Words, now: number): CaseState {
  const result = tried(state, words, now);
  if ('type' in result) throw new Error(result.message);
  return result;
}

const isOpen = (step: Step) => step.state !== 'done' && step.state !== 'cancelled';
const open = (state: CaseState, kind: string) => state.steps.filter((step) => step.kind === kind && isOpen(step));

describe('a missing child', () => {
  const missing = caseOf({ type: 'missing', risk: 'critical' });
  const lower: Words = { do: 'set_risk', risk: 'medium', reasonId: 'r' };

  test('stays critical while missing, whoever asks', () => {
    expect(tried(missing, lower, PLAIN + HOUR)).toMatchObject({ type: 'RiskBelowLeast', possible: ['critical'] });
  });

  test('the return ends the search news, starts what follows it, and lets the level be lowered', () => {
    expect(open(missing, 'missing_update')).toHaveLength(1);
    const back = after(missing, { do: 'start_clock', event: 'child_returned' }, PLAIN + 3 * HOUR);
    expect(open(back, 'missing_update')).toEqual([]);
    expect(open(back, 'return_contact')).toMatchObject([{ dueAt: PLAIN + 27 * HOUR }]);
    expect(after(back, lower, PLAIN + 4 * HOUR).facts.risk).toBe('medium');
    const again = after(back, { do: 'learn_trigger', trigger: 'missing' }, PLAIN + 5 * HOUR);
    expect(tried(again, lower, PLAIN + 6 * HOUR)).toMatchObject({ type: 'RiskBelowLeast' });
  });
});

test('visits: daily until the child is said to be safe, twice a week then, daily again after the next incident', () => {
  const visited = (state: CaseState, now: number): CaseState => {
    const [visit] = open(state, 'visit');
    return after(state, { do: 'complete', stepId: visit?.id ?? '', outcome: 'done', doneAt: now }, now);
  };
  const gap = (state: CaseState, now: number) => (open(state, 'visit')[0]?.dueAt ?? 0) - now;
  let state = visited(caseOf({ risk: 'critical' }), PLAIN + HOUR);
  expect(gap(state, PLAIN + HOUR)).toBe(DAY);
  state = visited(after(state, { do: 'start_clock', event: 'made_safe' }, PLAIN + 2 * HOUR), PLAIN + 2 * HOUR);
  expect(gap(state, PLAIN + 2 * HOUR)).toBe(84 * HOUR);
  state = visited(after(state, { do: 'learn_trigger', trigger: 'injury' }, PLAIN + 3 * HOUR), PLAIN + 3 * HOUR);
  expect(gap(state, PLAIN + 3 * HOUR)).toBe(DAY);
});

test('a new incident begins the time to wait anew, a worse level alone does not; time that was granted stays', () => {
  const state = caseOf({ risk: 'medium' });
  const wait = (of: CaseState) => ((open(of, 'closure_review')[0]?.dueAt ?? 0) - PLAIN) / DAY;
  expect(wait(state)).toBe(60);
  expect(wait(after(state, { do: 'learn_trigger', trigger: 'other' }, PLAIN + 10 * DAY))).toBe(70);
  expect(wait(after(state, { do: 'set_risk', risk: 'critical', reasonId: 'r' }, PLAIN + 10 * DAY))).toBe(60);
  const asked = after(
    state,
    { do: 'ask_extension', stepId: 'closure_review', until: PLAIN + 200 * DAY, reasonId: 'r' },
    PLAIN + DAY,
  );
  const decided: Command = {
    do: 'decide_extension',
    stepId: 'closure_review',
    approve: true,
    actor: WORKER,
    asSupervisor: true,
  };
  const granted = apply(asked, decided, PLAIN + DAY).state;
  expect(wait(after(granted, { do: 'learn_trigger', trigger: 'other' }, PLAIN + 10 * DAY))).toBe(200);
});

test('the school’s decision starts its recheck, however late the decision was', () => {
  const begun = after(caseOf({ type: 'bullying' }), { do: 'start_clock', event: 'investigation_started' }, PLAIN);
  const done: Words = { do: 'complete', stepId: 'school_finding', outcome: 'done' };
  expect(open(after(begun, done, PLAIN + 13 * DAY), 'school_recheck')).toMatchObject([{ dueAt: PLAIN + 28 * DAY }]);
  const inVain: Words = { ...done, outcome: 'not_possible', noteId: 'n' };
  expect(open(after(begun, inVain, PLAIN + DAY), 'school_recheck')).toEqual([]);
});

test('an order that ends before it began is refused', () => {
  const words: Words = { do: 'start_clock', event: 'order_issued', eventAt: PLAIN, until: PLAIN };
  expect(tried(caseOf({ type: 'domestic_violence' }), words, PLAIN + HOUR)).toMatchObject({ type: 'ExpiryNotLater' });
});

test('somebody else’s deadline has words of its own: reminder and alert ask to press them', () => {
  const begun = after(caseOf({ type: 'bullying' }), { do: 'start_clock', event: 'investigation_started' }, PLAIN);
  const only = { ...begun, steps: begun.steps.filter((step) => step.kind === 'school_finding') };
  const reminded = tick(only, PLAIN + 9 * DAY);
  expect(reminded.tells.map((tell) => tell.kind)).toEqual(['reminder_watch']);
  const late = tick(reminded.state, PLAIN + 10 * DAY);
  expect(late.tells.map((tell) => tell.kind)).toEqual(['overdue_watch']);
});
