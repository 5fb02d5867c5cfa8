/** Lists that stations bring along (名册、走访台账): columns of a sheet → values, every bad cell named. Pure. */
import type { Place } from './kinds';
import { PLACE_NAMES } from './kinds';
import { dayOf } from './term';

export interface Cell {
  text: string;
  /** A number so long that the sheet has rounded it: an identity number that was not entered as text. */
  lossy: boolean;
}

export interface SheetRow {
  /** As the sheet counts, the heading being 1. */
  row: number;
  cells: readonly (Cell | undefined)[];
}

export interface Sheet {
  heading: readonly string[];
  rows: readonly SheetRow[];
}

/** One thing that is wrong; never with what stands in the cell. */
export interface CellProblem {
  row: number;
  column: string;
  message: string;
}

export interface Column<T> {
  name: string;
  needed: boolean;
  /** @returns undefined for a cell that does not say what it should; `expected` then says what. */
  read: (text: string) => T | undefined;
  expected: string;
}

export type Columns = Record<string, Column<unknown>>;
export type Values<C extends Columns> = { [K in keyof C]?: C[K] extends Column<infer T> ? T : never };

export interface ReadRow<C extends Columns> {
  row: number;
  values: Values<C>;
}

/** Headings are compared without spaces, stars and what stands in brackets, as people retype them. */
const plain = (heading: string): string => heading.normalize('NFKC').replaceAll(/\(.*?\)|[*\s]/g, '');

/** Columns that lists have and that say nothing. */
const PASSED_OVER = new Set(['', '序号', '编号']);

const LOSSY = '数字过长已被表格舍入，请将单元格设为文本格式后重新填写';

function readCell(cell: Cell | undefined, column: Column<unknown>): { value?: unknown; wrong?: string } {
  const text = cell?.text.normalize('NFKC').trim() ?? '';
  if (text === '') return column.needed ? { wrong: '必填' } : {};
  if (cell?.lossy) return { wrong: LOSSY };
  const value = column.read(text);
  return value === undefined ? { wrong: column.expected } : { value };
}

/**
 * Reads a sheet by its headings. A column that is needed and missing is one problem of row 1; one that nobody knows
 * is another, or what stands in it would be lost without a word.
 */
export function readSheet<C extends Columns>(
  sheet: Sheet,
  columns: C,
): { rows: ReadRow<C>[]; problems: CellProblem[] } {
  const problems: CellProblem[] = [];
  const names = Object.entries(columns);
  const at = new Map<string, number>();
  sheet.heading.forEach((heading, index) => {
    const found = names.find(([, { name }]) => plain(name) === plain(heading));
    if (found && !at.has(found[0])) at.set(found[0], index);
    else if (!PASSED_OVER.has(plain(heading)))
      problems.push({ row: 1, column: heading.slice(0, 40), message: found ? '列重复' : '不认识的列' });
  });
  for (const [key, { name, needed }] of names) {
    if (needed && !at.has(key)) problems.push({ row: 1, column: name, message: '缺少这一列' });
  }
  if (problems.length > 0) return { rows: [], problems };
  const rows = sheet.rows.map(({ row, cells }): ReadRow<C> => {
    const entries = names.flatMap(([key, column]) => {
      const index = at.get(key);
      const { value, wrong } = readCell(index === undefined ? undefined : cells[index], column);
      if (wrong !== undefined) problems.push({ row, column: column.name, message: wrong });
      return value === undefined ? [] : [[key, value] as const];
    });
    return { row, values: Object.fromEntries(entries) as Values<C> };
  });
  return { rows, problems };
}

const optional = <T>(name: string, expected: string, read: (text: string) => T | undefined): Column<T> => ({
  ...{ name, needed: false, expected, read },
});
const needed = <T>(column: Column<T>): Column<T> => ({ ...column, needed: true });

const text = (name: string, most: number): Column<string> =>
  optional(name, `最多${most}个字`, (value) => (value.length <= most ? value : undefined));

