/** The words of the figures' tables: what rows are called, and the sheets of the file. */
import type { Policy } from '../../domain/policy';
import type { CaseType, Risk } from '../../domain/model';
import { ALL, type Column, type Dimension, type TableId } from '../../domain/figures/tables';
import type { Age } from '../../domain/figures/figures';
import type { SheetCell, NamedSheet } from '../../runtime/xlsx';
import type { FiguresAnswer } from '../schemas/figures';
import { RISK_WORDS } from '../../domain/risk-words';

const AGE_NAMES: Record<Age, string> = {
  day: '不到 1 天',
  week: '1–7 天',
  month: '7–30 天',
  quarter: '30–90 天',
  longer: '90 天以上',
};
const TABLE_NAMES: Record<TableId, string> = {
  on_time: '按时率',
  first_contact: '首次接触用时',
  open_cases: '在办时长',
  alert_response: '告警应答',
  referral_answers: '转介答复',
};
const BY_NAMES: Record<Dimension, string> = {
  step: '步骤',
  type: '类型',
  risk: '等级',
  age: '时长',
  partner: '协作单位',
};
const COLUMN_NAMES: Record<Column, string> = {
  due: '应办',
  in_time: '按时',
  late: '逾期',
  rate: '按时率（%）',
  count: '件数',
  waiting: '尚未',
  median: '中位数（分钟）',
  p90: '第90百分位（分钟）',
  answered: '已确认',
  ...RISK_WORDS,
  sent: '发出',
  declined: '退回',
  unanswered: '未答复',
};
const HIDDEN = '＊';

/** A row's name in Chinese; what nobody knows stands for itself. */
export function tableName({ names, types }: Pick<Policy, 'names' | 'types'>, by: Dimension, key: string): string {
  if (key === ALL) return '合计';
  if (by === 'step') return names[key] ?? key;
  if (by === 'type') return types[key as CaseType]?.name ?? key;
  if (by === 'risk') return RISK_WORDS[key as Risk] ?? key;
  return by === 'age' ? (AGE_NAMES[key as Age] ?? key) : key;
}

export const titleOf = ({ from, to }: FiguresAnswer): string => `figures-${from}-${to}`;

/** A sheet a table; a star stands where a small number is hidden. */
export const sheetsOf = ({ tables }: FiguresAnswer): NamedSheet[] =>
  tables.map(({ id, by, columns, rows }) => ({
    name: `${TABLE_NAMES[id]}·${BY_NAMES[by]}`,
    rows: [
      [BY_NAMES[by], ...columns.map((column) => COLUMN_NAMES[column])],
      ...rows.map(({ name, values, hidden }): SheetCell[] => [name, ...values.map((one) => (hidden ? HIDDEN : one))]),
    ],
  }));
