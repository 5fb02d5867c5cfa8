/** policies/access.yaml: what ships is whole, what is wrong is named, and years are years. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { keptUntil, parseAccessPolicy, RETENTION_KINDS, retentionKindOf } from '../../domain/access-policy';
import { PolicyInvalid } from '../../domain/policy';
import { PROJECT } from '../../sandbox/config';

const text = readFileSync(join(PROJECT, 'policies/access.yaml'), 'utf8');
const problems = (changed: string) => {
  try {
    parseAccessPolicy(changed, 'a.yaml');
    return [];
  } catch (error) {
    if (error instanceof PolicyInvalid) return error.problems.map(({ line, path, expected }) => [line, path, expected]);
    throw error;
  }
};

test('every kind has years and a basis; break-glass ends within a day', () => {
  const { retention, glassMs, odd } = parseAccessPolicy(text, 'a.yaml');
  expect([...retention.keys()].sort()).toEqual([...RETENTION_KINDS].sort());
  expect([glassMs, odd]).toEqual([7_200_000, { files: 30, refusals: 10, ownName: 1 }]);
});

test('a kind that nobody settled, or settled twice, and wrong figures are named with their line', () => {
  expect(problems(text.replace('kinds: [drill]', 'kinds: [neglect]'))).toEqual([
    [expect.any(Number), 'retention[3].kinds', 'neglect once'],
    [expect.any(Number), 'retention', 'years for drill'],
  ]);
  expect(problems(text.replace('break_glass_minutes: 120', 'break_glass_minutes: 0'))).toMatchObject([
    [expect.any(Number), 'break_glass_minutes', expect.any(String)],
  ]);
  expect(problems(text.replace('years: 3\n', 'years: 0\n'))).toMatchObject([
    [expect.any(Number), 'retention[2].years', expect.any(String)],
  ]);
  expect(problems(`${text}\nmore: 1`)).toMatchObject([[expect.any(Number), 'more', 'no such word here']]);
});

test('nothing is erased before as many years have passed, nor kept a week longer than that', () => {
  const basis = { kind: 'legal', text: 'x' } as const;
  const YEAR = 365 * 86_400_000;
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4e12 }), fc.integer({ min: 1, max: 100 }), (from, years) => {
      const kept = keptUntil(from, { years, basis }) - from;
      expect(kept).toBeGreaterThanOrEqual(years * YEAR);
      expect(kept).toBeLessThanOrEqual(years * YEAR + (years / 4 + 2) * 86_400_000);
    }),
  );
});

test('a drill is made up, whatever its type', () => {
  expect(retentionKindOf({ type: 'neglect', drill: true })).toBe('drill');
  expect(retentionKindOf({ type: 'neglect', drill: false })).toBe('neglect');
  expect(retentionKindOf({ type: 'of another version', drill: false })).toBeUndefined();
});
