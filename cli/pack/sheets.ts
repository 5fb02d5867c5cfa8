/** The pack's tables: indicators, the records behind them, the sample. Numbers and words, no name of a child. */
import { KIND_RULES, PLACE_NAMES, type Place, SERVICE_KINDS } from '../../domain/services/kinds';
import type { NamedSheet, SheetCell } from '../../runtime/xlsx';
import type { Evidence, Gathered, Indicators } from './gather';
import { sampleOf } from './sample';

type Indicator = Indicators['items'][number];

const PARTS = { output: '产出指标', performance: '绩效目标' } as const;
const STATES = {
  not_begun: '未开始',
  no_data: '暂无数据',
  met: '已达标',
  on_track: '进度正常',
  behind: '进度落后',
} as const;
const VERDICTS = { in_time: '按时受理', late: '逾期', pending: '未到时限' } as const;
const SOURCES = { service: '服务记录', case: '个案', staff: '人员', survey: '小问卷' } as const;

const INDICATOR_HEADING = [
  '序号',
  '类别',
  '指标',
  '单位',
  '目标',
  '实际',
  '分子',
  '分母',
  '预计',
  '预计日期',
  '状态',
  '口径',
];
const indicatorRow = (one: Indicator, index: number): SheetCell[] => [
  index + 1,
  PARTS[one.part],
  one.name,
  one.unitName,
  one.target,
  one.actual,
  one.of?.count ?? null,
  one.of?.whole ?? null,
  one.forecast,
  one.forecastOn,
  STATES[one.state],
  one.note,
];

const kindName = (kind: string): string => {
  const known = SERVICE_KINDS.find((one) => one === kind);
  return known ? KIND_RULES[known].name : kind;
};

const RECORD_HEADING = [
  ...[
    '指标',
    '来源',
    '编号',
    '时间',
    '类型',
    '名称',
    '地点',
    '时长（分钟）',
    '人次',
    '在册儿童编号',
    '有效问卷',
    '满意',
    '受理',
  ],
];
const recordRow = (indicator: Indicator, one: Evidence): SheetCell[] => [
  indicator.name,
  SOURCES[one.source],
  one.source === 'service' ? one.id : (one.label ?? one.id),
  one.at,
  kindName(one.kind),
  one.title,
  one.place === null ? null : PLACE_NAMES[one.place as Place],
  one.minutes,
  one.people,
  one.children.join('、') || null,
  one.answers,
  one.satisfied,
  one.verdict === null ? null : VERDICTS[one.verdict],
];

export interface Sampling {
  seed: string;
  /** Records an indicator. */
  size: number;
}

const rowsOf = ({ indicators, records }: Gathered, pick: (all: Evidence[]) => Evidence[]): SheetCell[][] =>
  indicators.items.flatMap((one) => pick(records.get(one.id) ?? []).map((record) => recordRow(one, record)));

/** Three sheets: 指标, 明细, 抽样. */
export const sheetsOf = (gathered: Gathered, { seed, size }: Sampling): NamedSheet[] => [
  { name: '指标', rows: [INDICATOR_HEADING, ...gathered.indicators.items.map(indicatorRow)] },
  { name: '明细', rows: [RECORD_HEADING, ...rowsOf(gathered, (all) => all)] },
  { name: '抽样', rows: [RECORD_HEADING, ...rowsOf(gathered, (all) => sampleOf(all, seed, size))] },
];

/** The indicators as a plain table, to read and to print. */
export function tableOf({ indicators, stageName, preliminary }: Gathered): string {
  const { contract, asOf, items } = indicators;
  const line = (cells: SheetCell[]): string =>
    `| ${cells.map((cell) => String(cell ?? '—').replaceAll('|', '／')).join(' | ')} |`;
  return [
    `# ${contract.name} ${stageName}`,
    '',
    `- 购买方：${contract.buyer}`,
    `- 承接方：${contract.contractor}`,
    `- 服务期：${contract.term.from} 至 ${contract.term.to}，已过 ${Math.round(contract.shareGone * 100)}%`,
    `- 数据截至：${asOf}${preliminary ? '（评估日未到，为临时数据）' : ''}`,
    '',
    line(INDICATOR_HEADING),
    line(INDICATOR_HEADING.map(() => '---')),
    ...items.map((one, index) => line(indicatorRow(one, index))),
    '',
  ].join('\n');
}
