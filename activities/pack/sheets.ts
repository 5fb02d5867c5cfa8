/** The pack's spreadsheet: indicators with their signature places, activities, every record, the sample. */
import { dateOf } from '../../domain/services/term';
import { rfc3339 } from '../../domain/zone';
import type { NamedSheet, SheetCell } from '../../runtime/xlsx';
import type { Evidence } from '../../store/services/evidence';
import type { Gathered } from './gather';
import {
  dayOf,
  INDICATOR_HEADING,
  indicatorRow,
  kindName,
  minuteOf,
  placeName,
  RECORD_HEADING,
  recordRow,
  THEMES,
} from './words';

const PRELIMINARY = '（评估日未到，为临时数据）';

/** `2025-06-30T23:59:59+08:00`, and whether it is not the last word. */
export const asOfText = ({ at, preliminary }: Pick<Gathered, 'at' | 'preliminary'>): string =>
  `${rfc3339(at).slice(0, 16).replace('T', ' ')}${preliminary ? PRELIMINARY : ''}`;

const rowsOf = ({ counted }: Gathered, of: Map<string, Evidence[]>): SheetCell[][] =>
  counted.flatMap(({ indicator: { id, name } }) => (of.get(id) ?? []).map((record) => recordRow(name, record)));

/** A title over the whole width, who it is between, the table, and the places to sign. */
function indicatorSheet(gathered: Gathered): NamedSheet {
  const { contract, evaluation, stationName, counted } = gathered;
  const width = INDICATOR_HEADING.length;
  const { fromDay, toDay } = contract.term;
  const above: SheetCell[][] = [
    [`${contract.name}${evaluation.name}指标表`],
    [`购买方：${contract.buyer}　　承接方：${contract.contractor}　　工作站：${stationName}`],
    [`服务期：${dateOf(fromDay)} 至 ${dateOf(toDay)}　　数据截至：${asOfText(gathered)}`],
  ];
  const below: SheetCell[][] = [
    [],
    ['承接方（盖章）：', null, null, null, '项目负责人（签字）：', null, null, null, '日期：'],
    ['购买方（盖章）：', null, null, null, '评估人员（签字）：', null, null, null, '日期：'],
  ];
  return {
    name: '指标',
    rows: [...above, INDICATOR_HEADING, ...counted.map(indicatorRow), ...below],
    merges: above.map((_, row) => ({ row, from: 0, to: width - 1 })),
    widths: [6, 10, 18, 6, 8, 8, 8, 8, 8, 12, 10, 40],
  };
}

function activitySheet({ kinds, groups, events }: Gathered): NamedSheet {
  return {
    name: '活动',
    rows: [
      ['服务类别', '次数', '人次', '时长（小时）'],
      ...kinds.map(({ kind, records, people, minutes }) => [
        kindName(kind),
        records,
        people,
        Math.round(minutes / 6) / 10,
      ]),
      [],
      ['小组', '主题', '活动次数', '人次', '首次', '末次'],
      ...groups.map((one) => [
        one.title,
        THEMES[one.theme] ?? one.theme,
        one.sessions,
        one.people,
        dayOf(one.first),
        dayOf(one.last),
      ]),
      [],
      ['活动名称', '类别', '时间', '地点', '时长（分钟）', '人次'],
      ...events.map((one) => [
        one.title,
        kindName(one.kind),
        minuteOf(one.at),
        placeName(one.place),
        one.minutes,
        one.people,
      ]),
    ],
    widths: [28, 12, 18, 10, 14, 14],
  };
}

/** Four sheets: 指标, 活动, 明细, 抽样. */
export const sheetsOf = (gathered: Gathered): NamedSheet[] => [
  indicatorSheet(gathered),
  activitySheet(gathered),
  { name: '明细', rows: [RECORD_HEADING, ...rowsOf(gathered, gathered.records)] },
  { name: '抽样', rows: [RECORD_HEADING, ...rowsOf(gathered, gathered.samples)] },
];
