import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { createFormSeals } from '../../api/pages/form-seal';
import { apply } from '../../domain/case';
import { nextWake, tick } from '../../domain/clock';
import { caseWorkflowId } from '../../domain/ids';
import { MAX_VARIABLE, lengthOf } from '../../domain/short';
import { CASE_TYPES, TRIGGERS } from '../../domain/model';
import {
  doubtsOf,
  isWaiting,
  looksOf,
  possibleIn,
  refuseTriage,
  REPORT_STATES,
  reportNumber,
  type ReportState,
  type Triage,
} from '../../domain/reports/model';
import { parseScreening } from '../../domain/reports/policy';
import {
  callsForScreening,
  inReportWords,
  isWatchOver,
  newWatch,
  SCREENING,
  watchIdOf,
} from '../../domain/reports/watch';

const FILE = join(__dirname, '../../policies/screening.yaml');
const SOURCE = readFileSync(FILE, 'utf8');
const policy = parseScreening(SOURCE, 'screening.yaml');
const MINUTE = 60_000;
const T0 = Date.UTC(2026, 2, 2, 2);

describe('what may be done with a report', () => {
  const TRIAGE: Triage[] = ['take', 'screen_in', 'join', 'screen_out', 'decide'];
  /** Where each leads, as the routes have it. */
  const next = (state: ReportState, triage: Triage, approve: boolean): ReportState =>
    ({
      take: state,
      screen_in: 'screened_in' as const,
      join: 'joined' as const,
      screen_out: 'out_asked' as const,
      decide: approve ? ('screened_out' as const) : ('waiting' as const),
    })[triage];

  test('whatever people try, a refusal says what is possible, and what is possible is not refused', () => {
    const someone = fc.constantFrom('a', 'b');
    const tries = fc.array(fc.tuple(fc.constantFrom(...TRIAGE), someone, fc.boolean()), { maxLength: 20 });
    fc.assert(
      fc.property(tries, (all) => {
        let at: { state: ReportState; askedBy: string | null } = { state: 'waiting', askedBy: null };
        for (const [triage, by, approve] of all) {
          const refusal = refuseTriage(at, triage, by);
          if (refusal) {
            expect(refusal.possible).toEqual([...possibleIn(at.state)]);
            if (refusal.type !== 'SamePersonDecides') expect(refusal.possible).not.toContain(triage);
            continue;
          }
          expect(possibleIn(at.state)).toContain(triage);
          // Nobody screens a report out alone.
          const to = next(at.state, triage, approve);
          if (to === 'screened_out') expect(at.askedBy).not.toBe(by);
          at = { state: to, askedBy: triage === 'screen_out' ? by : at.askedBy };
        }
      }),
    );
    expect(REPORT_STATES.filter(isWaiting)).toEqual(['waiting', 'out_asked']);
  });
});

describe('how soon it wants looking at', () => {
  const seen = { triggers: [], byChild: false, doubts: [] } as const;
  test('danger, a child itself and the gravest types come first; what a machine filled in does not', () => {
    expect(looksOf(seen)).toBe('usual');
    expect(looksOf({ ...seen, inDanger: true })).toBe('critical');
    expect(looksOf({ ...seen, byChild: true })).toBe('critical');
    expect(looksOf({ ...seen, type: 'missing' })).toBe('critical');
    expect(looksOf({ ...seen, triggers: ['trafficking'] })).toBe('critical');
    expect(looksOf({ ...seen, inDanger: true, doubts: ['honeypot'] })).toBe('usual');
    expect(looksOf({ ...seen, inDanger: true, doubts: ['too_quick', 'foreign_form'] })).toBe('critical');
  });

  test('more that is known never makes it look less critical', () => {
    const type = fc.option(fc.constantFrom(...CASE_TYPES), { nil: undefined });
    const triggers = fc.subarray([...TRIGGERS]);
    fc.assert(
      fc.property(type, triggers, fc.boolean(), fc.constantFrom(...TRIGGERS), (of, some, byChild, one) => {
        const before = looksOf({ type: of, triggers: some, byChild, doubts: [] });
        const after = looksOf({ type: of, triggers: [...some, one], byChild, doubts: [] });
        if (before === 'critical') expect(after).toBe('critical');
        expect(looksOf({ type: of, triggers: some, byChild, inDanger: true, doubts: [] })).toBe('critical');
      }),
    );
  });

  test('odd signs of a form are named', () => {
    expect(doubtsOf({ ageMs: 60_000, trapped: false })).toEqual([]);
    expect(doubtsOf({ ageMs: 500, trapped: true })).toEqual(['honeypot', 'too_quick']);
    expect(doubtsOf({ ageMs: 25 * 60 * MINUTE, trapped: false })).toEqual(['stale_form']);
    expect(doubtsOf({ ageMs: undefined, trapped: false })).toEqual(['foreign_form']);
  });

  test('a seal is of one form and of ours', () => {
    const seals = createFormSeals('secret of one installation');
    const seal = seals.make('help/a', T0);
    expect(seals.ageOf('help/a', seal, T0 + MINUTE)).toBe(MINUTE);
    expect(seals.ageOf('help/b', seal, T0)).toBeUndefined();
    expect(createFormSeals('secret of another').ageOf('help/a', seal, T0)).toBeUndefined();
    fc.assert(fc.property(fc.string(), (any) => seals.ageOf('help/a', any, T0) === undefined));
  });
});

