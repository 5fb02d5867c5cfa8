import fc from 'fast-check';
import { decide, leftOf, usedOf, type Limit, type Priority, type Use } from '../../domain/budget';
import { TENCENT_LIMITS, parseLimits, shortfalls, tooTight } from '../../domain/limits';
import type { Ladder } from '../../domain/alert';
import { loadPolicies } from '../../store/policies';
import { POLICIES } from '../api/deliver-rig';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const T0 = Date.parse('2026-03-02T00:00:00+08:00');
const at = (beijing: string) => Date.parse(`2026-03-02T${beijing}+08:00`);
const limitsOf = (text: string): Limit[] => parseLimits(text) ?? [];

const term = fc.oneof(
  fc
    .tuple(fc.integer({ min: 1, max: 90 }), fc.constantFrom('s', 'm', 'h'), fc.integer({ min: 1, max: 6 }))
    .map(([n, unit, most]) => `${n}${unit}:${most}`),
  fc.integer({ min: 1, max: 12 }).map((most) => `day:${most}`),
  fc.integer({ min: 1, max: 3 }).map((most) => `night:${most}`),
  fc.integer({ min: 1, max: 2 }).map((most) => `same:30s:${most}`),
);
const someLimits = fc.array(term, { minLength: 1, maxLength: 4 }).map((terms) => limitsOf(terms.join(',')));
const asked = fc.record({
  at: fc.integer({ min: 0, max: 60 * 3_600 }).map((second) => T0 + second * SECOND),
  priority: fc.constantFrom<Priority>('critical', 'normal', 'information'),
  content: fc.constantFrom('a', 'b', 'c'),
});

/** What goes out of a sequence, in whatever order it comes. */
function letThrough(limits: Limit[], sequence: (Use & { priority: Priority })[]): (Use & { priority: Priority })[] {
  const uses: (Use & { priority: Priority })[] = [];
  for (const one of sequence) if (decide(limits, uses, one.at, one).free) uses.push(one);
  return uses;
}

describe('limits as text', () => {
  test("Tencent's own are read, and off is none", () => {
    expect(limitsOf(TENCENT_LIMITS.sms)).toEqual([
      { name: 'same:30s', window: { kind: 'rolling', ms: 30 * SECOND }, most: 1, same: true },
      { name: 'day', window: { kind: 'day' }, most: 2, same: false },
    ]);
    expect(limitsOf(TENCENT_LIMITS.voice).map(({ name, most }) => `${name} ${most}`)).toEqual([
      '30s 1',
      '10m 2',
      'day 5',
      'night 1',
    ]);
    expect(parseLimits('off')).toEqual([]);
  });

  test.each(['', 'day', 'day:0', '0s:1', '30:1', 'same:1', 'week:3', '25h:1', 'day:2;30s:1'])('%j is none', (text) => {
    expect(parseLimits(text)).toBeUndefined();
  });
});

