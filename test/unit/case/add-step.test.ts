import { apply, isRepeated, newCase, refusal } from '../../../domain/case';
import type { Command } from '../../../domain/messages';
import type { CaseFacts } from '../../../domain/model';
import { HOUR, ladder, step, T0, WORKER } from './given';

const facts: CaseFacts = {
  type: 'neglect',
  risk: 'high',
  receivedAt: T0,
  triggers: [],
  guardianIsSuspect: false,
};
const begun = newCase(
  {
    ...{ caseId: 'c', number: 'A0001', stationId: 's', policyVersion: '1', ladder: ladder() },
    facts,
    planned: [step('visit', 5 * HOUR)],
  },
  T0,
  WORKER,
).state;
const order = (over: object = {}): Command => ({
  ...{ do: 'add_step', ref: 'paper/0', kind: 'decision', dueAt: T0 + 8 * HOUR, noteId: 'note', actor: WORKER },
  ...over,
});

test('a decision becomes a step with its deadline, a reminder and what is to be done', () => {
  expect(refusal(begun, order(), T0)).toBeUndefined();
  const { state, events, touched } = apply(begun, order(), T0);
  expect(state.steps.at(-1)).toMatchObject({ id: 'decision', state: 'pending', dueAt: T0 + 8 * HOUR, noteId: 'note' });
  expect(state.steps.at(-1)).toMatchObject({ remindAt: T0 + 6 * HOUR, extendable: true, binds: 'station' });
  expect(events.map(({ kind }) => kind)).toEqual(['step_planned', 'step_added']);
  expect(touched.steps).toEqual(['decision']);
  const second = apply(state, order({ ref: 'paper/1' }), T0).state;
  expect(second.steps.at(-1)?.id).toBe('decision-2');
});

test('the same one is added once; a deadline that is past is refused', () => {
  const { state } = apply(begun, order(), T0);
  expect(isRepeated(state, order())).toBe(true);
  expect(isRepeated(state, order({ ref: 'paper/1' }))).toBe(false);
  expect(refusal(begun, order({ dueAt: T0 }), T0)?.type).toBe('DueNotLater');
  expect(refusal({ ...begun, status: 'closed' }, order(), T0)?.type).toBe('CaseClosed');
});

test('no plan moves it or takes it away, and finishing it keeps what it asked for', () => {
  const { state } = apply(begun, order(), T0);
  const lower = { do: 'set_risk', risk: 'low', reasonId: 'r', actor: WORKER, asSupervisor: true } as const;
  const plan = { risk: 'low', steps: [], ladder: ladder() } as const;
  const after = apply(state, lower, T0 + HOUR, { ...plan, steps: [] }).state;
  expect(after.steps.map(({ id, state: is }) => [id, is])).toEqual([
    ['visit', 'cancelled'],
    ['decision', 'pending'],
  ]);
  const done = { do: 'complete', stepId: 'decision', outcome: 'done', actor: WORKER } as const;
  const finished = apply(after, done, T0 + 2 * HOUR).state.steps.at(-1);
  expect(finished).toMatchObject({ state: 'done', noteId: 'note' });
});
