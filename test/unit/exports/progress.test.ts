import { progressTo } from '../../../cli/exchange/progress';

function told(isTTY: boolean) {
  const lines: string[] = [];
  const clock = { now: 0 };
  const progress = progressTo({ isTTY, write: (line: string) => lines.push(line) > 0 }, () => clock.now);
  const at = (ms: number, done: number, of = 100, what = 'events.jsonl'): void => {
    clock.now = ms;
    progress(what, done, of);
  };
  return { lines, at };
}

test('in a log a line now and then, and none for what is soon over', () => {
  const { lines, at } = told(false);
  at(10, 1);
  at(9_000, 50);
  at(9_500, 100);
  expect(lines).toEqual([]);
  at(10_500, 60, 200, 'steps.jsonl');
  at(12_000, 70, 200, 'steps.jsonl');
  at(20_600, 200, 200, 'steps.jsonl');
  expect(lines).toEqual(['steps.jsonl 60/200\n', 'steps.jsonl 200/200\n']);
});

test('on a terminal one line that is written over, ended when it is whole', () => {
  const { lines, at } = told(true);
  at(0, 1);
  at(50, 2);
  at(300, 3);
  at(310, 100);
  expect(lines).toEqual([
    '\revents.jsonl 1/100\u001b[K',
    '\revents.jsonl 3/100\u001b[K',
    '\revents.jsonl 100/100\u001b[K\n',
  ]);
});
