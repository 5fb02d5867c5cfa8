import fc from 'fast-check';
import { digest, dueWhen, type DigestItem, type RosterWarning } from '../../domain/digest';
import { RISKS } from '../../domain/model';
import { lengthOf, MAX_VARIABLE } from '../../domain/short';
import { beijingDay, DAY, fromWall, HOUR } from '../../domain/zone';

/** Wednesday, 2026-11-25, 09:30 in Beijing. */
const AT = fromWall(2026, 11, 25, 9 * 60 + 30);
const NAMES = { step: (kind: string) => (kind === 'visit' ? '走访' : '首次接触'), station: (id: string) => `${id}站` };

const item = (number: string, dueAt: number, over: Partial<DigestItem> = {}): DigestItem => ({
  ...{ number, kind: 'first_contact', risk: 'critical', dueAt, aheadMs: 0 },
  ...over,
});

test('nothing to say is not said', () => {
  expect(digest([], [], AT, NAMES)).toBeUndefined();
  // Next Monday is next week.
  expect(digest([item('A0001', fromWall(2026, 11, 30))], [], AT, NAMES)).toBeUndefined();
});

test('late, today and this week, by risk and step, in the order of their deadlines', () => {
  const items = [
    item('A0003', AT - HOUR),
    item('A0001', AT - 2 * HOUR, { kind: 'visit' }),
    item('A0002', AT - DAY, { risk: 'high' }),
    item('A0004', fromWall(2026, 11, 25, 20 * 60)),
    item('A0005', fromWall(2026, 11, 29, 20 * 60)),
    item('A0006', fromWall(2026, 11, 26)),
  ];
  expect(digest(items, [], AT, NAMES)).toEqual({
    ...{ overdue: '3', today: '1', week: '2', sms: true },
    list: [
      '已逾期（3项）\n　走访（紧急）1项：A0001\n　首次接触（紧急）1项：A0003\n　首次接触（高）1项：A0002',
      '今天到期（1项）\n　首次接触（紧急）1项：A0004',
      '本周内到期（2项）\n　首次接触（紧急）2项：A0006、A0005',
    ].join('\n\n'),
  });
});

test('the roster alone is worth a mail, not a text, and names nobody', () => {
  const warnings: RosterWarning[] = [
    { kind: 'no_phone', stationId: 'east', staffId: 'wang' },
    { kind: 'unverified', stationId: 'east', staffId: 'li' },
    { kind: 'gap', stationId: 'east', role: 'worker', from: AT + DAY, until: AT + DAY + HOUR },
  ];
  const made = digest([], warnings, AT, NAMES);
  expect(made).toMatchObject({ sms: false, overdue: '0' });
  expect(made?.list).toBe(
    [
      '值班表需要处理',
      '　east站：承办人无人值班，11月26日(周四)09:30至11月26日(周四)10:30',
      '　east站：1人没有登记手机号',
      '　east站：1人的手机号尚未核实',
    ].join('\n'),
  );
});

test('every open step of the week stands in exactly one part, and the figures fit a text', () => {
  const anyItem = fc.record({
    number: fc.constantFrom('A0001', 'A0002', 'A0003'),
    kind: fc.constantFrom('first_contact', 'visit'),
    risk: fc.constantFrom(...RISKS),
    dueAt: fc.integer({ min: AT - 400 * DAY, max: AT + 30 * DAY }),
    aheadMs: fc.constantFrom(0, DAY, 40 * DAY),
  });
  fc.assert(
    fc.property(fc.array(anyItem, { maxLength: 40 }), fc.integer({ min: 0, max: 20 * 24 }), (items, hours) => {
      const at = AT + hours * HOUR;
      const made = digest(items, [], at, NAMES);
      const within = items.filter((one) => dueWhen(one, at) !== undefined);
      expect(made === undefined).toBe(within.length === 0);
      for (const one of items) {
        const now = at + one.aheadMs;
        const inAWeek = one.dueAt > now && beijingDay(one.dueAt) - beijingDay(now) >= 7;
        if (one.dueAt <= now) expect(dueWhen(one, at)).toBe('overdue');
        if (inAWeek) expect(dueWhen(one, at)).toBeUndefined();
      }
      if (!made) return;
      const figures = [made.overdue, made.today, made.week];
      expect(figures.reduce((sum, n) => sum + Number(n), 0)).toBe(within.length);
      for (const figure of figures) expect(lengthOf(figure)).toBeLessThanOrEqual(MAX_VARIABLE);
    }),
  );
});
