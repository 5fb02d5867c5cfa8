/** Chinese words for the codes that pages show. */
import type { ReferralState } from '../../domain/model';
import { DAY, formatBeijing, HOUR, MINUTE } from '../../domain/zone';
import type { Purpose } from '../schemas/commands';
import type { FEEDBACK_OUTCOMES } from '../schemas/partner';
import type { ChildField } from './disclosure';

export const PURPOSE_WORDS: Record<Purpose, string> = {
  investigate: '依法调查处理',
  protect: '保护未成年人安全',
  medical: '医疗救治',
  forensic: '伤情检查与证据固定',
  school_support: '在校支持与保护',
  legal_aid: '法律援助',
  counselling: '心理辅导',
  placement: '临时安置与照护',
  other: '其他协助',
};

export const REFERRAL_STATE_WORDS: Record<ReferralState, string> = {
  drafted: '待发出',
  sent: '待确认接收',
  opened: '待确认接收',
  received: '已确认接收，待答复是否受理',
  accepted: '已受理，办理中',
  feedback: '已反馈',
  declined: '已说明无法承接',
  closed: '已办结',
  revoked: '已撤回',
};

export const FEEDBACK_WORDS: Record<(typeof FEEDBACK_OUTCOMES)[number], string> = {
  in_progress: '正在办理',
  done: '已办结',
  cannot: '无法办理',
};

export const FIELD_WORDS: Record<ChildField, string> = {
  name: '姓名',
  sex: '性别',
  birthDate: '出生日期',
  address: '住址',
  narrative: '情况说明',
};

export const SEX_WORDS: Record<string, string> = { female: '女', male: '男', unknown: '未知' };

/** `11月24日（周二）14:05`, as the app writes it; in texts, where each letter counts, brackets are half as wide. */
export const timeWords = (ms: number): string => formatBeijing(ms).replace('(', '（').replace(')', '）');

/** How long something is late, in the largest unit that says it well: `35 分钟`, `2 小时 5 分钟`, `3 天`. */
export function spanWords(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / MINUTE));
  if (ms < HOUR) return `${minutes} 分钟`;
  if (ms >= 2 * DAY) return `${Math.floor(ms / DAY)} 天`;
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} 小时${rest > 0 ? ` ${rest} 分钟` : ''}`;
}
