/** The desk pages' own arithmetic: the calendar's grid, picks of shifts, a record's beginnings, the burn-up, the policy's files. */
import fc from 'fast-check';
import { atBeijingMinute, beijing, beijingDay, DAY } from '../../../domain/zone';
import { SERVICE_KINDS } from '../../../domain/services/kinds';
import type { DutyShift } from '../../../web/src/api/types';
import { dateText, dayOfText, monthOf, partOn, shiftMonth, spanOf, weeksOf } from '../../../web/src/lib/month';
import en from '../../../web/src/locales/desk/en.json';
import zh from '../../../web/src/locales/desk/zh-CN.json';
import { burnUp } from '../../../web/src/pages/indicators/burn-up';
import { fileNames, lineSpan, textOf, withText } from '../../../web/src/pages/policy/files';
import { joined, keyOf, pick, swapOf, whyNotPair } from '../../../web/src/pages/roster/picks';
import { asksFor, begin, bodyOf, formOf, missing, withChildren } from '../../../web/src/pages/services/form';

const month = fc.record({ year: fc.integer({ min: 2000, max: 2099 }), month: fc.integer({ min: 1, max: 12 }) });

test('a month’s grid: whole weeks from Monday, day after day, with every day of the month once and marked so', () => {
  fc.assert(
    fc.property(month, (one) => {
      const weeks = weeksOf(one);
      const days = weeks.flat();
      expect(weeks.every((week) => week.length === 7)).toBe(true);
      expect(weeks.length).toBeGreaterThanOrEqual(4);
      expect(weeks.length).toBeLessThanOrEqual(6);
      for (const [n, { day, number, inMonth }] of days.entries()) {
        const wall = beijing(atBeijingMinute(day, 720));
        if (n > 0) expect(day).toBe((days[n - 1]?.day ?? 0) + 1);
        expect(wall.weekday).toBe((n + 1) % 7);
        expect([wall.day, wall.year === one.year && wall.month === one.month]).toEqual([number, inMonth]);
      }
      const own = days.filter(({ inMonth }) => inMonth).map(({ number }) => number);
      expect(own).toEqual(Array.from({ length: own.length }, (_, n) => n + 1));
      expect(own.length).toBe(new Date(Date.UTC(one.year, one.month, 0)).getUTCDate());
    }),
  );
});

test('months go on and back', () => {
  fc.assert(
    fc.property(month, fc.integer({ min: -30, max: 30 }), (one, by) => {
      expect(shiftMonth(shiftMonth(one, by), -by)).toEqual(one);
      const { from } = spanOf(weeksOf(one));
      expect(monthOf(from + 10 * DAY)).toEqual(one);
    }),
  );
});

test('the parts of a span on its days add up to it, and days are texts and back', () => {
  const start = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2040, 0) });
  fc.assert(
    fc.property(start, fc.integer({ min: 1, max: 30 * DAY }), (from, long) => {
      const span = { from, until: from + long };
      const [first, last] = [beijingDay(from), beijingDay(span.until)];
      let minutes = 0;
      for (let day = first - 1; day <= last + 1; day += 1) {
        const part = partOn(span, day);
        minutes += part ? part.until - part.from : 0;
        expect(dayOfText(dateText(day))).toBe(day);
      }
      expect(minutes * 60_000).toBeCloseTo(long, 3);
    }),
  );
  expect(dayOfText('2026-1-1')).toBeUndefined();
});

const NOW = Date.parse('2026-12-01T00:00:00Z');
const shift = fc
  .record({
    staffId: fc.constantFrom('a', 'b', 'c'),
    n: fc.integer({ min: -3, max: 6 }),
    kind: fc.constantFrom('rotation', 'swap', 'stand_in', 'override'),
  })
  .map(({ staffId, n, kind }): DutyShift => {
    const turn = { rotationId: 'r', shift: n + 3 };
    const why = {
      rotation: { kind: 'rotation' as const, ...turn },
      swap: { kind: 'swap' as const, ...turn, swapId: 's', insteadOf: 'z' },
      stand_in: { kind: 'stand_in' as const, ...turn, insteadOf: 'z' },
      override: { kind: 'override' as const, overrideId: 'o', insteadOf: [] },
    }[kind as 'rotation'];
    const at = (day: number): string => new Date(NOW + day * DAY).toISOString();
    return { staffId, name: staffId, reason: '', why, from: at(n), until: at(n + 1) };
  });

test('picks: two at most, the same one again lets go, the last ones stay', () => {
  fc.assert(
    fc.property(fc.array(shift, { maxLength: 12 }), (all) => {
      let picked: DutyShift[] = [];
      for (const one of all) {
        const before = picked;
        picked = pick(before, one);
        const had = before.some((other) => keyOf(other) === keyOf(one));
        expect(picked.some((other) => keyOf(other) === keyOf(one))).toBe(!had);
        expect(picked.length).toBeLessThanOrEqual(2);
        expect(new Set(picked.map(keyOf)).size).toBe(picked.length);
      }
    }),
  );
});

test('a pair may be exchanged in either order or in none; what is offered has not begun, is a turn, and is of two people', () => {
  fc.assert(
    fc.property(shift, shift, fc.boolean(), (one, other, edits) => {
      const who = { staffId: 'a', edits, now: NOW };
      const no = whyNotPair(one, other, who);
      expect(no === undefined).toBe(whyNotPair(other, one, who) === undefined);
      if (no !== undefined) return;
      for (const { from, why } of [one, other]) {
        expect(Date.parse(from)).toBeGreaterThan(NOW);
        expect(['rotation', 'swap']).toContain(why.kind);
      }
      expect(one.staffId).not.toBe(other.staffId);
      if (!edits) expect([one.staffId, other.staffId]).toContain('a');
      const sent = swapOf(one, other, 'a');
      const mine = other.staffId === 'a' ? other : one;
      expect(sent?.mine).toMatchObject({ shift: mine.why.kind === 'override' ? NaN : mine.why.shift });
    }),
  );
});

