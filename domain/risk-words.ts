import type { Risk } from './model';

/** Levels of risk as people read them. */
export const RISK_WORDS: Record<Risk, string> = { critical: '紧急', high: '高', medium: '中', low: '低' };