describe('decide', () => {
  test('never more than a limit in any window, in whatever order messages come', () => {
    fc.assert(
      fc.property(someLimits, fc.array(asked, { maxLength: 60 }), (limits, sequence) => {
        const gone = letThrough(limits, sequence);
        for (const limit of limits) {
          for (const { at: from, content } of gone) {
            const { window, same, most } = limit;
            const counted = gone.filter((use) => !same || use.content === content);
            const inside =
              window.kind === 'rolling'
                ? counted.filter((use) => use.at >= from && use.at < from + window.ms).length
                : usedOf(limit, counted, from, content);
            expect(inside).toBeLessThanOrEqual(most);
          }
        }
      }),
    );
  });

  test('a critical message is never refused while a unit remains', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.array(asked, { maxLength: 40 }), (most, sequence) => {
        const limits = limitsOf(`day:${most}`);
        const gone = letThrough(limits, sequence);
        for (const moment of [T0 + HOUR, T0 + 30 * HOUR]) {
          const left = limits.reduce((least, limit) => Math.min(least, leftOf(limit, gone, moment)), Infinity);
          const { free } = decide(limits, gone, moment, { priority: 'critical', content: 'd' });
          expect(free).toBe(left > 0);
        }
      }),
    );
  });

  test('the last of a day is kept for a critical one, and half of it for those who have to act', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 12 }), fc.array(asked, { maxLength: 60 }), (most, sequence) => {
        const limits = limitsOf(`day:${most}`);
        const gone = letThrough(
          limits,
          sequence.map((one) => ({ ...one, at: T0 + (one.at % HOUR) })),
        );
        const of = (...which: Priority[]) => gone.filter((one) => which.includes(one.priority)).length;
        expect(of('normal', 'information')).toBeLessThan(most);
        expect(of('information')).toBeLessThanOrEqual(most / 2);
      }),
    );
  });

  test('the wait is exact and minimal', () => {
    fc.assert(
      fc.property(someLimits, fc.array(asked, { maxLength: 40 }), asked, (limits, sequence, one) => {
        const gone = letThrough(limits, sequence);
        const verdict = decide(limits, gone, one.at, one);
        if (verdict.free) return;
        const { waitMs } = verdict;
        if (waitMs === Infinity) {
          expect(decide(limits, [], one.at, one).free).toBe(false);
          return;
        }
        expect(waitMs).toBeGreaterThan(0);
        expect(decide(limits, gone, one.at + waitMs, one).free).toBe(true);
        for (const less of [1, waitMs / 2, waitMs / 3, waitMs].map(Math.floor)) {
          if (less > 0) expect(decide(limits, gone, one.at + waitMs - less, one).free).toBe(false);
        }
      }),
    );
  });

  test.each([
    ['2 a day', 'day:2', ['09:00:00', '10:00:00'], '11:00:00', 13 * HOUR, 'day'],
    ['the last is kept', 'day:2', ['09:00:00'], '11:00:00', 13 * HOUR, 'day'],
    ['30 s', '30s:1', ['11:00:00'], '11:00:10', 20 * SECOND, '30s'],
    ['one a night', 'night:1', ['23:00:00'], '23:30:00', 8.5 * HOUR, 'night'],
    ['the longer of two', '30s:1,1h:1', ['11:00:00'], '11:00:10', HOUR - 10 * SECOND, '1h'],
  ])('%s', (_, text, gone, now, waitMs, limit) => {
    const uses = gone.map((time) => ({ at: at(time), content: time }));
    const one = { priority: 'normal', content: 'x' } as const;
    expect(decide(limitsOf(text), uses, at(now), one)).toEqual({ free: false, waitMs, limit });
  });

  test('the same words to another person of the day are no matter, twice in 30 s they are', () => {
    const uses = [{ at: at('11:00:00'), content: 'a' }];
    const limits = limitsOf('same:30s:1');
    expect(decide(limits, uses, at('11:00:10'), { priority: 'normal', content: 'b' })).toEqual({ free: true });
    expect(decide(limits, uses, at('11:00:10'), { priority: 'critical', content: 'a' })).toMatchObject({
      waitMs: 20 * SECOND,
    });
  });

  test('somebody whose limits leave nothing but for critical cases waits for ever', () => {
    expect(decide(limitsOf('day:1'), [], at('11:00:00'), { priority: 'normal', content: 'a' })).toMatchObject({
      free: false,
      waitMs: Infinity,
    });
  });
});

describe('what the policy needs', () => {
  const { current } = loadPolicies(POLICIES);
  test("Tencent's two a day are too few for the shipped ladders, and the warning says what to raise", () => {
    const [warning, ...more] = tooTight(current, TENCENT_LIMITS);
    expect(warning).toBe(
      'texts: the limit "day" lets 2 through to one phone, a case that nobody answers needs 10: raise it at Tencent Cloud, then in SMS_LIMITS',
    );
    expect(more).toEqual([]);
    expect(tooTight(current, { sms: 'same:30s:1,1h:5,day:10', voice: TENCENT_LIMITS.voice })).toEqual([]);
    expect(tooTight(current, { sms: 'off' })).toEqual([]);
    expect(tooTight(current, {})).toEqual([]);
  });

  test('an hour is compared with what a round sends in it; calls only where a ladder calls', () => {
    const ladder: Ladder = {
      rungs: [{ to: 'worker', afterMs: 0, channels: ['sms', 'voice'] }],
      repeatMs: 15 * MINUTE,
      ackBuysMs: HOUR,
      deliverWithinMs: MINUTE,
    };
    expect(shortfalls(limitsOf('1h:3,10m:1'), 'sms', [ladder])).toEqual([{ limit: '1h', most: 3, needs: 4 }]);
    expect(shortfalls(limitsOf(TENCENT_LIMITS.voice), 'voice', [ladder]).map(({ limit }) => limit)).toEqual([
      'day',
      'night',
    ]);
  });
});
