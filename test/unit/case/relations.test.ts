import fc from 'fast-check';
import { apply, isRepeated, refusal } from '../../../domain/case';
import { nextWake, tick } from '../../../domain/clock';
import { isOpen } from '../../../domain/draft';
import type { Command } from '../../../domain/messages';
import type { CaseState } from '../../../domain/model';
import { project, slim } from '../../../domain/project';
import { anySteps, given, HOUR, ladder, step, SUPERVISOR, T0, WORKER } from './given';

const JOIN: Command = { do: 'join_into', intoId: 'case-2', intoNumber: 'A0002', reasonId: 'r1', actor: SUPERVISOR };
const SPLIT: Command = { do: 'split_off', reasonId: 'r2', actor: SUPERVISOR };
const after = (state: CaseState, command: Command, now = T0): CaseState => apply(state, command, now).state;
const toDo = (state: CaseState) => state.steps.filter(isOpen).map(({ id, dueAt }) => ({ id, dueAt }));

test('a joined case points to the other one, and its clocks stop; what may still be said to it is said', () => {
  const joined = after(given([step('first_contact', HOUR), step('visit', 2 * HOUR)]), JOIN);
  expect(joined).toMatchObject({ status: 'closed', joined: { into: 'case-2', number: 'A0002' } });
  expect(project(joined, { steps: [], alerts: [], referrals: [] })).toMatchObject({ joinedInto: 'case-2' });
  expect(nextWake(joined)).toBeUndefined();
  for (const command of [
    { do: 'reopen', reasonId: 'r', actor: SUPERVISOR },
    { do: 'assign', staffId: 'w2', actor: SUPERVISOR },
    { ...JOIN, intoId: 'case-3' },
  ] satisfies Command[]) {
    expect(refusal(joined, command, T0)).toMatchObject({ type: 'CaseJoined', possible: ['split', 'A0002'] });
  }
  expect(isRepeated(joined, JOIN)).toBe(true);
  // Who may see the file, and who has, stands on its own record.
  const seen: Command = { do: 'note_access', kind: 'case_file_exported', data: {}, actor: SUPERVISOR };
  expect(refusal(joined, seen, T0)).toBeUndefined();
});

test('its alerts are over, and nobody is told of them any more', () => {
  const late = tick(given(), T0 + 3 * HOUR).state;
  expect(late.alerts).toHaveLength(1);
  const joined = after(late, JOIN, T0 + 3 * HOUR);
  expect(joined.alerts[0]?.state).toBe('resolved');
  expect(tick(joined, T0 + 30 * HOUR).tells).toEqual([]);
});

test('a partner that still has to answer holds it where it is', () => {
  const referral = { id: 'ref-1', partnerId: 'p', purpose: 'protect', sentAt: T0, confirmBy: T0 + HOUR } as const;
  for (const state of ['sent', 'opened', 'received', 'accepted'] as const) {
    const waiting = { ...given(), referrals: [{ ...referral, state }] };
    expect(refusal(waiting, JOIN, T0)).toMatchObject({
      type: 'ReferralsOpen',
      possible: ['revoke ref-1', 'join the other way round'],
    });
  }
  const answered = { ...given(), referrals: [{ ...referral, state: 'feedback' as const }] };
  expect(after(answered, JOIN).referrals[0]?.state).toBe('closed');
});

const taking = (otherId: string): Command => ({
  ...{ do: 'take_in', otherId, otherNumber: 'A0002', reasonId: 'r', actor: SUPERVISOR },
});

test('a case that has taken another one in is not joined into that one, until it has let it go', () => {
  const both = after(given(), taking('case-2'));
  expect(refusal(both, JOIN, T0)).toMatchObject({
    type: 'JoinsCross',
    possible: ['join the other way round', 'split'],
  });
  expect(refusal(both, { ...JOIN, intoId: 'case-3' }, T0)).toBeUndefined();
  const back: Command = { ...taking('case-2'), do: 'let_go' } as Command;
  expect(refusal(after(both, back), JOIN, T0)).toBeUndefined();
});

