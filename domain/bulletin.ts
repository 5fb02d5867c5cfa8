/** What the audit's findings are called, and what one person is told of them. Pure. */
import type { FindingKind } from './audit';

/** For people: what is wrong, in a few words. */
export const FINDING_WORDS: Record<FindingKind, string> = {
  late_without_alert: '已逾期但未生成告警',
  alert_without_attempt: '已告警但未发出任何消息',
  alert_stalled: '告警没有按时继续上报',
  workflow_missing: '时限监控没有运行',
  workflow_stuck: '时限监控没有响应',
  delivery_stuck: '有消息长时间未发出',
  journal_behind: '案件数据与日志不一致',
  clock_skew: '服务器时钟不准',
};

export interface BulletinLine {
  kind: FindingKind;
  /** The case's number; undefined: the finding is about the system. */
  number?: string;
  /** The step's short name. */
  step?: string;
}

const MOST_LINES = 30;
const SYSTEM_WORD = '系统';

/** What one person is told of all that was found: values of the text `audit_finding`. */
export function bulletin(lines: BulletinLine[]): { count: string; number: string; list: string } {
  const numbers = [...new Set(lines.flatMap((line) => line.number ?? []))].sort();
  const [first = SYSTEM_WORD, ...more] = numbers;
  const said = lines.map(({ kind, number, step }) => {
    const subject = number === undefined ? SYSTEM_WORD : `案件${number}${step === undefined ? '' : `的${step}`}`;
    return `${subject}：${FINDING_WORDS[kind]}`;
  });
  const distinct = [...new Set(said)];
  const rest = distinct.length - MOST_LINES;
  return {
    count: lines.length > 9_999 ? '9999+' : String(lines.length),
    number: more.length > 0 ? `${first}等` : first,
    list: [...distinct.slice(0, MOST_LINES), ...(rest > 0 ? [`另有${rest}项，请登录系统查看。`] : [])].join('\n'),
  };
}
