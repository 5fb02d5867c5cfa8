/** Why nobody is on duty. */
import fc from 'fast-check';
import type { Leave, Roster, Rotation, Rung } from '../../domain/roster/model';
import { explainedGaps, whyEmpty } from '../../domain/roster/gap';
import { gaps } from '../../domain/roster/timeline';
import { DAY, HOUR } from '../../domain/zone';

const RUNG: Rung = { stationId: 's', role: 'worker' };
const START = Date.parse('2026-12-01T09:00:00+08:00');
const rotation = (more: Partial<Rotation> = {}): Rotation => ({
  ...{ id: 'r', stationId: 's', role: 'worker', members: ['a', 'b'], shiftDays: 1, startsAt: START },
  ...more,
});
const roster = (rotations: Rotation[], leaves: Leave[] = []): Roster => ({
  ...{ rotations, leaves, overrides: [], swaps: [], gone: [] },
});
const away = (staffId: string): Leave => ({ staffId, from: START, until: START + 2 * DAY });
const nights = [{ weekdays: [0, 1, 2, 3, 4, 5, 6], fromMinute: 18 * 60, untilMinute: 24 * 60 }];

test.each([
  ['no_rotation', roster([]), START],
  ['not_begun', roster([rotation()]), START - HOUR],
  ['ended', roster([rotation({ endsAt: START + DAY })]), START + 2 * DAY],
  ['outside_hours', roster([rotation({ hours: nights })]), START + HOUR],
  ['all_away', roster([rotation()], [away('a'), away('b')]), START + HOUR],
] as const)('%s', (cause, one, at) => expect(whyEmpty(one, RUNG, at).cause).toBe(cause));

test('everybody away is named', () => {
  expect(whyEmpty(roster([rotation()], [away('a'), away('b')]), RUNG, START).away).toEqual(['a', 'b']);
});

test('explained gaps are the gaps, cut only where the reason changes', () => {
  const leave = fc.record({
    staffId: fc.constantFrom('a', 'b'),
    from: fc.integer({ min: 0, max: 60 }).map((n) => START + n * 3 * HOUR),
    hours: fc.integer({ min: 1, max: 60 }),
  });
  const some = fc.record({
    leaves: fc.array(leave, { maxLength: 5 }),
    hours: fc.constantFrom(undefined, nights),
    ends: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
  });
  fc.assert(
    fc.property(some, ({ leaves, hours, ends }) => {
      const made = roster(
        [rotation({ ...(hours && { hours }), ...(ends !== undefined && { endsAt: START + ends * DAY }) })],
        leaves.map(({ staffId, from, hours: long }) => ({ staffId, from, until: from + long * HOUR })),
      );
      const [from, until] = [START - 2 * DAY, START + 10 * DAY];
      const cut = explainedGaps(made, RUNG, from, until);
      const joined: { from: number; until: number }[] = [];
      for (const { from: begin, until: end } of cut) {
        const last = joined.at(-1);
        if (last?.until === begin) last.until = end;
        else joined.push({ from: begin, until: end });
      }
      expect(joined).toEqual(gaps(made, RUNG, from, until));
    }),
  );
});
