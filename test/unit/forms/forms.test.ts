import { join } from 'node:path';
import fc from 'fast-check';
import { checkAnswers } from '../../../domain/forms/answers';
import { type Answers, type Form, type Item, itemsOf, suggest } from '../../../domain/forms/form';
import { parseForm } from '../../../domain/forms/form-file';
import { RISKS } from '../../../domain/model';
import { PROJECT } from '../../../sandbox/config';
import { loadForms } from '../../../store/forms';

const { current } = loadForms(join(PROJECT, 'policies'));
const form = (id: string): Form => {
  const found = current.find((one) => one.id === id);
  if (!found) throw new Error(`no form ${id}`);
  return found;
};
const scoredForms = current.filter(({ levels }) => levels.length > 0);

/** Any answer that fits an item. */
function fits(item: Item): fc.Arbitrary<unknown> {
  const values = item.options.map(({ value }) => value);
  switch (item.type) {
    case 'choice':
      return fc.constantFrom(...values);
    case 'several':
      return fc.subarray(values, { minLength: 1 });
    case 'yes_no':
      return fc.boolean();
    case 'number':
      return fc.integer({ min: 0, max: 100 });
    case 'date':
      return fc.constant('2026-03-01');
    case 'time':
      return fc.constant('2026-03-01T08:00:00+08:00');
    case 'text':
      return fc
        .string({ minLength: 1, maxLength: Math.min(item.most, 40) })
        .map((text) => `言${text}`.slice(0, item.most));
    case 'list':
      return fc.array(fc.record(Object.fromEntries(item.row.map((one) => [one.id, fits(one)]))), {
        minLength: 1,
        maxLength: 3,
      });
  }
}
const whole = (of: Form): fc.Arbitrary<Answers> =>
  fc.record(Object.fromEntries(itemsOf(of).map((item) => [item.id, fits(item)]))) as fc.Arbitrary<Answers>;
const anyWhole = fc.constantFrom(...current).chain((of) => whole(of).map((answers) => ({ of, answers })));

test('every form of the project loads; the full assessment has some thirty scored items in three parts', () => {
  expect(current.map(({ id }) => id).sort()).toEqual(
    'case_plan conference court_order guardianship_full guardianship_initial needs police safety safety_plan visit'.split(
      ' ',
    ),
  );
  const { sections, open } = suggest(form('guardianship_full'), {});
  expect(sections.map(({ id }) => id)).toEqual(['child', 'guardianship', 'surroundings']);
  expect(open.length).toBeGreaterThanOrEqual(30);
});

test('answers that fit are whole; each one that lacks is named; a draft may lack all', () =>
  fc.assert(
    fc.property(anyWhole, fc.nat(), ({ of, answers }, n) => {
      expect(checkAnswers(of, answers, true)).toEqual([]);
      const required = itemsOf(of).filter((item) => item.required);
      const without = required[n % required.length]?.id ?? '';
      const { [without]: _gone, ...rest } = answers;
      expect(checkAnswers(of, rest, true)).toEqual([{ path: `answers.${without}`, message: 'required' }]);
      expect(checkAnswers(of, rest, false)).toEqual([]);
      expect(checkAnswers(of, {}, false)).toEqual([]);
    }),
  ));

test('arbitrary answers are refused or fit, and what is refused is never repeated', () =>
  fc.assert(
    fc.property(
      fc.constantFrom(...current),
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.jsonValue(),
      (of, made, value) => {
        const some = Object.fromEntries(itemsOf(of).map(({ id }) => [id, value]));
        for (const answers of [made, some, { ...some, 测试儿童: '秘密' }]) {
          const problems = checkAnswers(of, answers as Record<string, unknown>, true);
          expect(JSON.stringify(problems)).not.toMatch(/测试儿童|秘密/);
        }
      },
    ),
  ));

test('the score stays within its bounds, and a worse answer never suggests a milder risk', () =>
  fc.assert(
    fc.property(
      fc.constantFrom(...scoredForms).chain((of) => fc.tuple(fc.constant(of), whole(of), fc.nat(), fc.nat())),
      ([of, answers, n, m]) => {
        const before = suggest(of, answers);
        expect(before.score).toBeGreaterThanOrEqual(0);
        expect(before.score).toBeLessThanOrEqual(before.most);
        expect(before.score).toBe(before.sections.reduce((sum, { score }) => sum + score, 0));
        expect(before.open).toEqual([]);
        const scored = itemsOf(of).filter(({ options }) => options.some(({ score }) => score !== undefined));
        const item = scored[n % scored.length];
        const chosen = item?.options.findIndex(({ value }) => value === answers[item.id]) ?? 0;
        const later = item?.options.slice(chosen) ?? [];
        const worse = later[m % Math.max(1, later.length)];
        if (!item || !worse) return;
        const after = suggest(of, { ...answers, [item.id]: worse.value });
        expect(after.score).toBeGreaterThanOrEqual(before.score);
        expect(RISKS.indexOf(after.risk ?? 'low')).toBeLessThanOrEqual(RISKS.indexOf(before.risk ?? 'low'));
      },
    ),
  ));

test('one grave answer is enough, and is named', () => {
  const safety = form('safety');
  const calm = Object.fromEntries(
    itemsOf(safety).flatMap(({ id, options }) => (options[0] ? [[id, options[0].value]] : [])),
  );
  expect(suggest(safety, calm)).toMatchObject({ score: 0, risk: 'low', alarms: [] });
  expect(suggest(safety, { ...calm, self_harm: 'yes' })).toMatchObject({ risk: 'critical', alarms: ['self_harm'] });
});

describe('a form that is wrong does not load, and says where', () => {
  const base = `id: one
version: 1
name: 一张表
sections:
  - id: part
    name: 部分
    items:
      - id: item
        name: 项目
        options:
          - { value: a, name: 甲, score: 0 }
          - { value: b, name: 乙, score: 2 }
levels:
  - { risk: high, from: 50 }
  - { risk: low, from: 0 }
`;
  test.each([
    ['version: 1', 'version: one', 2, 'whole number'],
    ['name: 一张表', 'nme: 一张表', 3, 'no such word here'],
    ['value: b', 'value: a', 10, 'each value once'],
    ['id: item', 'id: Item', 8, 'small letters'],
    ['from: 0', 'from: 10', 13, 'a last level from 0'],
    ['from: 50', 'from: 0', 15, 'from the worst to the mildest'],
    ['risk: high', 'risk: dire', 14, 'one of critical'],
    ['name: 项目', 'name: 项目\n        scale: none', 10, 'the name of a scale'],
    [base, `${base}steps: { list: item, kind: task }\n`, 16, 'what (text) and due (date)'],
    [base, `${base}expires: item\n`, 16, 'type date'],
    [base, `${base}id: two\n`, 16, 'YAML'],
  ])('change %#', (from, to, line, what) => {
    expect(() => parseForm(base, 'one.yaml')).not.toThrow();
    try {
      parseForm(base.replace(from, to), 'one.yaml');
      throw new Error('it loaded');
    } catch (error) {
      const { problems } = error as { problems?: { line: number; expected: string }[] };
      expect(problems).toEqual(
        expect.arrayContaining([expect.objectContaining({ line, expected: expect.stringContaining(what) })]),
      );
    }
  });
});