test('lines of a day: turns of one person that follow on one another are one', () => {
  const at = (from: number, until: number, staffId: string, n: number) => ({
    part: { from, until },
    shift: {
      staffId,
      name: staffId,
      reason: '',
      why: { kind: 'rotation' as const, rotationId: 'r', shift: n },
      from: '',
      until: '',
    },
  });
  const lines = joined([at(0, 540, 'a', 1), at(0, 1_440, 'b', 1), at(540, 1_440, 'a', 2)]);
  expect(lines.map(({ shift: one, part }) => [one.staffId, part.from, part.until])).toEqual([
    ['a', 0, 1_440],
    ['b', 0, 1_440],
  ]);
  expect(lines[0]?.shift.why).toMatchObject({ shift: 2 });
  expect(joined([at(0, 540, 'a', 1), at(540, 1_440, 'b', 2)])).toHaveLength(2);
});

test.each(SERVICE_KINDS)('%s begins in the past, and lacks only what nobody can guess', (kind) => {
  const form = begin(kind, NOW, 'group');
  expect(form.at + form.minutes * 60_000).toBeLessThanOrEqual(NOW);
  const unknown = {
    casework: ['childIds'],
    community_event: ['title'],
    publicity_training: ['title'],
    satisfaction: ['answers'],
  };
  expect(missing(form, NOW)).toEqual((unknown as Record<string, string[]>)[kind] ?? []);
  const body = bodyOf(form);
  expect('title' in body).toBe(asksFor(kind).title);
  expect('groupId' in body).toBe(kind === 'group_session');
});

test('children who are named are not counted again', () => {
  fc.assert(
    fc.property(fc.nat(5), fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 4 }), (headCount, ids) => {
      const form = { ...begin('visit', NOW), headCount };
      const named = withChildren(form, ids);
      expect(named.headCount + named.childIds.length).toBe(Math.max(headCount, ids.length));
    }),
  );
  expect(missing({ ...begin('visit', NOW), headCount: 0 }, NOW)).toEqual(['headCount']);
  expect(missing({ ...begin('visit', NOW), minutes: 0, at: NaN }, NOW)).toEqual(['minutes', 'at']);
});

test('a burn-up stays in its frame, goes on in time, and what is more stands higher', () => {
  const points = fc.array(fc.record({ at: fc.integer({ min: 0, max: 100 }), actual: fc.option(fc.nat(1_000)) }), {
    maxLength: 15,
  });
  fc.assert(
    fc.property(points, fc.integer({ min: 1, max: 500 }), (all, target) => {
      const sorted = all.toSorted((a, b) => a.at - b.at);
      const { line, target: goal } = burnUp(sorted, { from: 10, until: 90 }, target);
      expect(goal).toBeLessThan(1);
      const known = sorted.filter(({ actual }) => actual !== null);
      for (const [n, { x, y }] of line.entries()) {
        expect([x >= 0 && x <= 1, y >= 0 && y < 1]).toEqual([true, true]);
        if (n > 0) expect(x).toBeGreaterThanOrEqual(line[n - 1]?.x ?? 0);
        expect(y >= goal).toBe((known[n]?.actual ?? 0) >= target);
      }
    }),
  );
});

test('files of a policy: each text is found under its name and changed alone; a line is where the checker says', () => {
  const files = { base: 'a\nb: 1\nc', types: { missing: 'x', neglect: 'y' } };
  expect(fileNames(files)).toEqual(['base.yaml', 'types/missing.yaml', 'types/neglect.yaml']);
  for (const name of fileNames(files)) {
    const changed = withText(files, name, 'new');
    for (const other of fileNames(files))
      expect(textOf(changed, other)).toBe(other === name ? 'new' : textOf(files, other));
  }
  expect(files.base.slice(...lineSpan(files.base, 2))).toBe('b: 1');
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-z ]*$/), { minLength: 1 }), fc.nat(), (lines, at) => {
      const line = (at % lines.length) + 1;
      expect(lines.join('\n').slice(...lineSpan(lines.join('\n'), line))).toBe(lines[line - 1]);
    }),
  );
});

const keys = (words: object, path = ''): string[] =>
  Object.entries(words).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null
      ? keys(value, `${path}${key}.`)
      : [`${path}${key}`.replace(/_(one|other)$/, '')],
  );

test('English says everything that Chinese says, on the desk pages too', () => {
  expect(new Set(keys(en))).toEqual(new Set(keys(zh)));
});

test('a record that came back is put right as it was written: the same is sent again, with the same colleagues', () => {
  const words = fc.string({ minLength: 1, maxLength: 20 }).map((text) => text.trim());
  fc.assert(
    fc.property(
      fc.constantFrom(...SERVICE_KINDS),
      fc.record({
        ...{ title: words, note: words, groupId: words, minutes: fc.integer({ min: 1, max: 1_440 }) },
        ...{ headCount: fc.nat(300), answers: fc.nat(50), satisfied: fc.nat(50) },
        childIds: fc.uniqueArray(fc.uuid(), { maxLength: 3 }),
        others: fc.uniqueArray(fc.uuid(), { maxLength: 3 }),
      }),
      (kind, written) => {
        const body = bodyOf({ ...begin(kind, Date.parse('2026-06-01T10:00:00Z')), ...written }, 'self');
        expect(body.staffIds).toEqual(written.others.length > 0 ? ['self', ...written.others] : undefined);
        expect(bodyOf(formOf(body, 'self'), 'self')).toEqual(body);
      },
    ),
  );
});
