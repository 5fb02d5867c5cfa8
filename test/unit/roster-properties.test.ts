import fc from 'fast-check';
import { changeRotation } from '../../domain/roster/change';
import type { Roster, Rotation, Rung } from '../../domain/roster/model';
import { holderOf, isOn, onDuty, shiftAt, shiftStart } from '../../domain/roster/on-duty';
import { gaps, shifts, timeline } from '../../domain/roster/timeline';
import { beijing, fromWall, MINUTE } from '../../domain/zone';

const RUNG: Rung = { stationId: 'east', role: 'worker' };
/** A Monday, 09:00 in Beijing. */
const START = fromWall(2026, 11, 2, 9 * 60);
const roster = (more: Partial<Roster> = {}): Roster => {
  return { rotations: [], leaves: [], overrides: [], swaps: [], gone: [], ...more };
};
const who = (of: Roster, at: number): string[] => onDuty(of, RUNG, at).map((one) => one.staffId);
const override = (staffId: string, from: number, until: number, replaces?: string) => {
  return { ...RUNG, id: `o-${staffId}`, staffId, from, until, ...(replaces !== undefined && { replaces }) };
};

describe('always', () => {
  const staff = fc.constantFrom('a', 'b', 'c', 'd');
  const minutes = (most: number) => fc.integer({ min: 0, max: most }).map((n) => START + n * MINUTE);
  const span = fc
    .tuple(minutes(40 * 1_440), fc.integer({ min: 1, max: 10 * 1_440 }))
    .map(([from, length]) => ({ from, until: from + length * MINUTE }));
  const hours = fc.option(
    fc.array(
      fc.record({
        weekdays: fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1 }),
        fromMinute: fc.integer({ min: 0, max: 1_439 }),
        untilMinute: fc.integer({ min: 1, max: 1_440 }),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    { nil: undefined },
  );
  const rotation = fc.record({
    id: fc.constantFrom('r1', 'r2'),
    members: fc.uniqueArray(staff, { minLength: 1 }),
    shiftDays: fc.integer({ min: 1, max: 14 }),
    startsAt: minutes(3 * 1_440),
    hours,
  });
  const given = fc.record({
    rotations: fc.uniqueArray(rotation, { maxLength: 2, selector: (one) => one.id }),
    leaves: fc.array(fc.record({ staffId: staff, span }), { maxLength: 4 }),
    overrides: fc.array(fc.record({ staffId: staff, span, replaces: fc.option(staff, { nil: undefined }) }), {
      maxLength: 3,
    }),
    gone: fc.uniqueArray(staff, { maxLength: 1 }),
  });
  const made = given.map((one): Roster => ({
    rotations: one.rotations.map(({ hours: of, ...rest }) => ({ ...RUNG, ...rest, ...(of && { hours: of }) })),
    leaves: one.leaves.map((leave) => ({ staffId: leave.staffId, ...leave.span })),
    overrides: one.overrides.map(({ staffId, span: { from, until }, replaces }) =>
      override(staffId, from, until, replaces),
    ),
    swaps: [],
    gone: one.gone,
  }));

  test('a rotation that is on has exactly one person, unless all its members are away', () => {
    fc.assert(
      fc.property(made, minutes(50 * 1_440), (of, at) => {
        for (const one of of.rotations) {
          const alone = { ...of, rotations: [one], overrides: [] };
          const away = (id: string) =>
            of.gone.includes(id) || of.leaves.some((l) => l.staffId === id && l.from <= at && at < l.until);
          const wanted = isOn(one, at) && !one.members.every(away) ? 1 : 0;
          const found = onDuty(alone, RUNG, at);
          expect(found).toHaveLength(wanted);
          expect(found.filter((person) => away(person.staffId))).toEqual([]);
        }
      }),
    );
  });

  test('nobody is on duty twice, on leave, or gone', () => {
    fc.assert(
      fc.property(made, minutes(50 * 1_440), (of, at) => {
        const found = who(of, at);
        expect(new Set(found).size).toBe(found.length);
        expect(found.filter((id) => of.gone.includes(id))).toEqual([]);
        expect(of.leaves.filter((l) => found.includes(l.staffId) && l.from <= at && at < l.until)).toEqual([]);
      }),
    );
  });

  test('an override never empties a rung', () => {
    fc.assert(
      fc.property(made, minutes(50 * 1_440), (of, at) => {
        if (who({ ...of, overrides: [] }, at).length > 0) expect(who(of, at).length).toBeGreaterThan(0);
      }),
    );
  });

  test('the timeline has no hole, agrees with every moment, and gaps are what shifts leave', () => {
    fc.assert(
      fc.property(
        made,
        span,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 }),
        (of, time, at) => {
          const { from, until } = time;
          const spans = timeline(of, RUNG, from, until);
          expect(spans[0]?.from).toBe(from);
          expect(spans.at(-1)?.until).toBe(until);
          spans.slice(1).forEach((one, n) => expect(one.from).toBe(spans[n]?.until));
          const all = shifts(of, RUNG, from, until);
          const open = gaps(of, RUNG, from, until);
          for (const part of at) {
            const moment = Math.min(until - 1, Math.floor(from + part * (until - from)));
            const now = spans.find((one) => one.from <= moment && moment < one.until);
            expect(now?.people).toEqual(onDuty(of, RUNG, moment));
            const covering = all.filter((one) => one.from <= moment && moment < one.until).map((one) => one.staffId);
            expect(covering.sort()).toEqual(who(of, moment).sort());
            expect(open.some((one) => one.from <= moment && moment < one.until)).toBe(covering.length === 0);
          }
        },
      ),
    );
  });

  test('a change of a running rotation leaves the past and the running shift as they are, and no gap', () => {
    const change = fc.record({
      shiftDays: fc.option(fc.integer({ min: 1, max: 14 }), { nil: undefined }),
      handOverMinute: fc.option(fc.integer({ min: 0, max: 1_439 }), { nil: undefined }),
      members: fc.option(fc.uniqueArray(staff, { minLength: 1 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(rotation, change, minutes(30 * 1_440), minutes(80 * 1_440), (of, asked, now, at) => {
        const old: Rotation = { ...RUNG, ...of, hours: undefined };
        const changed = changeRotation(old, asked, now);
        if (!changed || changed.endsAt === undefined) return expect(old.startsAt).toBeGreaterThan(now);
        const { endsAt, next } = changed;
        expect(endsAt).toBeGreaterThan(now);
        expect([next.startsAt, beijing(next.startsAt).minuteOfDay]).toEqual([
          endsAt,
          asked.handOverMinute ?? beijing(old.startsAt).minuteOfDay,
        ]);
        const both = roster({
          rotations: [
            { ...old, endsAt },
            { ...next, id: 'next' },
          ],
        });
        const alone = roster({ rotations: [old] });
        if (at < endsAt) expect(who(both, at)).toEqual(who(alone, at));
        else expect(who(both, at)).toHaveLength(1);
        if (!asked.members && endsAt === shiftStart(old, shiftAt(old, endsAt))) {
          expect(who(both, endsAt)).toEqual(who(alone, endsAt));
        }
      }),
    );
  });

  test('swaps leave everybody as many shifts as before', () => {
    const swap = fc.record({ one: fc.nat(11), other: fc.nat(11) });
    fc.assert(
      fc.property(fc.uniqueArray(staff, { minLength: 2 }), fc.array(swap, { maxLength: 8 }), (members, asked) => {
        const of: Rotation = { ...RUNG, id: 'r', members, shiftDays: 7, startsAt: START };
        let swaps: Roster['swaps'] = [];
        const holder = (n: number) => holderOf(roster({ rotations: [of], swaps }), of, n) ?? '';
        const count = () => Array.from({ length: 12 }, (_, n) => holder(n)).sort();
        const before = count();
        for (const [n, { one, other }] of asked.entries()) {
          const held = (shift: number) => ({ rotationId: 'r', shift, staffId: holder(shift) });
          swaps = [...swaps, { id: `s${n}`, one: held(one), other: held(other) }];
        }
        expect(count()).toEqual(before);
      }),
    );
  });

  test('a hand-over is at the rotation’s Beijing minute, however far off', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1_439 }),
        fc.integer({ min: 1, max: 28 }),
        fc.nat(2_000),
        (minute, days, n) => {
          const of = { startsAt: fromWall(2026, 1, 1, minute), shiftDays: days };
          const at = shiftStart(of, n);
          expect(beijing(at).minuteOfDay).toBe(minute);
          expect([shiftAt(of, at - 1), shiftAt(of, at)]).toEqual([n - 1, n]);
        },
      ),
    );
  });
});
