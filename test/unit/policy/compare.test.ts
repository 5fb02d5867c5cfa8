/** What differs between two versions: nothing of itself, exactly the figure that was changed, and the same read backwards. */
import fc from 'fast-check';
import { rmSync } from 'node:fs';
import { comparePolicies } from '../../../domain/policy';
import { RISKS } from '../../../domain/model';
import { loadPolicies, policyOf, readFiles } from '../../../store/policies';
import { twoVersions } from '../../support/policies';
import { POLICIES } from './support';

const shipped = loadPolicies(POLICIES).current;

test('nothing differs between a policy and itself, also when read from its texts', () => {
  expect(comparePolicies(shipped, shipped)).toEqual([]);
  expect(comparePolicies(shipped, policyOf(readFiles(POLICIES)))).toEqual([]);
});

test('a figure that is changed is the only change, with its row, risk and both words', () => {
  fc.assert(
    fc.property(
      fc.nat(shipped.rules.length - 1),
      fc.constantFrom(...RISKS),
      fc.integer({ min: 900, max: 999 }),
      (index, risk, days) => {
        const rules = shipped.rules.map((rule, n) =>
          n === index ? { ...rule, due: { ...rule.due, [risk]: [{ unit: 'd' as const, n: days }] } } : rule,
        );
        const changes = comparePolicies(shipped, { ...shipped, rules });
        expect(changes).toHaveLength(1);
        expect(changes[0]).toMatchObject({
          field: 'due',
          risk,
          to: `${days} 天`,
          subject: { kind: shipped.rules[index]?.kind },
        });
        const back = comparePolicies({ ...shipped, rules }, shipped);
        expect(back.map(({ from, to }) => [to, from])).toEqual(changes.map(({ from, to }) => [from, to]));
      },
    ),
  );
});

test('a rule that is taken away or added is one row', () => {
  fc.assert(
    fc.property(fc.nat(shipped.rules.length - 1), (index) => {
      const rules = shipped.rules.filter((_rule, n) => n !== index);
      const less = { ...shipped, rules };
      expect(comparePolicies(shipped, less).filter(({ field, to }) => field === 'row' && to === null)).toHaveLength(1);
      expect(comparePolicies(less, shipped).filter(({ field, from }) => field === 'row' && from === null)).toHaveLength(
        1,
      );
    }),
  );
});

test('ladders, reminders, hours and types too', () => {
  const { critical } = shipped.ladders;
  const changed = {
    ...shipped,
    hours: { ...shipped.hours, toMinute: 21 * 60 },
    ladders: { ...shipped.ladders, critical: { ...critical, repeatMs: critical.repeatMs + 60_000 } },
    reminders: { ...shipped.reminders, low: { ...shipped.reminders.low, leastBeforeMs: 7_200_000 } },
    types: { ...shipped.types, missing: { ...shipped.types.missing, usual: 'high' as const } },
  };
  expect(comparePolicies(shipped, changed)).toMatchObject([
    { subject: { of: 'ladder', risk: 'critical' }, field: 'repeat', from: '15 分钟', to: '16 分钟' },
    { subject: { of: 'reminder', risk: 'low' }, field: 'least_before', to: '2 小时' },
    { subject: { of: 'type', type: 'missing' }, field: 'usual', to: 'high' },
    { subject: { of: 'policy' }, field: 'hours', from: '10:00–20:00', to: '10:00–21:00' },
  ]);
});

test('between two versions of files: rows that came and went, figures that moved', () => {
  const { dir, current, older } = twoVersions();
  rmSync(dir, { recursive: true });
  const changes = comparePolicies(older, current);
  expect(changes).toContainEqual(
    expect.objectContaining({ field: 'due', risk: 'high', from: '48 小时', to: '24 小时' }),
  );
  expect(changes).toContainEqual(
    expect.objectContaining({ field: 'row', to: null, subject: expect.objectContaining({ kind: 'home_check' }) }),
  );
  expect(changes).toContainEqual(
    expect.objectContaining({
      field: 'row',
      from: null,
      subject: expect.objectContaining({ kind: 'guardianship_assessment_full' }),
    }),
  );
});
