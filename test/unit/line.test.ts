import { setTimeout as sleep } from 'node:timers/promises';
import { Lines } from '../../activities/line';

test('one at a time, the worst of those that wait first, equals in the order they came', async () => {
  const lines = new Lines();
  const seen: string[] = [];
  let inside = 0;
  const work = (name: string) => async () => {
    inside += 1;
    expect(inside).toBe(1);
    seen.push(name);
    await sleep(1);
    inside -= 1;
  };
  const all = [
    ['first', 3],
    ['low 1', 3],
    ['critical', 0],
    ['low 2', 3],
    ['high', 1],
  ] as const;
  await Promise.all(all.map(([name, rank]) => lines.run('phone', rank, work(name))));
  expect(seen).toEqual(['first', 'critical', 'high', 'low 1', 'low 2']);
});

test('a line whose work failed goes on, and lines do not wait for one another', async () => {
  const lines = new Lines();
  const failed = lines.run('a', 0, () => Promise.reject(new Error('no')));
  const next = lines.run('a', 0, () => Promise.resolve('yes'));
  await expect(failed).rejects.toThrow('no');
  expect(await next).toBe('yes');
  const never = new Promise<void>(() => undefined);
  void lines.run('a', 0, () => never);
  expect(await lines.run('b', 0, () => Promise.resolve('free'))).toBe('free');
});
