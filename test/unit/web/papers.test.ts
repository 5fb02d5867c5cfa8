/** Papers in the web app: two people's words put together. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parse } from 'yaml';
import type { Answers, Form } from '../../../domain/forms/form';
import { PROJECT } from '../../../sandbox/config';
import words from '../../../web/src/locales/forms/en.json';
import { differencesOf, sameAnswers, settled } from '../../../web/src/pages/paper/merge';

const item = (id: string, type: Form['sections'][number]['items'][number]['type']) => ({
  ...{ id, name: id, type, required: true, options: [], row: [], most: 1_000 },
});
const FORM: Form = {
  ...{ id: 'test', version: 1, name: 'test', finishes: [], levels: [], file: 'test' },
  sections: [
    { id: 's', name: 's', items: [item('a', 'text'), item('b', 'text'), item('c', 'number'), item('d', 'list')] },
  ],
};
const answers = fc.record(
  {
    a: fc.stringMatching(/^[xyz]{1,3}$/),
    b: fc.stringMatching(/^[xyz]{1,3}$/),
    c: fc.integer({ min: 0, max: 3 }),
    d: fc.array(fc.record({ what: fc.stringMatching(/^[xyz]{1,2}$/) }), { minLength: 1, maxLength: 3 }),
  },
  { requiredKeys: [] },
);

test('what one alone has changed is clear, and what both have is asked; what nobody has stays', () => {
  fc.assert(
    fc.property(answers, answers, answers, (base, mine, theirs) => {
      const found = differencesOf(FORM, base, mine, theirs);
      const same = (a: Answers, b: Answers, id: string): boolean => JSON.stringify(a[id]) === JSON.stringify(b[id]);
      for (const {
        item: { id },
        clear,
      } of found) {
        expect(same(mine, theirs, id)).toBe(false);
        expect(clear).toBe(same(base, mine, id) ? 'theirs' : same(base, theirs, id) ? 'mine' : undefined);
      }
      for (const id of ['a', 'b', 'c', 'd'].filter((one) => !found.some((other) => other.item.id === one)))
        expect(same(mine, theirs, id)).toBe(true);
    }),
  );
});

test('all mine is mine, all theirs is theirs, and with both no word is lost', () => {
  fc.assert(
    fc.property(answers, answers, (mine, theirs) => {
      const found = differencesOf(FORM, undefined, mine, theirs);
      const all = (side: 'mine' | 'theirs') => Object.fromEntries(found.map((one) => [one.item.id, side]));
      expect(sameAnswers(settled(theirs, found, all('mine')), mine)).toBe(true);
      expect(sameAnswers(settled(theirs, found, all('theirs')), theirs)).toBe(true);
      const both = settled(
        theirs,
        found,
        Object.fromEntries(found.filter((one) => one.both).map((one) => [one.item.id, 'both'])),
      );
      for (const one of found.filter(({ both: can }) => can)) {
        const text = JSON.stringify(both[one.item.id]);
        for (const words of [one.mine, one.theirs].flatMap((value) => JSON.stringify(value).match(/[xyz]+/g) ?? []))
          expect(text).toContain(words);
      }
    }),
  );
});

test('every name in the forms has an English word', () => {
  const folder = join(PROJECT, 'policies/forms');
  const names: string[] = [];
  const collect = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if ((key === 'name' || key === 'hint') && typeof inner === 'string') names.push(inner);
      else collect(inner);
    }
  };
  for (const file of readdirSync(folder).filter((one) => one.endsWith('.yaml')))
    collect(parse(readFileSync(join(folder, file), 'utf8')));
  expect(names.length).toBeGreaterThan(100);
  const known = new Set(Object.keys(words.formWords));
  expect(names.filter((name) => !known.has(name))).toEqual([]);
});
