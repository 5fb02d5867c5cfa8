import fc from 'fast-check';
import { Gate } from '../../activities/gate';

const settle = () => new Promise((resolve) => setImmediate(resolve));

test('no more at once than there are places, the lowest rank first, everybody in the end', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 5 }), fc.array(fc.nat(3), { maxLength: 20 }), async (places, ranks) => {
      const gate = new Gate(places);
      const begun: number[] = [];
      const ends: (() => void)[] = [];
      let inside = 0;
      const all = ranks.map((rank, i) =>
        gate.run(rank, async () => {
          inside += 1;
          expect(inside).toBeLessThanOrEqual(places);
          begun.push(i);
          await new Promise<void>((end) => ends.push(end));
          inside -= 1;
        }),
      );
      await settle();
      while (ends.length > 0) {
        ends.shift()?.();
        await settle();
      }
      await Promise.all(all);
      // The first ones find a place; all others wait, worst first, and among equals in their order.
      const waited = ranks.map((rank, i) => ({ rank, i })).slice(places);
      const expected = waited.sort((a, b) => a.rank - b.rank || a.i - b.i).map(({ i }) => i);
      expect(begun.slice(Math.min(places, ranks.length))).toEqual(expected);
    }),
  );
});

test('what breaks gives its place free and breaks for whoever asked alone', async () => {
  const gate = new Gate(1);
  await expect(gate.run(0, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  await expect(gate.run(0, () => Promise.resolve('next'))).resolves.toBe('next');
});
