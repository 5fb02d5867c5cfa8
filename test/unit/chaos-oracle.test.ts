/** The oracle of the chaos runs says what is wrong, or a run that passes would say nothing. */
import { Dice } from '../chaos/dice';
import { explains } from '../chaos/breaking';
import { LADDER_MS, missing, PROMPT_MS, type Seen, unrepeated, wrong } from '../chaos/oracle';
import { FAULTS, tell } from '../chaos/story';

const DUE = 1_000_000;
const CALM = DUE + 30_000;
const END = CALM + PROMPT_MS;
const text = (atMs: number, role: 'worker' | 'supervisor' | 'duty_officer') => ({ atMs, role, channel: 'sms' });
const FULL = [
  text(DUE + 50, 'worker'),
  text(DUE + 10_050, 'supervisor'),
  text(DUE + 20_050, 'duty_officer'),
  text(DUE + 40_050, 'duty_officer'),
];
const silent = (heard = FULL): Seen => ({
  ...{ number: 'A0001', manner: 'silent', takenAt: DUE - 5_000, dueAt: DUE, heard, madeAfter: [] },
});
const all = (seen: Seen): string[] => [...missing(seen, END), ...unrepeated(seen), ...wrong(seen, CALM)];

test('a ladder that was climbed and repeated is right', () => {
  expect(all(silent())).toEqual([]);
});

test.each([
  ['a rung that was not told', silent(FULL.filter(({ role }) => role !== 'supervisor')), 'the supervisor was not told'],
  ['no second round', silent(FULL.slice(0, 3)), 'nobody was told again'],
  ['a text before the deadline', silent([text(DUE - 1, 'worker'), ...FULL]), 'told 1 ms before the deadline'],
  [
    'a rung more than a minute late',
    silent([text(CALM + PROMPT_MS + 5, 'worker'), ...FULL.slice(1)]),
    'the worker was told 5 ms too late',
  ],
])('%s is named', (_what, seen, words) => {
  expect(all(seen)).toEqual([expect.stringContaining(words)]);
});

test('an acknowledgement is silence for its time and not for longer', () => {
  const acknowledgedAt = DUE + 3_000;
  const base: Seen = {
    ...silent([text(DUE + 50, 'worker')]),
    manner: 'acknowledges',
    acknowledgedAt,
  };
  const after = acknowledgedAt + LADDER_MS.ackBuys;
  expect(all(base)).toEqual([expect.stringContaining('acknowledged, and forgotten')]);
  expect(all({ ...base, heard: [...base.heard, text(after + 10, 'supervisor')] })).toEqual([]);
  expect(wrong({ ...base, madeAfter: [acknowledgedAt + 1] }, CALM)).toEqual([
    expect.stringContaining('1 ms after the acknowledgement'),
  ]);
});

test('what is done is over', () => {
  const done: Seen = {
    ...silent([text(DUE + 50, 'worker')]),
    manner: 'finishes',
    doneAt: DUE + 500,
  };
  expect(all(done)).toEqual([]);
  expect(wrong({ ...done, madeAfter: [DUE + 501] }, CALM)).toEqual([expect.stringContaining('1 ms after the end')]);
  const early: Seen = {
    ...silent([text(DUE + 1, 'worker')]),
    manner: 'early',
    doneAt: DUE - 10,
  };
  expect(wrong(early, CALM)).toEqual([expect.stringContaining('told though done in time')]);
});

test('the same seed tells the same story, another one another, and every fault comes', () => {
  expect(tell(3, 600_000)).toEqual(tell(3, 600_000));
  expect(tell(4, 600_000)).not.toEqual(tell(3, 600_000));
  expect(new Set(tell(3, 600_000).faults.map(({ fault }) => fault))).toEqual(new Set(FAULTS));
  const dice = new Dice(1);
  const drawn = Array.from({ length: 1_000 }, () => dice.between(2, 4));
  expect(new Set(drawn)).toEqual(new Set([2, 3, 4]));
});

test('a text that went out twice is explained only by a fault about that time', () => {
  const faults = [{ from: 100_000, until: 103_000 }];
  expect(explains(101_000, faults)).toBe(true);
  expect(explains(50_000, faults)).toBe(false);
  expect(explains(200_000, faults)).toBe(false);
});
