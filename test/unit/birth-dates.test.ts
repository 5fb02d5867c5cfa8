/** A birth date is a day on the wall in Beijing: a child born this night is reported this night. */
import { childrenOf } from '../../api/import/rows';
import { birthDate } from '../../api/schemas/report';

const AT_ONE = Date.parse('2026-03-09T01:00:00+08:00');
const row = (day: string) => ({ row: 2, values: { name: '演示童', birthDate: day } });

afterEach(() => jest.restoreAllMocks());

test('today is no future from the first hour of the day, tomorrow is until midnight', () => {
  for (const now of [AT_ONE, Date.parse('2026-03-09T23:59:00+08:00')]) {
    jest.spyOn(Date, 'now').mockReturnValue(now);
    expect(birthDate.safeParse('2026-03-09').success).toBe(true);
    expect(birthDate.safeParse('2026-03-10').success).toBe(false);
    expect(childrenOf([row('2026-03-09')], now).problems).toEqual([]);
    expect(childrenOf([row('2026-03-10')], now).problems).toEqual([
      { row: 2, column: '出生日期', message: '不能晚于今天' },
    ]);
  }
});
