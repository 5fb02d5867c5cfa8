/** More time that was asked for (延期) while deadlines move. */
import fc from 'fast-check';
import { apply } from '../../../domain/case';
import { isOpen } from '../../../domain/draft';
import { isOvertaken } from '../../../domain/extension';
import type { Command } from '../../../domain/messages';
import type { CaseState, PlannedStep } from '../../../domain/model';
import { anySteps, given, HOUR, ladder, SUPERVISOR, T0, WORKER } from './given';

const REASON = 'r';
const asks = ({ id: stepId, dueAt }: PlannedStep, byMs: number): Command => ({
  ...{ do: 'ask_extension', stepId, until: dueAt + byMs, reasonId: REASON, actor: WORKER },
});
const lower: Command = { do: 'set_risk', risk: 'low', reasonId: REASON, actor: SUPERVISOR, asSupervisor: true };
const requests = (state: CaseState) =>
  state.steps.flatMap(({ id, dueAt, extension }) => (extension ? [{ id, dueAt, extension }] : []));

describe('for any deadlines that are put off while more time is asked for', () => {
  const anyHours = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 6, maxLength: 6 });
  const lowered = (planned: PlannedStep[], asked: number[], later: number[], endsOvertaken?: true) => {
    const before = planned.reduce(
      (state, step, n) => apply(state, asks(step, (asked[n] ?? 1) * HOUR), T0).state,
      given(planned),
    );
    const steps = before.steps.map((step, n) => ({ ...step, dueAt: step.dueAt + (later[n] ?? 0) * HOUR }));
    return { before, ...apply(before, lower, T0, { risk: 'low', steps, ladder: ladder(), endsOvertaken }) };
  };

  test('what the new deadline has given is asked for no more, and is on the journal; the rest waits', () => {
    fc.assert(
      fc.property(anySteps, anyHours, anyHours, (planned, asked, later) => {
        const { before, state, events } = lowered(planned, asked, later, true);
        const left = requests(state);
        expect(left.every(({ extension, dueAt }) => !isOvertaken(extension, dueAt))).toBe(true);
        const ended = events
          .filter(({ kind }) => kind === 'extension_overtaken')
          .map(({ data }) => String(data['stepId']));
        expect([...left.map(({ id }) => id), ...ended].toSorted()).toEqual(
          requests(before)
            .map(({ id }) => id)
            .toSorted(),
        );
        expect(state.steps.filter(isOpen)).toHaveLength(planned.length);
      }),
    );
  });

  test('a run that began before it did so goes on as it began', () => {
    fc.assert(
      fc.property(anySteps, anyHours, anyHours, (planned, asked, later) => {
        const { before, state, events } = lowered(planned, asked, later);
        expect(requests(state).map(({ extension }) => extension)).toEqual(
          requests(before).map(({ extension }) => extension),
        );
        expect(events.map(({ kind }) => kind)).not.toContain('extension_overtaken');
      }),
    );
  });
});
