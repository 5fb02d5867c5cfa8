/** From a table of figures to its picture: what ECharts is told. Words come in, nothing here reads the page. */
import type { EChartsOption, SeriesOption } from 'echarts';
import type { FigureTable } from '../../api/types';

export type Column = FigureTable['columns'][number];
export type Row = FigureTable['rows'][number];

/** The row of the whole stands in the table and not in the picture. */
export const ALL = 'all';

export interface Words {
  column(column: Column): string;
  row(row: Row): string;
  /** A value of a column as people read it. */
  value(column: Column, value: number | null): string;
}

/** Strong enough for a picture; text beside them is dark. */
const COLOURS: Partial<Record<Column, string>> = {
  in_time: '#2e7d4f',
  late: '#b3261e',
  unanswered: '#7a1a15',
  declined: '#8a5a00',
  waiting: '#8a94a0',
  median: '#0958d9',
  p90: '#8fb4ee',
  critical: '#a8201a',
  high: '#d9742b',
  medium: '#d6a419',
  low: '#8a94a0',
};
/** Columns that are drawn, by table; those of one stack make up a whole. */
const DRAWN: Record<FigureTable['id'], { columns: readonly Column[]; stacked: boolean }> = {
  on_time: { columns: ['in_time', 'late'], stacked: true },
  first_contact: { columns: ['median', 'p90'], stacked: false },
  open_cases: { columns: ['critical', 'high', 'medium', 'low'], stacked: true },
  alert_response: { columns: ['median', 'p90'], stacked: false },
  referral_answers: { columns: ['in_time', 'late', 'declined', 'unanswered', 'waiting'], stacked: true },
};
const SPANS: readonly Column[] = ['median', 'p90'];

export const isSpan = (column: Column): boolean => SPANS.includes(column);

/** The rows of the picture, and its columns that have anything to draw. */
export function drawnOf(table: FigureTable): { rows: Row[]; columns: Column[] } {
  const rows = table.rows.filter(({ key, hidden }) => key !== ALL && !hidden);
  const value = (row: Row, column: Column): number | null => row.values[table.columns.indexOf(column)] ?? null;
  const some = (column: Column): boolean => rows.some((row) => value(row, column) !== null);
  const columns = DRAWN[table.id].columns.filter(some);
  // Without the split by risk there is the count alone.
  return { rows, columns: columns.length > 0 ? columns : table.columns.filter((one) => one === 'count') };
}

/** Is there a bar to be seen? The table says nothing as well as an empty picture does. */
export function isDrawn(table: FigureTable): boolean {
  const { rows, columns } = drawnOf(table);
  return rows.some(({ values }) => columns.some((column) => (values[table.columns.indexOf(column)] ?? 0) > 0));
}

const ROW_PX = 30;
const FRAME_PX = 64;
export const heightOf = (table: FigureTable): number => {
  const { rows, columns } = drawnOf(table);
  const bars = DRAWN[table.id].stacked ? 1 : columns.length;
  return FRAME_PX + rows.length * (bars > 1 ? ROW_PX * 1.5 : ROW_PX);
};

/** A canvas inherits nothing: the page's letters, named again. */
const FONT = "system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'WenQuanYi Micro Hei', sans-serif";

/** Minutes are drawn as hours. */
const drawn = (column: Column, value: number | null): number | null =>
  value === null || !isSpan(column) ? value : Math.round((value / 60) * 100) / 100;

export function optionOf(table: FigureTable, words: Words, unit: string): EChartsOption {
  const { rows, columns } = drawnOf(table);
  const { stacked } = DRAWN[table.id];
  const valueAt = (column: Column, row: Row | undefined): number | null =>
    row?.values[table.columns.indexOf(column)] ?? null;
  const series = columns.map((column, n): SeriesOption => ({
    type: 'bar',
    name: words.column(column),
    ...(stacked && { stack: 'whole' }),
    barMaxWidth: 22,
    itemStyle: { color: COLOURS[column] ?? '#0958d9' },
    data: rows.map((row) => drawn(column, valueAt(column, row))),
    ...(table.id === 'on_time' &&
      n === 0 && {
        label: {
          show: true,
          position: 'insideLeft',
          color: '#fff',
          formatter: ({ dataIndex }: { dataIndex: number }) => words.value('rate', valueAt('rate', rows[dataIndex])),
        },
      }),
  }));
  return {
    animation: false,
    textStyle: { fontFamily: FONT, fontSize: 13, color: '#1b1f24' },
    grid: { left: 8, right: 24, top: 32, bottom: 8, containLabel: true },
    legend: { top: 0, left: 0, itemWidth: 14, textStyle: { color: '#1b1f24' } },
    // Its own HTML would need inline styles, which the page's policy refuses.
    tooltip: {
      trigger: 'axis',
      axisPointer: { type: 'shadow' },
      renderMode: 'richText',
      formatter: (given) => {
        const [first] = Array.isArray(given) ? given : [given];
        const row = rows[first?.dataIndex ?? 0];
        const lines = columns.map((column) => `${words.column(column)}  ${words.value(column, valueAt(column, row))}`);
        return [row ? words.row(row) : '', ...lines].join('\n');
      },
    },
    xAxis: {
      type: 'value',
      minInterval: columns.some(isSpan) ? 0 : 1,
      name: unit,
      nameLocation: 'end',
      nameTextStyle: { color: '#4a535d', align: 'right', verticalAlign: 'bottom' },
      axisLabel: { color: '#4a535d' },
      splitLine: { lineStyle: { color: '#dfe4ea' } },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: rows.map((row) => words.row(row)),
      axisTick: { show: false },
      axisLabel: { color: '#1b1f24', width: 130, overflow: 'truncate' },
    },
    series,
  };
}
