import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Contract, Indicator } from '../../../domain/services/contract';
import { parseContract } from '../../../domain/services/contract-file';
import { behindText, EVALUATION_REMINDERS, isPaceDay, type Judged, paceOf } from '../../../domain/services/pace';
import { type Figure, standingOf } from '../../../domain/services/standing';
import { burnUpMoments, dateOf, dayOf, horizonDay, momentsOf, shareGone } from '../../../domain/services/term';
import { atBeijingMinute, beijingDay, DAY } from '../../../domain/zone';

const FILE = join(__dirname, '../../../policies/contracts/xinhua-2025.yaml');
const contract: Contract = parseContract(readFileSync(FILE, 'utf8'), FILE);
const at = (text: string): number => Date.parse(text);
const indicator = (id: string): Indicator => {
  const found = contract.indicators.find((one) => one.id === id);
  if (!found) throw new Error(id);
  return found;
};
const judge = (id: string, figure: Figure, when: number): Judged => {
  const one = indicator(id);
  return { indicator: one, standing: standingOf(one, contract, figure, when) };
};
const { from, until } = momentsOf(contract.term);
const inTerm = fc.integer({ min: from + DAY, max: until - 1 });
const accumulating = contract.indicators.filter(({ count }) => count.from === 'records');

describe('the term', () => {
  test('begins and ends at midnight in Beijing', () => {
    expect(from).toBe(at('2025-03-01T00:00+08:00'));
    expect(until).toBe(at('2025-12-01T00:00+08:00'));
  });

  test('every day has one name, and no other text is a day', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 60_000 }), (day) => dayOf(dateOf(day)) === day));
    for (const text of ['2025-02-29', '2025-13-01', '2025-3-1', '', '2025-03-01T00:00'])
      expect(dayOf(text)).toBeUndefined();
  });

  test('its share gone never falls and stays between 0 and 1', () => {
    const any = fc.integer({ min: from - 90 * DAY, max: until + 90 * DAY });
    fc.assert(
      fc.property(any, any, (a, b) => {
        const [first, then] = [shareGone({ from, until }, Math.min(a, b)), shareGone({ from, until }, Math.max(a, b))];
        return first >= 0 && then <= 1 && first <= then;
      }),
    );
    expect(shareGone({ from, until }, from)).toBe(0);
    expect(shareGone({ from, until }, until)).toBe(1);
  });

  test('a burn-up has a point at the end of each month that is over, and one for now', () => {
    expect(burnUpMoments(contract.term, from - 1)).toEqual([]);
    const summer = burnUpMoments(contract.term, at('2025-05-10T08:00+08:00'));
    expect(summer.map((moment) => new Date(moment + 8 * 3_600_000).toISOString())).toEqual([
      '2025-03-31T23:59:59.999Z',
      '2025-04-30T23:59:59.999Z',
      '2025-05-10T08:00:00.000Z',
    ]);
    expect(burnUpMoments(contract.term, until + DAY)).toHaveLength(9);
    fc.assert(
      fc.property(fc.integer({ min: from, max: until + 90 * DAY }), (when) => {
        const moments = burnUpMoments(contract.term, when);
        const ascending = moments.every((moment, i) => i === 0 || moment > (moments[i - 1] ?? 0));
        return ascending && moments.at(-1) === Math.min(when, until - 1) && moments.every((moment) => moment >= from);
      }),
    );
  });

  test('the horizon is the last evaluation until its day is over, then the end of the term', () => {
    expect(dateOf(horizonDay(contract, at('2025-11-15T23:59+08:00')))).toBe('2025-11-15');
    expect(dateOf(horizonDay(contract, at('2025-11-16T00:00+08:00')))).toBe('2025-11-30');
    expect(dateOf(horizonDay({ term: contract.term, evaluations: [] }, from))).toBe('2025-11-30');
  });
});

