import fc from 'fast-check';
import {
  AGAIN_MS,
  FINDING_KINDS,
  GRACE_MS,
  SKEW_MS,
  STUCK_MS,
  isDue,
  judge,
  seenTwice,
  skewFindings,
  skewOf,
  type LateStep,
  type OfCase,
  type StandingAlert,
  type Suspects,
} from '../../domain/audit';
import { bulletin } from '../../domain/bulletin';
import { lengthOf, MAX_VARIABLE } from '../../domain/short';

const AT = Date.UTC(2026, 2, 2, 2);
const YEAR = 365 * 24 * 60 * 60_000;

const ofCase = (over: Partial<OfCase> = {}): OfCase => ({
  caseId: 'case-1',
  stationId: 'station-1',
  drill: false,
  aheadMs: 0,
  ...over,
});
const nothing = (over: Partial<Suspects> = {}): Suspects => ({
  ...{ steps: [], alerts: [], unstarted: [], gone: [], deliveries: [], journals: [] },
  ...over,
});
const lateStep = (dueAt: number, over: Partial<LateStep> = {}): LateStep => ({
  ...ofCase(),
  ...{ stepId: 'first_contact', dueAt, reportedAt: AT - YEAR },
  ...over,
});
const standing = (over: Partial<StandingAlert> = {}): StandingAlert => ({
  ...ofCase(),
  ...{ alertId: 'a1', stepId: 'first_contact', state: 'open', rung: 0, tried: true, skipped: false },
  ...{ openedAt: AT - 60_000, nextAt: AT + 60_000 },
  ...over,
});
const kinds = (suspects: Partial<Suspects>, at = AT) => judge(nothing(suspects), at).map((one) => one.kind);

/** From within the grace to many years, either way. */
const span = fc.integer({ min: -YEAR, max: 20 * YEAR });
const ahead = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 2 * YEAR }));

describe('the audit', () => {
  test('finds a late step without an alert from two minutes on, whatever its age and whatever its clock', () => {
    fc.assert(
      fc.property(span, ahead, (lateMs, aheadMs) => {
        const found = judge(nothing({ steps: [lateStep(AT + aheadMs - lateMs, { aheadMs })] }), AT);
        expect(found.length).toBe(lateMs > GRACE_MS ? 1 : 0);
        for (const one of found) expect(one).toMatchObject({ kind: 'late_without_alert', repair: 'nudge' });
      }),
    );
  });

  test('gives a report of something long past two minutes of its own', () => {
    const old = (reportedAt: number) => kinds({ steps: [lateStep(AT - YEAR, { reportedAt })] });
    expect(old(AT - 1_000)).toEqual([]);
    expect(old(AT - GRACE_MS - 1)).toEqual(['late_without_alert']);
  });

  test('finds an alert that stands still, also one that was acknowledged', () => {
    fc.assert(
      fc.property(span, ahead, fc.constantFrom('open', 'acknowledged', 'resolved'), (pastMs, aheadMs, state) => {
        const alert = standing({ state, aheadMs, openedAt: AT + aheadMs, nextAt: AT + aheadMs - pastMs });
        const expected = state !== 'resolved' && pastMs > GRACE_MS ? ['alert_stalled'] : [];
        expect(kinds({ alerts: [alert] })).toEqual(expected);
      }),
    );
  });

  test('finds an alert of which nobody was told, unless it waits for the morning or was acknowledged', () => {
    const old = { tried: false, openedAt: AT - GRACE_MS - 1 };
    expect(kinds({ alerts: [standing(old)] })).toEqual(['alert_without_attempt']);
    const repairs = (skipped: boolean) =>
      judge(nothing({ alerts: [standing({ ...old, skipped })] }), AT).map((one) => one.repair);
    // The case has said itself that nobody stands there: no nudge finds anybody.
    expect([repairs(false), repairs(true)]).toEqual([['nudge'], ['none']]);
    expect(kinds({ alerts: [standing({ ...old, tried: true })] })).toEqual([]);
    expect(kinds({ alerts: [standing({ ...old, rung: -1 })] })).toEqual([]);
    expect(kinds({ alerts: [standing({ ...old, state: 'acknowledged' })] })).toEqual([]);
    expect(kinds({ alerts: [standing({ ...old, openedAt: AT - GRACE_MS })] })).toEqual([]);
  });

  test('finds a message that nobody tries, a case that never began, rows and journal that differ', () => {
    const delivery = (touchedAt: number) => ({ ...ofCase(), key: 'k', touchedAt });
    expect(kinds({ deliveries: [delivery(AT - STUCK_MS - 1)] })).toEqual(['delivery_stuck']);
    expect(kinds({ deliveries: [delivery(AT - STUCK_MS)] })).toEqual([]);
    expect(kinds({ unstarted: [{ ...ofCase(), reportedAt: AT - GRACE_MS - 1 }] })).toEqual(['workflow_stuck']);
    expect(kinds({ unstarted: [{ ...ofCase(), reportedAt: AT - GRACE_MS }] })).toEqual([]);
    const journal = (rev: number, lastSeq: number) =>
      judge(nothing({ journals: [{ ...ofCase(), rev, lastSeq }] }), AT).map((one) => [one.kind, one.repair]);
    expect(journal(7, 7)).toEqual([]);
    expect(journal(6, 7)).toEqual([['journal_behind', 'nudge']]);
    expect(journal(7, 6)).toEqual([['journal_behind', 'none']]);
  });

  test('nudges nobody where no workflow runs: starting it comes first', () => {
    const found = judge(nothing({ gone: [ofCase()], steps: [lateStep(AT - YEAR)] }), AT);
    expect(found.map((one) => [one.kind, one.repair])).toEqual([
      ['late_without_alert', 'none'],
      ['workflow_missing', 'start'],
    ]);
  });

  test('takes for a finding only what is there at both looks', () => {
    const look = (steps: string[]) =>
      judge(nothing({ steps: steps.map((stepId) => lateStep(AT - YEAR, { stepId })) }), AT);
    expect(seenTwice(look(['a', 'b']), look(['b', 'c'])).map((one) => one.stepId)).toEqual(['b']);
  });

  test('does again after half an hour what did not help', () => {
    expect([isDue(null, AT), isDue(AT - AGAIN_MS, AT), isDue(AT - AGAIN_MS + 1, AT)]).toEqual([true, true, false]);
  });
});

