import { EVERYBODY, type Hours, type Leave, type Roster, type Rotation, type Rung } from '../../domain/roster/model';
import { onDuty } from '../../domain/roster/on-duty';
import { gaps, nextHandOver, timeline } from '../../domain/roster/timeline';
import { inWords } from '../../domain/roster/words';
import { beijing, DAY, fromWall, HOUR } from '../../domain/zone';

const RUNG: Rung = { stationId: 'east', role: 'worker' };
/** A Monday, 09:00 in Beijing. */
const START = fromWall(2026, 11, 2, 9 * 60);
const weekly = (more: Partial<Rotation> = {}): Rotation => {
  return { ...RUNG, id: 'r', members: ['a', 'b', 'c'], shiftDays: 7, startsAt: START, ...more };
};
const roster = (more: Partial<Roster> = {}): Roster => {
  return { rotations: [weekly()], leaves: [], overrides: [], swaps: [], gone: [], ...more };
};
const who = (of: Roster, at: number): string[] => onDuty(of, RUNG, at).map((one) => one.staffId);
const override = (staffId: string, from: number, until: number, replaces?: string) => {
  return { ...RUNG, id: `o-${staffId}`, staffId, from, until, ...(replaces !== undefined && { replaces }) };
};

describe('a rotation', () => {
  test('hands over at its Beijing minute, and the turns come round', () => {
    const handOver = START + 7 * DAY;
    expect(beijing(handOver)).toMatchObject({ weekday: 1, hour: 9, minute: 0 });
    expect(who(roster(), handOver - 1)).toEqual(['a']);
    expect(who(roster(), handOver)).toEqual(['b']);
    expect(who(roster(), START + 21 * DAY)).toEqual(['a']);
    expect(who(roster(), START - 1)).toEqual([]);
    expect(nextHandOver(roster(), RUNG, START + DAY)).toMatchObject({ at: handOver, people: [{ staffId: 'b' }] });
  });

  test('of one never hands over', () => {
    const alone = roster({ rotations: [weekly({ members: ['a'] })] });
    expect(nextHandOver(alone, RUNG, START + DAY)).toBeUndefined();
    expect(who(alone, START + 400 * DAY)).toEqual(['a']);
  });

  test('by day and by night stand side by side, over midnight and the weekend', () => {
    const week = [1, 2, 3, 4, 5];
    const day: Hours[] = [{ weekdays: week, fromMinute: 9 * 60, untilMinute: 18 * 60 }];
    const night: Hours[] = [
      { weekdays: week, fromMinute: 18 * 60, untilMinute: 9 * 60 },
      { weekdays: [0, 6], fromMinute: 0, untilMinute: 1_440 },
    ];
    const both = roster({
      rotations: [weekly({ id: 'day', hours: day }), weekly({ id: 'night', members: ['n'], hours: night })],
    });
    expect(who(both, START)).toEqual(['a']);
    expect(who(both, START + 9 * HOUR)).toEqual(['n']);
    expect(who(both, START + DAY - 1)).toEqual(['n']);
    expect(who(both, START + DAY)).toEqual(['a']);
    // Saturday noon; Sunday's hours end at midnight and Monday's begin at nine: nobody is on in between.
    expect(who(both, fromWall(2026, 11, 7, 12 * 60))).toEqual(['n']);
    expect(gaps(both, RUNG, START, START + 7 * DAY)).toEqual([
      { from: fromWall(2026, 11, 9, 0), until: fromWall(2026, 11, 9, 9 * 60) },
    ]);
    expect(timeline(both, RUNG, START, START + DAY).map((one) => one.people[0]?.staffId)).toEqual(['a', 'n']);
  });

  test('another station sees nothing of it, but a duty officer stands for all', () => {
    expect(onDuty(roster(), { ...RUNG, stationId: 'west' }, START)).toEqual([]);
    const officer = roster({ rotations: [weekly({ stationId: 'bureau', role: 'duty_officer' })] });
    expect(onDuty(officer, { stationId: 'west', role: 'duty_officer' }, START)).toHaveLength(1);
  });
});

describe('what changes it', () => {
  const leave = (staffId: string, from = START, until = START + 3 * DAY): Leave => ({ staffId, from, until });

  test('on leave, or gone: the next in turn stands in and says for whom; nobody left is a gap', () => {
    expect(onDuty(roster({ leaves: [leave('a')] }), RUNG, START)).toEqual([
      { staffId: 'b', why: { kind: 'stand_in', rotationId: 'r', shift: 0, insteadOf: 'a' } },
    ]);
    expect(who(roster({ leaves: [leave('a')] }), START + 3 * DAY)).toEqual(['a']);
    expect(who(roster({ leaves: [leave('a')], gone: ['b'] }), START)).toEqual(['c']);
    const nobody = roster({ leaves: ['a', 'b', 'c'].map((one) => leave(one)) });
    expect(gaps(nobody, RUNG, START, START + 7 * DAY)).toEqual([{ from: START, until: START + 3 * DAY }]);
  });

  test('an override replaces a person, also one who is stood in for, or everybody, or adds', () => {
    const of = (replaces?: string) => roster({ overrides: [override('x', START, START + DAY, replaces)] });
    expect(who(of('a'), START)).toEqual(['x']);
    expect(who(of('a'), START + DAY)).toEqual(['a']);
    expect(who(of('b'), START)).toEqual(['a']);
    expect(who(of(EVERYBODY), START)).toEqual(['x']);
    expect(who(of(), START)).toEqual(['a', 'x']);
    expect(who({ ...of('a'), leaves: [leave('a')] }, START)).toEqual(['x']);
    // An override by somebody who is away themselves must not empty the rung.
    expect(who({ ...of('a'), leaves: [leave('x')] }, START)).toEqual(['a']);
  });

  test('a swap exchanges two shifts; a second one builds on it; one that does not fit changes nothing', () => {
    const shift = (n: number, staffId: string) => ({ rotationId: 'r', shift: n, staffId });
    const first = { id: 's1', one: shift(0, 'a'), other: shift(1, 'b') };
    const second = { id: 's2', one: shift(0, 'b'), other: shift(2, 'c') };
    const stale = { id: 's3', one: shift(0, 'a'), other: shift(2, 'c') };
    const weeks = (swaps: Roster['swaps']) =>
      [0, 1, 2, 3].map((n) => who(roster({ swaps }), START + n * 7 * DAY)[0]).join('');
    expect(weeks([first])).toBe('baca');
    expect(weeks([first, second])).toBe('caba');
    expect(weeks([first, stale])).toBe('baca');
    expect(onDuty(roster({ swaps: [first] }), RUNG, START)[0]?.why).toMatchObject({ kind: 'swap', insteadOf: 'a' });
  });

  test('is said in words', () => {
    const names = { person: (id: string) => `姓${id}`, rotation: () => '周轮值' };
    const why = (of: Roster) => onDuty(of, RUNG, START).map((one) => inWords(one.why, names));
    expect(why(roster())).toEqual(['按“周轮值”值班']);
    expect(why(roster({ leaves: [leave('a')] }))).toEqual(['按“周轮值”值班，姓a不在岗，由下一位替班']);
    expect(why(roster({ overrides: [override('x', START, START + DAY, 'a')] }))).toEqual(['临时改派，替姓a值班']);
    expect(why(roster({ overrides: [override('x', START, START + DAY)] }))[1]).toBe('临时加派');
  });
});
