/** Pace alerts (进度提醒): what will be missed at this pace and by how much, and which evaluation draws near. Pure. */
import { beijing } from '../zone';
import { type Contract, type Indicator, UNIT_NAMES } from './contract';
import { accumulates, type Standing } from './standing';
import { dayInWords, daysUntil, momentsOf, nextEvaluation } from './term';

/** Days before an evaluation on which it is called to mind. */
export const EVALUATION_REMINDERS = [60, 30, 14, 7] as const;
/** So many days before an evaluation the pace is told daily, and weekly otherwise. */
export const DAILY_WITHIN_DAYS = 30;
const MONDAY = 1;

export interface PaceMessage {
  contractId: string;
  stationId: string;
  kind: 'behind' | 'evaluation';
  /** Absent for an evaluation. */
  indicatorId?: string;
  /** Of an evaluation alone: days left, and how many indicators are not met. */
  evaluation?: { daysLeft: number; open: number };
  text: string;
}

export interface Judged {
  indicator: Indicator;
  standing: Standing;
}

/** Is the pace to be told on this Beijing day? Mondays, and daily in the last 30 days before an evaluation. */
export function isPaceDay(contract: Pick<Contract, 'term' | 'evaluations' | 'quietDays'>, at: number): boolean {
  const { from, until } = momentsOf(contract.term);
  if (at < from || at >= until || -daysUntil(contract.term.fromDay, at) < contract.quietDays) return false;
  const next = nextEvaluation(contract, at);
  return beijing(at).weekday === MONDAY || (next !== undefined && daysUntil(next.day, at) <= DAILY_WITHIN_DAYS);
}

/** `走访 120/260人次，按目前进度到11月15日约214，预计少46人次` */
export function behindText({ indicator, standing }: Judged): string {
  const { name, unit, target } = indicator;
  const { actual, forecast, horizonDay, short } = standing;
  const word = UNIT_NAMES[unit];
  if (unit === 'rate') return `${name} ${actual ?? '—'}%，目标${target}%，低${short}个百分点`;
  if (!accumulates(indicator)) return `${name} ${actual ?? 0}/${target}${word}，还差${short}${word}`;
  const day = dayInWords(horizonDay);
  return `${name} ${actual ?? 0}/${target}${word}，按目前进度到${day}约${forecast ?? 0}，预计少${short}${word}`;
}

function evaluationMessage(contract: Contract, at: number, judged: readonly Judged[]): PaceMessage[] {
  const next = nextEvaluation(contract, at);
  const left = next && daysUntil(next.day, at);
  if (!next || !EVALUATION_REMINDERS.some((days) => days === left)) return [];
  const open = judged.filter(({ standing }) => standing.state !== 'met').length;
  const rest = open === 0 ? '各项指标均已达标' : `尚有${open}项指标未达标`;
  const text = `距${next.name}（${dayInWords(next.day)}）还有${left}天，${rest}`;
  const { id: contractId, stationId } = contract;
  return [{ contractId, stationId, kind: 'evaluation', evaluation: { daysLeft: left ?? 0, open }, text }];
}

/** What is to be said about a contract on the Beijing day of a moment; nothing on most days. */
export function paceOf(contract: Contract, judged: readonly Judged[], at: number): PaceMessage[] {
  const behind = isPaceDay(contract, at) ? judged.filter(({ standing }) => standing.state === 'behind') : [];
  return [
    ...evaluationMessage(contract, at, judged),
    ...behind.map((one): PaceMessage => {
      const { id: contractId, stationId } = contract;
      return { contractId, stationId, kind: 'behind', indicatorId: one.indicator.id, text: behindText(one) };
    }),
  ];
}
