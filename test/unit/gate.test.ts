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

test('whoever is gone leaves the line, and is never done; everybody else comes, and no place is lost', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 3 }),
      fc.array(fc.record({ rank: fc.nat(3), leaves: fc.boolean() }), { maxLength: 12 }),
      async (places, all) => {
        const gate = new Gate(places);
        const done: number[] = [];
        const ends: (() => void)[] = [];
        const asked = all.map(({ rank, leaves }, i) => {
          const gone = new AbortController();
          const work = async (): Promise<void> => {
            done.push(i);
            await new Promise<void>((end) => ends.push(end));
          };
          return { i, leaves, gone, ended: gate.run(rank, work, gone.signal).catch(String) };
        });
        await settle();
        for (const { gone } of asked.filter((one) => one.leaves)) gone.abort('gone');
        await settle();
        while (ends.length > 0) {
          ends.shift()?.();
          await settle();
        }
        // The first ones had their places before they were gone: what has begun goes on.
        const gone = asked.filter((one) => one.leaves && one.i >= places);
        for (const one of asked) expect(await one.ended).toBe(gone.includes(one) ? 'gone' : undefined);
        expect(done.toSorted((a, b) => a - b)).toEqual(asked.filter((one) => !gone.includes(one)).map(({ i }) => i));
        const free = Array.from({ length: places + 1 }, () =>
          gate.run(0, () => new Promise<void>((end) => ends.push(end))),
        );
        await settle();
        expect(ends).toHaveLength(places);
        while (ends.length > 0) {
          ends.shift()?.();
          await settle();
        }
        await Promise.all(free);
      },
    ),
  );
});

test('whoever is gone before they came does not come in', async () => {
  const gate = new Gate(1);
  await expect(gate.run(0, () => Promise.resolve('done'), AbortSignal.abort('gone'))).rejects.toBe('gone');
  await expect(gate.run(0, () => Promise.resolve('next'))).resolves.toBe('next');
});
