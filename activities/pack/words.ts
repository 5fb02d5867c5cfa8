/** Chinese words for the codes that a pack shows, and a record as cells. Numbers and words, no name of a child. */
import { UNIT_NAMES } from '../../domain/services/contract';
import { KIND_RULES, PLACE_NAMES, type Place, SERVICE_KINDS } from '../../domain/services/kinds';
import type { SheetCell } from '../../runtime/xlsx';
import { beijingDate, rfc3339 } from '../../domain/zone';
import type { Counted } from '../../store/services/figures';
import type { Evidence } from '../../store/services/evidence';
import { dateOf } from '../../domain/services/term';

export const PARTS = { output: '产出指标', performance: '绩效目标' } as const;
export const STATES = {
  not_begun: '未开始',
  no_data: '暂无数据',
  met: '已达标',
  on_track: '进度正常',
  behind: '进度落后',
} as const;
const VERDICTS: Record<string, string> = { in_time: '按时受理', late: '逾期', pending: '未到时限' };
const SOURCES = { service: '服务记录', case: '个案', staff: '人员', survey: '小问卷' } as const;
export const THEMES: Record<string, string> = {
  arts: '美术手工',
  music_dance: '音乐舞蹈',
  sports: '体育',
  environment: '环保',
  law: '法治',
  other: '其他',
};
/** Types of cases, as an official list has them. */
const CASE_WORDS: Record<string, string> = {
  sexual_abuse: '性侵害',
  physical_abuse: '虐待',
  domestic_violence: '家庭暴力',
  abandonment: '遗弃',
  neglect: '忽视',
  bullying: '欺凌',
  missing: '失踪',
  self_harm: '自伤自杀风险',
  other_emergency: '其他紧急情况',
};
const ROLE_WORDS: Record<string, string> = { social_worker: '社工', supervisor: '督导' };

export const placeName = (place: string): string => PLACE_NAMES[place as Place] ?? place;

/** What a record is called: a kind of service, of case, or of post. */
export function kindName(kind: string): string {
  const known = SERVICE_KINDS.find((one) => one === kind);
  return known ? KIND_RULES[known].name : (CASE_WORDS[kind] ?? ROLE_WORDS[kind] ?? kind);
}

/** `2025-06-30 14:05`, Beijing. */
export const minuteOf = (at: Date): string => rfc3339(at).slice(0, 16).replace('T', ' ');
export const dayOf = (at: Date): string => beijingDate(at.getTime());

export const withUnit = (value: number | null, { indicator }: Counted): string =>
  value === null ? '—' : `${value}${UNIT_NAMES[indicator.unit]}`;

export const INDICATOR_HEADING = [
  ...['序号', '类别', '指标', '单位', '目标', '实际', '分子', '分母', '预计', '预计日期', '状态', '口径'],
];

/** One indicator as a row of the sheet. */
export function indicatorRow({ indicator, figure, standing }: Counted, index: number): SheetCell[] {
  const rated = figure.whole !== undefined;
  return [
    ...[index + 1, PARTS[indicator.part], indicator.name, UNIT_NAMES[indicator.unit], indicator.target],
    ...[standing.actual, rated ? figure.count : null, figure.whole ?? null, standing.forecast],
    ...[dateOf(standing.horizonDay), STATES[standing.state], indicator.note ?? null],
  ];
}

export const RECORD_HEADING = [
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
  ],
  '受理',
];
/** What names a record where people look it up: a case's number, or the record's id. Staff by their id. */
export const recordName = (one: Evidence): string => (one.source === 'case' ? (one.label ?? one.id) : one.id);
export const recordRow = (indicator: string, one: Evidence): SheetCell[] => [
  ...[indicator, SOURCES[one.source], one.source === 'staff' ? (one.label ?? one.id) : recordName(one)],
  ...[one.at && minuteOf(one.at), kindName(one.kind), one.title, one.place === null ? null : placeName(one.place)],
  ...[one.minutes, one.people, one.children.join('、') || null, one.answers, one.satisfied],
  one.verdict === null ? null : (VERDICTS[one.verdict] ?? one.verdict),
];
