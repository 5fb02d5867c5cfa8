/** The arithmetic of the figures: percentiles, rates, what is hidden, and tables that add up. */
import fc from 'fast-check';
import { CASE_TYPES, RISKS } from '../../../domain/model';
import { ageOf, LEAST_SHOWN, percentile, rateOf, shownRows } from '../../../domain/figures/figures';
import { ALL, type Figures, tablesOf, withoutSmall } from '../../../domain/figures/tables';
import { DAY } from '../../../domain/zone';
import { writeCsv } from '../../../runtime/csv';

const values = fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 1, maxLength: 60 });

test('a percentile is one of the values, at least the share lies at or below it, and less below the next smaller one', () => {
  fc.assert(
    fc.property(values, fc.double({ min: 0.01, max: 1, noNaN: true }), (all, share) => {
      const found = percentile(all, share) ?? NaN;
      expect(all).toContain(found);
      expect(all.filter((one) => one <= found).length).toBeGreaterThanOrEqual(share * all.length - 1e-9);
      expect(all.filter((one) => one < found).length).toBeLessThan(share * all.length);
    }),
  );
  expect(percentile([], 0.5)).toBeUndefined();
  expect(percentile([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.9)).toBe(9);
  expect(percentile([30, 10, 20], 0.5)).toBe(20);
});

test('a rate never says a hundred while one is missing, nor zero while there is a thousandth', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100_000 }), fc.nat(), (whole, part) => {
      const rate = rateOf(part % (whole + 1), whole) ?? NaN;
      expect(rate === 100).toBe(part % (whole + 1) === whole);
      expect(rate).toBeLessThanOrEqual(((part % (whole + 1)) / whole) * 100 + 1e-9);
    }),
  );
  expect(rateOf(0, 0)).toBeNull();
});

test.each([
  [0, 'day'],
  [DAY - 1, 'day'],
  [DAY, 'week'],
  [30 * DAY, 'quarter'],
  [4_000 * DAY, 'longer'],
])('%i ms open', (ms, age) => expect(ageOf(ms)).toBe(age));

const counts = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 9 });

test('nothing small is shown, and what is hidden does not follow from the total', () => {
  fc.assert(
    fc.property(counts, (all) => {
      const shown = shownRows(all);
      const hidden = all.filter((_one, index) => !shown[index]);
      const together = hidden.reduce((sum, one) => sum + one, 0);
      for (const [index, count] of all.entries())
        if (shown[index]) expect([0, ...all.filter((one) => one >= LEAST_SHOWN)]).toContain(count);
      const others = all.some((one, index) => shown[index] && one > 0);
      if (hidden.length > 0 && others) {
        expect(hidden.length).toBeGreaterThan(1);
        expect(together).toBeGreaterThanOrEqual(LEAST_SHOWN);
      }
    }),
  );
  expect(shownRows([9, 8, 2])).toEqual([true, false, false]);
  expect(shownRows([9, 8])).toEqual([true, true]);
});

const risk = fc.constantFrom(...RISKS);
const type = fc.constantFrom(...CASE_TYPES);
const after = fc.option(fc.integer({ min: 0, max: 90 * DAY }));
const figures: fc.Arbitrary<Figures> = fc.record({
  steps: fc.array(
    fc.record({
      kind: fc.constantFrom('acknowledge', 'first_contact', 'visit'),
      ...{ type, risk, inTime: fc.nat(9), late: fc.nat(9), cases: fc.integer({ min: 1, max: 9 }) },
    }),
  ),
  contacts: fc.array(fc.record({ type, risk, after })),
  open: fc.array(fc.record({ risk, age: fc.integer({ min: 0, max: 400 * DAY }) })),
  alerts: fc.array(fc.record({ risk, caseId: fc.constantFrom('a', 'b', 'c'), after, over: fc.boolean() })),
  referrals: fc.array(
    fc.record({
      partnerId: fc.constantFrom('p', 'q'),
      name: fc.constant('派出所'),
      caseId: fc.constantFrom('a', 'b'),
      after,
      verdict: fc.constantFrom('in_time', 'late', 'declined', 'waiting', 'unanswered', 'revoked'),
    }),
  ),
});
const ADDS_UP = ['due', 'in_time', 'late', 'count', 'waiting', 'sent', 'answered', 'unanswered', 'declined', ...RISKS];

test('the row of everything is the sum of the others, in every table', () => {
  fc.assert(
    fc.property(figures, (found) => {
      for (const { columns, rows } of tablesOf(found)) {
        const whole = rows.find(({ key }) => key === ALL);
        for (const [n, column] of columns.entries()) {
          if (!ADDS_UP.includes(column)) continue;
          const parts = rows.filter(({ key }) => key !== ALL).reduce((sum, { values }) => sum + (values[n] ?? 0), 0);
          expect(parts).toBe(whole?.values[n] ?? 0);
        }
      }
    }),
  );
});

test('without small numbers no row stands for fewer than five cases', () => {
  fc.assert(
    fc.property(figures, (found) => {
      for (const one of tablesOf(found).map(withoutSmall))
        for (const { cases, values } of one.rows)
          if (cases < LEAST_SHOWN) expect(values.every((value) => value === null)).toBe(true);
    }),
  );
});

test('no cell of a CSV is a formula, and every cell is read back as it was', () => {
  const text = fc.string({
    unit: fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', '"', ',', ' ', '甲', 'a', '＝'),
  });
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), (row) => {
      const line = writeCsv([row])
        .replace(/^\uFEFF/, '')
        .replace(/\r\n$/, '');
      const cells = read(line);
      expect(cells.map((one) => one.replace(/^'/, ''))).toEqual(row.map((one) => one.replace(/^'/, '')));
      for (const one of cells) expect(/^\s*[=+\-@＝]/.test(one)).toBe(false);
    }),
  );
});

/** One record of RFC 4180. */
function read(line: string): string[] {
  const cells: string[] = [];
  let rest = `${line},`;
  while (rest !== '') {
    const quoted = /^"((?:[^"]|"")*)",/.exec(rest);
    const plain = quoted ? undefined : /^([^",]*),/.exec(rest);
    const [whole = rest, cell = ''] = quoted ?? plain ?? [];
    cells.push(quoted ? cell.replaceAll('""', '"') : cell);
    rest = rest.slice(whole.length);
  }
  return cells;
}
