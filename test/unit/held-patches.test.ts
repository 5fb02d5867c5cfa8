import { heldPatches } from '../../worker/held-patches';

test.each([
  [undefined, 'a', false],
  ['', 'a', false],
  ['all', 'a', true],
  ['a, b', 'a', true],
  ['a, b', 'b', true],
  ['a, b', 'c', false],
  ['ab', 'a', false],
])('with %p patch %s is held: %p', (text, id, held) => {
  expect(heldPatches(text).holds(id)).toBe(held);
});