describe('two cases that are joined into each other at the same time', () => {
  type Town = Record<string, CaseState>;

  /** What a request to join does (api/routes/case-joining.ts), a word to one of the cases at a time. */
  function* joining(town: Town, id: string, into: string): Generator<undefined, 'joined' | 'refused'> {
    const say = (to: string, command: Command): boolean => {
      const state = town[to] as CaseState;
      if (isRepeated(state, command)) return true;
      if (refusal(state, command, T0)) return false;
      town[to] = after(state, command);
      return true;
    };
    const join: Command = { ...JOIN, intoId: into } as Command;
    const letGo = (otherId: string): Command => ({ ...taking(otherId), do: 'let_go' }) as Command;
    if (!say(into, taking(id))) return 'refused';
    yield;
    if (say(id, join)) return 'joined';
    yield;
    const goes = id < into;
    say(goes ? id : into, letGo(goes ? into : id));
    yield;
    return goes && say(id, join) ? 'joined' : 'refused';
  }

  test('never are both closed, whoever is first in whatever; where all requests end, one is joined', () => {
    const ways = fc.array(fc.boolean(), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(ways, fc.array(fc.nat(4), { maxLength: 30 }), fc.boolean(), (there, turns, toTheEnd) => {
        const town: Town = { a: { ...given(), caseId: 'a' }, b: { ...given(), caseId: 'b' } };
        const requests = there.map((way) => (way ? joining(town, 'a', 'b') : joining(town, 'b', 'a')));
        const closed = (): number => Object.values(town).filter(({ status }) => status === 'closed').length;
        for (const turn of turns) {
          requests[turn % requests.length]?.next();
          expect(closed()).toBeLessThan(2);
        }
        if (!toTheEnd) return;
        for (const request of requests) while (!request.next().done) expect(closed()).toBeLessThan(2);
        expect(closed()).toBe(1);
      }),
    );
  });
});

describe('for any case', () => {
  const anyMoment = fc.integer({ min: 0, max: 10 * 24 * 60 }).map((minutes) => T0 + minutes * 60_000);

  test('joined and split again, the same is to do by the same deadlines, also after a new run', () => {
    fc.assert(
      fc.property(anySteps, anyMoment, anyMoment, (planned, join, split) => {
        const before = tick(given(planned), join).state;
        const joined = after(before, JOIN, join);
        expect(nextWake(joined)).toBeUndefined();
        const again = after(slim(joined), SPLIT, Math.max(join, split));
        expect(toDo(again)).toEqual(toDo(before));
        expect(again).toMatchObject({ status: 'open', closedAt: undefined, joined: undefined });
        // What was late is late again, and told again.
        const ticked = tick(again, Math.max(join, split)).state;
        const late = toDo(before).filter(({ dueAt }) => dueAt <= Math.max(join, split));
        expect(ticked.alerts.filter((alert) => alert.state !== 'resolved')).toHaveLength(late.length);
      }),
    );
  });

  test('the journal counts on without a gap, whatever is said in whatever order', () => {
    const said: Command[] = [
      JOIN,
      SPLIT,
      { do: 'take_in', otherId: 'case-3', otherNumber: 'A0003', reasonId: 'r', actor: SUPERVISOR },
      { do: 'let_go', otherId: 'case-3', otherNumber: 'A0003', reasonId: 'r', actor: SUPERVISOR },
      { do: 'link_case', linkId: 'l1', otherId: 'case-4', otherNumber: 'A0004', kind: 'sibling', actor: WORKER },
      { do: 'unlink_case', linkId: 'l1', otherId: 'case-4', otherNumber: 'A0004', kind: 'sibling', actor: WORKER },
      { do: 'join_report', reportId: 'r1', reportNumber: 'R00001', receivedAt: T0, noteId: 'n', actor: WORKER },
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...said), { maxLength: 30 }), (commands) => {
        let state = given([step('visit', HOUR)], ladder());
        for (const command of commands) {
          const repeated = isRepeated(state, command);
          if (repeated || refusal(state, command, T0)) continue;
          const { events, state: next } = apply(state, command, T0);
          expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => state.seq + 1 + i));
          expect(events.length).toBeGreaterThan(0);
          state = next;
          // Said again at once, it changes nothing or is refused.
          expect(isRepeated(state, command) || refusal(state, command, T0) !== undefined).toBe(true);
        }
        expect(state.status === 'closed').toBe(state.joined !== undefined);
      }),
    );
  });
});
