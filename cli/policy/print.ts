/** A simulation for people (text) and for machines (JSON). */
import type { Basis, RungRole } from '../../domain/model';
import { HOUR, MINUTE, formatBeijing, rfc3339 } from '../../domain/zone';
import type { SimulatedStep, Simulation, Tell } from './simulate';
import { RISK_WORDS } from '../../domain/risk-words';

export const ROLE_WORDS: Record<RungRole, string> = {
  worker: '承办人',
  supervisor: '督导',
  duty_officer: '民政值班员',
};
const TELL_WORDS = { reminder: '提醒', overdue: '逾期告警' } as const;
const BASIS_WORDS = { legal: '法律', local: '地方规定', judgement: '专业判断' } as const;

/** `法律：未成年人保护法 第十一条「立即」；60 分钟` */
export const basisWords = (basis: Basis): string =>
  [
    `${BASIS_WORDS[basis.kind]}${basis.law ? `：${basis.law}${basis.article ? ` ${basis.article}` : ''}` : ''}`,
    basis.word ? `「${basis.word}」` : '',
    `；${basis.figure}`,
  ].join('');

/** Columns on a screen: Chinese characters are two wide. */
const width = (text: string): number => [...text].reduce((sum, char) => sum + (char > '\u2e7f' ? 2 : 1), 0);
const cell = (text: string, columns: number): string => text + ' '.repeat(Math.max(1, columns - width(text)));

export const headline = ({ policy, facts, grade }: Simulation): string[] => [
  `${policy.types[facts.type].name} ${facts.type} · ${RISK_WORDS[facts.risk]}风险 ${facts.risk} · 接报 ${formatBeijing(facts.receivedAt)} 北京时间 · 规则版本 ${policy.version}`,
  ...(grade.why ? [`${grade.raisedFrom ? `由${RISK_WORDS[grade.raisedFrom]}调高` : '风险等级'}：${grade.why}`] : []),
];

export const warnings = ({ unknownYears }: Simulation): string[] =>
  unknownYears.map((year) => `⚠ ${year} 年的放假安排尚未公布，工作日按周一至周五计算。`);

const stepLine = (step: SimulatedStep): string =>
  [
    cell(formatBeijing(step.dueAt), 23),
    cell(step.name, 14),
    cell(step.id, 32),
    cell(step.remindAt === undefined ? '—' : formatBeijing(step.remindAt), 23),
    `${step.binds === 'watch' ? '（盯办）' : ''}${basisWords(step.basis)}`,
  ].join('');

const tellLine = ({ step, tell }: { step: SimulatedStep; tell: Tell }): string =>
  [
    cell(formatBeijing(tell.at), 23),
    cell(TELL_WORDS[tell.what], 10),
    cell(ROLE_WORDS[tell.to], 12),
    step.name,
    tell.heldFrom === undefined ? '' : `（免打扰，由 ${formatBeijing(tell.heldFrom)} 顺延）`,
  ].join('');

const allTells = ({ steps }: Simulation) =>
  steps.flatMap((step) => step.tells.map((tell) => ({ step, tell }))).sort((a, b) => a.tell.at - b.tell.at);

/** The timeline as lines of text: steps with their basis, then who is told when, if nothing is done. */
export function asText(simulation: Simulation): string {
  const { horizonMs, repeatMs, policy, facts } = simulation;
  return [
    ...headline(simulation),
    '',
    `${cell('期限', 23)}${cell('步骤', 14)}${cell('step', 32)}${cell('提醒', 23)}依据`,
    ...simulation.steps.map(stepLine),
    '',
    `无人办理、无人确认时，${horizonMs / HOUR} 小时内的通知（此后每 ${repeatMs / MINUTE} 分钟重复，直到有人确认）：`,
    ...allTells(simulation).map(tellLine),
    '',
    ...policy.types[facts.type].notes.map((note) => `※ ${note}`),
    ...warnings(simulation),
  ]
    .join('\n')
    .trimEnd();
}

/** The same for machines; times are RFC 3339 with +08:00, spans in seconds. */
export function asJson(simulation: Simulation): string {
  const { policy, facts, grade, horizonMs, repeatMs, steps, unknownYears } = simulation;
  const body = {
    policyVersion: policy.version,
    type: facts.type,
    risk: facts.risk,
    ...(grade.raisedFrom ? { riskRaisedFrom: grade.raisedFrom } : {}),
    ...(grade.why ? { why: grade.why } : {}),
    receivedAt: rfc3339(facts.receivedAt),
    untilSeconds: horizonMs / 1000,
    repeatSeconds: repeatMs / 1000,
    unknownYears,
    notes: policy.types[facts.type].notes,
    steps: steps.map(({ tells, ...step }) => ({
      ...step,
      startAt: rfc3339(step.startAt),
      dueAt: rfc3339(step.dueAt),
      ...(step.remindAt === undefined ? {} : { remindAt: rfc3339(step.remindAt) }),
      tells: tells.map(({ at, what, to, heldFrom }) => ({
        at: rfc3339(at),
        ...{ what, to },
        ...(heldFrom === undefined ? {} : { heldFrom: rfc3339(heldFrom) }),
      })),
    })),
  };
  return JSON.stringify(body, null, 2);
}