const oneOf = <T extends string>(name: string, values: Record<string, T>): Column<T> =>
  optional(name, `应为：${Object.keys(values).join('、')}`, (value) =>
    Object.hasOwn(values, value) ? values[value] : undefined,
  );

const whole = (name: string, least: number, most: number): Column<number> =>
  optional(name, `应为${least}到${most}的整数`, (value) => {
    const number = Number(value);
    return Number.isInteger(number) && number >= least && number <= most ? number : undefined;
  });

/** `2025-3-1`, `2025/03/01`, `2025年3月1日` → `2025-03-01` */
function dateText(value: string): string | undefined {
  const found = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(value);
  if (!found) return undefined;
  const [, year = '', month = '', day = ''] = found;
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return dayOf(date) === undefined ? undefined : date;
}
const date = (name: string): Column<string> => optional(name, '应为日期，如 2025-03-01', dateText);

const several = (value: string): string[] => [
  ...new Set(
    value
      .split(/[、,;\s]+/)
      .map((one) => one.trim())
      .filter(Boolean),
  ),
];

const PHONE = /^\+?\d[\d-]{4,18}$/;
const phone = (name: string): Column<string> =>
  optional(name, '应为电话号码', (value) => (PHONE.test(value) ? value : undefined));

const SITUATION_WORDS: Record<string, string> = {
  留守: 'left_behind',
  流动: 'migrant',
  低保: 'minimum_living_allowance',
  残疾: 'disabled',
  孤儿: 'orphan',
  事实无人抚养: 'de_facto_unattended',
  其他困境: 'other_difficulty',
};

/** 困境儿童名册 */
export const CHILD_COLUMNS = {
  name: needed(text('姓名', 100)),
  sex: oneOf('性别', { 女: 'female', 男: 'male' }),
  birthDate: date('出生日期'),
  idNumber: optional('身份证号', '应为18位身份证号', (value) =>
    /^\d{17}[\dXx]$/.test(value) ? value.toUpperCase() : undefined,
  ),
  phone: phone('联系电话'),
  address: text('住址', 500),
  guardian: text('监护人', 100),
  guardianPhone: phone('监护人电话'),
  situations: optional('困境类型', `应为：${Object.keys(SITUATION_WORDS).join('、')}，多个用顿号分开`, (value) => {
    const found = several(value).map((word) =>
      Object.hasOwn(SITUATION_WORDS, word) ? SITUATION_WORDS[word] : undefined,
    );
    return found.every((one) => one !== undefined) ? found : undefined;
  }),
  note: text('备注', 2_000),
} satisfies Columns;

const PLACE_WORDS = Object.fromEntries(Object.entries(PLACE_NAMES).map(([place, word]) => [word, place as Place]));

/** 走访台账 */
export const VISIT_COLUMNS = {
  date: needed(date('日期')),
  time: optional('时间（北京时间）', '应为时刻，如 14:30', (value) => {
    const found = /^(\d{1,2}):(\d{2})(?::\d{2})?$/.exec(value);
    const minute = found ? Number(found[1]) * 60 + Number(found[2]) : -1;
    return found && Number(found[2]) < 60 && minute < 1440 ? minute : undefined;
  }),
  kind: needed(oneOf('类别', { 走访: 'visit', 家庭访问: 'home_visit' } as const)),
  minutes: needed(whole('时长（分钟）', 1, 1440)),
  place: oneOf('地点', PLACE_WORDS),
  staff: needed(optional('社工', '应为社工姓名，多人用顿号分开', several)),
  children: optional('儿童编号', '应为 C0001 这样的编号，多个用顿号分开', (value) => {
    const numbers = several(value.toUpperCase());
    return numbers.every((one) => /^C\d{4,}$/.test(one)) ? numbers : undefined;
  }),
  headCount: whole('其他人数', 0, 20_000),
  note: text('情况说明', 10_000),
} satisfies Columns;

export type ChildRow = ReadRow<typeof CHILD_COLUMNS>;
export type VisitRow = ReadRow<typeof VISIT_COLUMNS>;

/** A list is taken whole or not at all, and in one go. */
export const MOST_ROWS = 2_000;