describe('the forecast', () => {
  test('says what 120 of 260 visits lead to', () => {
    const one = judge('visits', { count: 120 }, at('2025-07-24T12:00+08:00'));
    expect(one.standing).toMatchObject({ actual: 120, forecast: 214, state: 'behind', short: 46 });
    expect(behindText(one)).toBe('探访 120/260人次，按目前进度到11月15日约214，预计少46人次');
  });

  test('is never below what is there, grows with it, and is what is there at the end', () => {
    fc.assert(
      fc.property(fc.constantFrom(...accumulating), inTerm, fc.nat(5_000), fc.nat(500), (one, when, count, more) => {
        const [less, greater] = [count, count + more].map((n) => standingOf(one, contract, { count: n }, when));
        expect(less?.forecast).toBeGreaterThanOrEqual(count);
        expect(greater?.forecast).toBeGreaterThanOrEqual(less?.forecast ?? 0);
        expect(standingOf(one, contract, { count }, until).forecast).toBe(count);
      }),
    );
  });

  test('the later the same count, the lower the forecast', () => {
    fc.assert(
      fc.property(inTerm, fc.integer({ min: 1, max: 20 * DAY }), fc.nat(5_000), (when, later, count) => {
        // The horizon moves once, when the final evaluation is over: compare before it only.
        fc.pre(horizonDay(contract, when) === horizonDay(contract, when + later));
        const [first, then] = [when, when + later].map((t) => standingOf(indicator('visits'), contract, { count }, t));
        return (then?.forecast ?? 0) <= (first?.forecast ?? 0);
      }),
    );
  });

  test('behind says by how much, met and on track are never short', () => {
    fc.assert(
      fc.property(fc.constantFrom(...contract.indicators), inTerm, fc.nat(2_000), fc.nat(2_000), (one, when, a, b) => {
        const figure = one.unit === 'rate' ? { count: Math.min(a, b), whole: Math.max(a, b) } : { count: a };
        const { state, short, forecast, actual } = standingOf(one, contract, figure, when);
        if (state === 'behind') expect(short).toBeGreaterThanOrEqual(0);
        else expect(short).toBe(0);
        if (state === 'behind' && one.unit !== 'rate') expect((forecast ?? 0) + short).toBe(one.target);
        if (state === 'met' && one.unit !== 'rate') expect(actual).toBeGreaterThanOrEqual(one.target);
        if (state === 'on_track') expect(forecast).toBeGreaterThanOrEqual(one.target);
      }),
    );
  });

  test('a rate of nothing is no rate; one late case of ten thousand is not 100 %', () => {
    const when = at('2025-07-01T12:00+08:00');
    expect(judge('guarantee', { count: 0, whole: 0 }, when).standing.state).toBe('no_data');
    const one = judge('guarantee', { count: 9_999, whole: 10_000 }, when);
    expect(one.standing).toMatchObject({ actual: 99.9, state: 'behind' });
    expect(judge('guarantee', { count: 10, whole: 10 }, when).standing).toMatchObject({ actual: 100, state: 'met' });
    expect(behindText(judge('satisfaction', { count: 8, whole: 10 }, when))).toBe(
      '服务对象满意度 80%，目标90%，低10个百分点',
    );
  });

  test('staff are a level: nobody grows by waiting', () => {
    const one = judge('social_workers', { count: 2 }, at('2025-04-01T12:00+08:00'));
    expect(one.standing).toMatchObject({ forecast: 2, state: 'behind', short: 1 });
    expect(behindText(one)).toBe('专职社工 2/3人，还差1人');
  });

  test('before the term nothing is said', () => {
    expect(judge('visits', { count: 0 }, from).standing).toMatchObject({ state: 'not_begun', forecast: null });
  });
});

describe('what is told', () => {
  const behind = (when: number): Judged[] =>
    contract.indicators.map(({ id }) => judge(id, { count: 0, whole: 1 }, when));

  test('evaluations are called to mind 60, 30, 14 and 7 days before, whatever the hour', () => {
    const days = [];
    for (let day = contract.term.fromDay; day <= contract.term.toDay; day += 1) {
      for (const minute of [0, 1_439]) {
        const when = atBeijingMinute(day, minute);
        if (paceOf(contract, [], when).some((one) => one.kind === 'evaluation')) days.push(day);
      }
    }
    const expected = contract.evaluations.flatMap(({ day }) => EVALUATION_REMINDERS.flatMap((n) => [day - n, day - n]));
    expect(days).toEqual(expected);
    expect(paceOf(contract, behind(at('2025-11-08T09:00+08:00')), at('2025-11-08T09:00+08:00'))[0]?.text).toBe(
      '距末期评估（11月15日）还有7天，尚有12项指标未达标',
    );
  });

  test('the pace weekly, daily in the 30 days before an evaluation, not in the first days', () => {
    const told = (day: string): boolean => isPaceDay(contract, at(`${day}T09:00+08:00`));
    expect(told('2025-03-03')).toBe(false); // Monday, two days in
    expect(told('2025-03-17')).toBe(true); // Monday
    expect(told('2025-03-18')).toBe(false);
    expect(told('2025-05-31')).toBe(true); // Saturday, 30 days before
    expect(told('2025-05-30')).toBe(false); // Friday
    expect(told('2025-07-01')).toBe(false);
    expect(told('2025-10-15')).toBe(false); // Wednesday, 31 days before
    expect(told('2025-10-16')).toBe(true);
    expect(told('2025-12-01')).toBe(false); // Monday after the term
    fc.assert(
      fc.property(
        inTerm,
        (when) => isPaceDay(contract, when) === isPaceDay(contract, atBeijingMinute(beijingDay(when), 0)),
      ),
    );
  });

  test('only what is behind, with the station it is for', () => {
    const when = at('2025-06-16T09:00+08:00');
    const judged = [judge('visits', { count: 10 }, when), judge('groups', { count: 5 }, when)];
    expect(paceOf(contract, judged, when)).toMatchObject([
      { kind: 'evaluation', text: '距中期评估（6月30日）还有14天，尚有1项指标未达标' },
      { kind: 'behind', contractId: 'xinhua-2025', stationId: 'xinhua', indicatorId: 'visits' },
    ]);
  });
});
