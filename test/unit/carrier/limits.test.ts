import fc from 'fast-check';
import { beijingDay, beijingNight } from '../../../sandbox/carrier/beijing';
import { FrequencyLimits } from '../../../sandbox/carrier/limits';

const PHONE = '+8613800138000';
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const at = (beijing: string) => Date.parse(`2026-03-02T${beijing}+08:00`);

describe('limits of texts', () => {
  const limits = new FrequencyLimits();
  const text = (content: string, ms: number) => {
    const refused = limits.refusesText(PHONE, content, ms);
    if (refused === undefined) limits.countText(PHONE, content, ms);
    return refused;
  };
  beforeEach(() => {
    limits.set('off');
    limits.set('default');
  });

  it('same content once in 30 s', () => {
    expect(text('a', at('10:00:00'))).toBeUndefined();
    expect(text('a', at('10:00:29'))).toBe('LimitExceeded.PhoneNumberThirtySecondLimit');
    expect(text('a', at('10:00:30'))).toBeUndefined();
  });

  it('two a calendar day in Beijing', () => {
    expect(text('a', at('23:58:00'))).toBeUndefined();
    expect(text('b', at('23:59:00'))).toBeUndefined();
    expect(text('c', at('23:59:59'))).toBe('LimitExceeded.PhoneNumberDailyLimit');
    expect(text('c', at('23:59:59') + SECOND)).toBeUndefined();
  });

  it('never lets more than two a day through, whatever comes when', () => {
    const moments = fc.array(fc.tuple(fc.integer({ min: 0, max: 72 * 3600 }), fc.constantFrom('a', 'b', 'c')));
    fc.assert(
      fc.property(moments, (sent) => {
        limits.set('off');
        limits.set('default');
        const days = new Map<string, number>();
        for (const [second, content] of sent.sort(([a], [b]) => a - b)) {
          const ms = at('00:00:00') + second * SECOND;
          if (text(content, ms) === undefined) days.set(beijingDay(ms), (days.get(beijingDay(ms)) ?? 0) + 1);
        }
        expect(Math.max(0, ...days.values())).toBeLessThanOrEqual(2);
      }),
    );
  });
});

describe('limits of calls', () => {
  const limits = new FrequencyLimits();
  const call = (ms: number, kind: 'tts' | 'code' = 'tts') => {
    const free = limits.refusesCall(PHONE, kind, ms) === undefined;
    if (free) limits.countCall(PHONE, ms);
    return free;
  };
  beforeEach(() => {
    limits.set('off');
    limits.set('default');
  });

  it('once in 30 s and twice in 10 min', () => {
    const start = at('10:00:00');
    const seconds = [0, 29, 30, 599, 600];
    expect(seconds.map((s) => call(start + s * SECOND))).toEqual([true, false, true, false, true]);
  });

  it('five notifications a day, three codes', () => {
    const hours = [8, 9, 10, 11, 12, 13];
    const day = at('00:00:00');
    expect(hours.map((h) => call(day + h * HOUR))).toEqual([true, true, true, true, true, false]);
    limits.set('off');
    limits.set('default');
    expect(hours.map((h) => call(day + h * HOUR, 'code'))).toEqual([true, true, true, false, false, false]);
  });

  it('once a night, which runs from 22:00 to 08:00 over midnight', () => {
    const evening = at('22:00:00');
    expect(call(evening - MINUTE)).toBe(true);
    expect(call(evening + HOUR)).toBe(true);
    expect(call(evening + 3 * HOUR)).toBe(false);
    expect(call(evening + 10 * HOUR - SECOND)).toBe(false);
    expect(call(evening + 10 * HOUR)).toBe(true);
  });

  it('nothing while off', () => {
    limits.set('off');
    expect([0, 1, 2, 3].map((s) => call(at('23:00:00') + s))).toEqual([true, true, true, true]);
  });
});

describe('beijingNight', () => {
  it('is named by the day it began', () => {
    expect(beijingNight(at('21:59:59'))).toBeUndefined();
    expect(beijingNight(at('22:00:00'))).toBe('2026-03-02');
    expect(beijingNight(at('07:59:59') + 24 * HOUR)).toBe('2026-03-02');
    expect(beijingNight(at('08:00:00'))).toBeUndefined();
  });
});