describe('clocks', () => {
  test('a clock is off by what lies outside of the two readings, and a slow answer says nothing', () => {
    const offset = fc.integer({ min: -YEAR, max: YEAR });
    fc.assert(
      fc.property(offset, fc.nat(120_000), fc.nat(120_000), (off, there, back) => {
        const reading = { before: AT, shown: AT + there + off, after: AT + there + back };
        const skew = skewOf(reading);
        expect(Math.abs(skew)).toBeLessThanOrEqual(Math.abs(off));
        expect(Math.abs(skew - off)).toBeLessThanOrEqual(there + back);
        expect(Math.sign(skew) === Math.sign(off) || skew === 0).toBe(true);
      }),
    );
  });

  test('half a minute is the bearable difference', () => {
    const skews = { worker: SKEW_MS, api: -SKEW_MS - 1, database: 600_000 };
    expect(skewFindings(skews).map((one) => one.ref)).toEqual(['api', 'database']);
  });
});

test('what is told fits the template, names each thing once and says how many there are', () => {
  const line = fc.record({
    kind: fc.constantFrom(...FINDING_KINDS),
    number: fc.option(fc.constantFrom('A0001', 'B1234', 'C9999'), { nil: undefined }),
    step: fc.option(fc.constantFrom('首次接触', '走访'), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 80 }), (lines) => {
      const { count, number, list } = bulletin(lines);
      expect(count).toBe(String(lines.length));
      expect(lengthOf(number)).toBeLessThanOrEqual(MAX_VARIABLE);
      const said = list.split('\n');
      expect(new Set(said).size).toBe(said.length);
      expect(said.length).toBeLessThanOrEqual(31);
    }),
  );
  expect(bulletin([{ kind: 'clock_skew' }])).toEqual({ count: '1', number: '系统', list: '系统：服务器时钟不准' });
  expect(
    bulletin([
      { kind: 'alert_stalled', number: 'A0002', step: '走访' },
      { kind: 'journal_behind', number: 'A0001' },
    ]),
  ).toEqual({
    count: '2',
    number: 'A0001等',
    list: '案件A0002的走访：告警没有按时继续上报\n案件A0001：案件数据与日志不一致',
  });
});
