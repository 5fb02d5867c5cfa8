/** Lists that leave as files (导出列表): headings and lines, page by page. No personal data of a child or reporter stands in any. */
import { KIND_RULES, PLACE_NAMES, type Place } from '../../domain/services/kinds';
import type { Risk } from '../../domain/model';
import type { ListedCase } from '../../store/case-list';
import type { AlertOfCase } from '../../store/cases';
import { fieldsOf, type ServiceRecord } from '../../store/services/records';
import type { ApiDeps } from '../deps';
import { wordFor } from '../paper/screen-words';
import { RISK_WORDS } from '../../domain/risk-words';
import { ALERT_WORDS, wholeTime } from '../paper/words';
import { nameOf } from '../routes/case-answer';
import { type Line, namesFor, stationsOf, time } from './names';

const yes = (is: boolean): string => (is ? '是' : '否');

export const CASE_HEADING: Line = [
  ...['编号', '工作站', '类型', '风险等级', '状态', '承办人', '接报时间', '下一步', '下一时限', '有逾期', '本站逾期'],
  ...['结案时间', '演练'],
];

export async function caseLines(deps: ApiDeps, rows: readonly ListedCase[]): Promise<Line[]> {
  const nameOfStaff = await namesFor(
    deps,
    rows.map(({ assigneeId }) => assigneeId),
  );
  const stations = await stationsOf(deps);
  const kinds = deps.policies.current.names;
  return rows.map((row) => {
    const next = row.steps[0];
    return [
      ...[row.number, stations.get(row.stationId) ?? row.stationId, wordFor(`type.${row.type}`, row.type)],
      ...[RISK_WORDS[row.risk as Risk], wordFor(`status.${row.status}`, row.status), nameOfStaff(row.assigneeId)],
      ...[time(row.receivedAt), next ? nameOf(kinds, next.kind) : '', next ? time(next.dueAt) : ''],
      ...[yes(row.overdue), yes(row._count.steps > 0), time(row.closedAt), yes(row.drill)],
    ];
  });
}

export const ALERT_HEADING: Line = [
  ...['编号', '步骤', '状态', '轮次', '梯级', '开始时间', '下次告知', '确认人', '确认时间', '结束时间'],
];

/** Alerts as lines of the file, under their headings. */
export async function alertLines(deps: ApiDeps, rows: readonly AlertOfCase[]): Promise<Line[]> {
  const nameOfStaff = await namesFor(
    deps,
    rows.map(({ acknowledgedBy }) => acknowledgedBy),
  );
  const kinds = deps.policies.current.names;
  return rows.map((row) => [
    ...[row.case.number, nameOf(kinds, row.stepKind), ALERT_WORDS[row.state] ?? row.state],
    ...[String(row.round), String(row.rung + 1), time(row.openedAt), row.state === 'resolved' ? '' : time(row.nextAt)],
    ...[nameOfStaff(row.acknowledgedBy), time(row.acknowledgedAt), time(row.resolvedAt)],
  ]);
}

export const SERVICE_HEADING: Line = [
  ...[
    '工作站',
    '服务类别',
    '名称',
    '时间',
    '时长（分钟）',
    '地点',
    '服务人员',
    '在册儿童人数',
    '其他人数',
    '满意度答卷',
  ],
  ...['满意', '录入人', '录入时间'],
];

/** Records of services as lines of the file, under their headings. */
export async function serviceLines(deps: ApiDeps, rows: readonly ServiceRecord[]): Promise<Line[]> {
  const nameOfStaff = await namesFor(
    deps,
    rows.flatMap(({ staffIds, enteredBy }) => [...staffIds, enteredBy]),
  );
  const stations = await stationsOf(deps);
  return rows.map((row) => {
    const { kind, at, place } = fieldsOf(row);
    return [
      ...[stations.get(row.stationId) ?? row.stationId, KIND_RULES[kind].name, row.title ?? '', wholeTime(at)],
      ...[String(row.minutes), PLACE_NAMES[place as Place], row.staffIds.map(nameOfStaff).join('、')],
      ...[String(row.childIds.length), String(row.headCount), String(row.answers ?? ''), String(row.satisfied ?? '')],
      ...[nameOfStaff(row.enteredBy), time(row.enteredAt)],
    ];
  });
}
