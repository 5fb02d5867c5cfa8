/** Chinese words for the codes that the commands print. */
import type { Ladder } from '../../domain/alert';
import type { RungRole } from '../../domain/model';
import { HOUR, MINUTE } from '../../domain/zone';
import { ROLE_WORDS } from './print';

export const STATE_WORDS = {
  pending: '待办',
  due_soon: '临近到期',
  overdue: '已逾期',
  done: '已办结',
  cancelled: '已取消',
} as const;

export const STATUS_WORDS = { open: '办理中', closing: '待结案审批', closed: '已结案' } as const;

export const TRIGGER_WORDS: Record<string, string> = {
  sexual_abuse: '性侵害',
  injury: '受伤',
  severe_malnutrition: '严重营养不良',
  abandonment: '遗弃',
  no_carer: '无人照料',
  missing: '失踪',
  self_harm: '自伤自杀',
  disability_or_death: '伤残或死亡',
  trafficking: '拐卖',
  other: '其他情形',
};

const EVENT_WORDS: Record<string, string> = {
  reported: '接报',
  child_returned: '儿童返回',
  discharged: '出院',
  order_applied: '申请保护令',
  order_issued: '保护令作出',
  warning_issued: '告诫书作出',
  investigation_started: '学校启动调查',
  placed: '安置',
  made_safe: '确认安全',
  step_done: '前一步办结',
  referral_sent: '转介发出',
  referral_received: '对方签收',
  closed: '结案',
  reopened: '重新开案',
};

/** What started a clock; a code without a word stays as it is. */
export const eventWords = (event: string): string => EVENT_WORDS[event] ?? event;

/** A span of clock time: `45 分钟`, `2 小时`, `3 天`. @param ms milliseconds */
export function spanWords(ms: number): string {
  if (ms % HOUR !== 0) return `${Math.round(ms / MINUTE)} 分钟`;
  return ms >= 48 * HOUR && ms % (24 * HOUR) === 0 ? `${ms / (24 * HOUR)} 天` : `${ms / HOUR} 小时`;
}

const clock = (minutes: number): string =>
  [Math.floor(minutes / 60), minutes % 60].map((n) => String(n).padStart(2, '0')).join(':');
const CHANNEL_WORDS = { sms: '短信', voice: '语音', email: '邮件', wecom: '企业微信群', dingtalk: '钉钉群' } as const;
export const channelWords = (channel: keyof typeof CHANNEL_WORDS): string => CHANNEL_WORDS[channel];
const roleWords = (role: RungRole): string => ROLE_WORDS[role];

/** The ladder of a risk in lines: whom, when, by what, and what follows. */
export const ladderWords = ({ rungs, repeatMs, ackBuysMs, quiet }: Ladder): string[] => [
  ...rungs.map(({ to, afterMs, channels }) => {
    const when = afterMs === 0 ? '到期即' : `逾期 ${spanWords(afterMs)}`;
    return `${when}告知${roleWords(to)}（${channels.map(channelWords).join('、')}）`;
  }),
  `此后每 ${spanWords(repeatMs)}全部重复，直到有人确认；确认后暂缓 ${spanWords(ackBuysMs)}`,
  quiet ? `免打扰 ${clock(quiet.fromMinute)}–${clock(quiet.toMinute)}，期间的提醒顺延` : '没有免打扰时段',
];
