/** Answers as people read them on paper. */
import type { Answers, Item, Row, Value } from '../../domain/forms/form';
import { beijing } from '../../domain/zone';

/** States of an alert. */
export const ALERT_WORDS: Record<string, string> = { open: '未确认', acknowledged: '已确认', resolved: '已结束' };

const NOTHING = '—';

/** With the year: a paper is read for a long time. */
export function wholeTime(ms: number): string {
  const { year, month, day, hour, minute } = beijing(ms);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${year}年${month}月${day}日 ${two(hour)}:${two(minute)}`;
}

function plain(item: Item, value: Value | undefined): string {
  const nameOf = (one: unknown): string => item.options.find((option) => option.value === one)?.name ?? String(one);
  if (value === undefined || value === '') return NOTHING;
  if (item.type === 'yes_no') return value === true ? '是' : '否';
  if (item.type === 'choice') return nameOf(value);
  if (item.type === 'several' && Array.isArray(value)) return value.map(nameOf).join('、');
  if (Array.isArray(value)) return NOTHING;
  if (item.type === 'time') return wholeTime(Date.parse(String(value)));
  return String(value);
}

/** One line an item; a list has one a row. */
export function linesOf(item: Item, answers: Answers): string[] {
  const value = answers[item.id];
  if (item.type !== 'list') return [plain(item, value)];
  const rows = Array.isArray(value) ? (value as Row[]) : [];
  if (rows.length === 0) return [NOTHING];
  return rows.map(
    (row, n) => `${n + 1}. ${item.row.map((one) => `${one.name}：${plain(one, row[one.id])}`).join('；')}`,
  );
}
