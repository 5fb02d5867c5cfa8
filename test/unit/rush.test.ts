import fc from 'fast-check';
import { Rush } from '../../activities/rush';

/** A rush whose clock stands still until it is told to go on. */
function stopped(): { rush: Rush; pass: (ms: number) => void } {
  let now = 5_000;
  return { rush: new Rush(() => now), pass: (ms) => void (now += ms) };
}

test('eight texts within a second are a rush, and it ebbs with them', async () => {
  const { rush, pass } = stopped();
  for (let n = 0; n < 7; n += 1) rush.note();
  expect(rush.isOn).toBe(false);
  await rush.over();
  rush.note();
  expect(rush.isOn).toBe(true);
  pass(999);
  expect(rush.isOn).toBe(true);
  pass(1);
  expect(rush.isOn).toBe(false);
  await rush.over();
});

test('whoever waits for its end goes on when it has ebbed, and not before', async () => {
  const { rush, pass } = stopped();
  for (let n = 0; n < 8; n += 1) rush.note();
  let over = false;
  const waiting = rush.over().then(() => (over = true));
  await new Promise((resolve) => setTimeout(resolve, 250));
  expect(over).toBe(false);
  pass(1_000);
  await waiting;
});

test('it is on exactly while the eighth last text is less than a second old', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 60 }), (pauses) => {
      const { rush, pass } = stopped();
      const begun: number[] = [];
      let at = 0;
      for (const pause of pauses) {
        pass(pause);
        at += pause;
        rush.note();
        begun.push(at);
        const eighth = begun.at(-8);
        expect(rush.isOn).toBe(eighth !== undefined && at - eighth < 1_000);
      }
    }),
  );
});