test('a number fits a template variable and is no case’s', () => {
  for (const count of [1, 12, 99_999, 100_000, 899_999]) {
    expect(lengthOf(reportNumber(count))).toBeLessThanOrEqual(MAX_VARIABLE);
    expect(reportNumber(count)).toMatch(/^[A-Z]\d{5}$/);
  }
  expect(() => reportNumber(900_000)).toThrow(RangeError);
});

describe('the watch', () => {
  const watch = (looks: 'critical' | 'usual') =>
    newWatch({ reportId: 'r1', number: 'R00001', stationId: 's', looks, receivedAt: T0, policy }, T0).state;

  test('is a workflow of its own name', () => {
    expect(caseWorkflowId(watchIdOf('r1'))).toBe('report/r1');
    expect(caseWorkflowId('c1')).toBe('case/c1');
  });

  test('critical: told at once, late after a quarter of an hour, then up the ladder in ten minutes', () => {
    const first = tick(watch('critical'), T0);
    expect(first.tells.map(({ kind, to }) => [kind, to])).toEqual([['report_soon', { role: 'worker' }]]);
    let { state } = first;
    const heard: [number, unknown][] = [];
    for (let wake = nextWake(state); wake !== undefined && wake <= T0 + 25 * MINUTE; wake = nextWake(state)) {
      const moved = tick(state, wake);
      ({ state } = moved);
      for (const tell of moved.tells.map(inReportWords)) {
        expect(callsForScreening(tell)).toBe(true);
        if (tell.to && 'role' in tell.to && !tell.unheard) heard.push([(wake - T0) / MINUTE, tell.to.role]);
      }
    }
    expect(heard).toEqual([
      [15, 'worker'],
      [20, 'supervisor'],
      [25, 'duty_officer'],
    ]);
  });

  test('usual: reminded at half an hour, late after an hour', () => {
    const state = watch('usual');
    expect(nextWake(state)).toBe(T0 + 30 * MINUTE);
    expect(tick(tick(state, T0 + 30 * MINUTE).state, T0 + 60 * MINUTE).state.alerts).toHaveLength(1);
  });

  test('is over with the screening, whenever that is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 600 }), (minutes) => {
        const now = T0 + minutes * MINUTE;
        const late = tick(watch('critical'), now).state;
        expect(isWatchOver(late)).toBe(false);
        const done = apply(
          late,
          { do: 'complete', stepId: SCREENING, outcome: 'done', actor: { kind: 'staff', id: 'w' } },
          now,
        ).state;
        expect(isWatchOver(done)).toBe(true);
        expect(nextWake(done)).toBeUndefined();
      }),
    );
  });
});

test('a policy of screening that cannot be read is named with its line', () => {
  expect(() => parseScreening(SOURCE.replace('due: 15m', 'due: soon'), 's.yaml')).toThrow(/s\.yaml:\d+: critical\.due/);
  expect(() => parseScreening(SOURCE.replace('remind: 30m', 'remind: 2h'), 's.yaml')).toThrow(/usual\.remind/);
  expect(() => parseScreening(`${SOURCE}\nfast: 1`, 's.yaml')).toThrow(/no such word here/);
});
