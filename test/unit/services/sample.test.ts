import fc from 'fast-check';
import { sampleOf } from '../../../store/services/sample';

const itemsArb = fc.uniqueArray(fc.uuid(), { maxLength: 60 }).map((ids) => ids.map((id) => ({ id })));

test('the same seed draws the same sample, in whatever order the records come', () => {
  fc.assert(
    fc.property(itemsArb, fc.string(), fc.nat(20), (items, seed, size) => {
      const drawn = sampleOf(items, seed, size);
      expect(sampleOf([...items].reverse(), seed, size)).toEqual(drawn);
      expect(drawn).toHaveLength(Math.min(size, items.length));
      expect(new Set(drawn).size).toBe(drawn.length);
    }),
  );
});

test('a larger sample holds the smaller one; another seed draws another', () => {
  const items = Array.from({ length: 200 }, (_, n) => ({ id: `r${n}` }));
  expect(sampleOf(items, 'a', 20).slice(0, 10)).toEqual(sampleOf(items, 'a', 10));
  expect(sampleOf(items, 'b', 10)).not.toEqual(sampleOf(items, 'a', 10));
});
