/** An explanation for people (text) and for machines (JSON). */
import { formatBeijing, rfc3339 } from '../../domain/zone';
import { type Change, type ExplainedStep, type Explanation, moveWords } from './explain';
import { basisWords } from './print';
import { RISK_WORDS } from '../../domain/risk-words';
import { ladderWords, STATE_WORDS, STATUS_WORDS } from './words';

const line = (label: string, words: string): string => `  ${label}  ${words}`;

/** Working days end with the station's hours, and the day of the start does not count. */
const countingWords = ({ basis }: ExplainedStep): string =>
  basis.figure.includes('工作日') ? '；工作日含调休，起算当天不计，到期日工作时间结束时到期' : '';

const changeLine = (change: Change, index: number): string =>
  line(index === 0 ? '经过' : '    ', `${formatBeijing(change.at)} ${change.what}${moveWords(change)}（${change.by}）`);

function stepLines(step: ExplainedStep): string[] {
  const watch = step.binds === 'watch' ? ' · 只盯办，不算本站逾期' : '';
  const firm = step.extendable ? '' : ' · 不可延期';
  const moved = step.firstDueAt === step.dueAt ? '' : `；最初是 ${formatBeijing(step.firstDueAt)}`;
  const asked = step.extension ? `；申请延期到 ${formatBeijing(Date.parse(step.extension.until))}，待审批` : '';
  return [
    `${step.name} ${step.id} · ${STATE_WORDS[step.state]}${watch}${firm}`,
    line('起算', `${formatBeijing(step.startAt)} ${step.startedBy}`),
    line('期限', `${formatBeijing(step.dueAt)}${moved}${asked}`),
    line('提醒', step.remindAt === null ? '—' : formatBeijing(step.remindAt)),
    line('依据', `${basisWords(step.basis)}${countingWords(step)}`),
    ...(step.basis.note ? [line('说明', step.basis.note)] : []),
    ...(step.rules.length > 0 ? [line('规则', step.rules.join('、'))] : []),
    ...step.changes.map(changeLine),
    '',
  ];
}

/** One block a step, then how its lateness would be told. */
export function explanationText({ case: one, typeName, steps, ladder, risks }: Explanation): string {
  return [
    `${one.drill ? '演练' : ''}案件 ${one.number} · ${[typeName, one.type].filter(Boolean).join(' ')} · ${RISK_WORDS[one.risk]}风险 ${one.risk} · ${STATUS_WORDS[one.status]} · 规则版本 ${one.policyVersion}`,
    `接报 ${formatBeijing(one.receivedAt)} · 案件时间 ${formatBeijing(one.asOf)}（北京时间）`,
    ...(one.workflow === 'pending' ? ['⚠ 时限引擎尚未接手本案：期限已定，恢复后自动开始告知。'] : []),
    ...risks.map((risk) => `${formatBeijing(risk.at)} ${risk.what}（${risk.by}）`),
    '',
    ...steps.flatMap(stepLines),
    ...(ladder
      ? [`${RISK_WORDS[one.risk]}风险的告警梯级：`, ...ladderWords(ladder).map((words) => `  ${words}`)]
      : [`⚠ 本机没有版本为 ${one.policyVersion} 的时限规则，无法列出规则和告警梯级（--policies 指定目录）。`]),
  ].join('\n');
}

const timed = ({ at, from, to, ...change }: Change) => ({
  at: rfc3339(at),
  ...change,
  ...(from === undefined ? {} : { from: rfc3339(from) }),
  ...(to === undefined ? {} : { to: rfc3339(to) }),
});

/** The same for machines; times are RFC 3339 with +08:00, the ladder's spans milliseconds. */
export function explanationJson({ case: one, steps, ladder, risks }: Explanation): string {
  const { id, number, type, risk, status, workflow, policyVersion, drill } = one;
  const body = {
    ...{ caseId: id, number, type, risk, status, workflow, policyVersion, drill },
    receivedAt: rfc3339(one.receivedAt),
    asOf: rfc3339(one.asOf),
    risks: risks.map(timed),
    steps: steps.map((step) => ({
      ...{ id: step.id, kind: step.kind, name: step.name, state: step.state, binds: step.binds },
      startAt: rfc3339(step.startAt),
      startedBy: step.startedBy,
      firstDueAt: rfc3339(step.firstDueAt),
      dueAt: rfc3339(step.dueAt),
      remindAt: step.remindAt === null ? null : rfc3339(step.remindAt),
      basis: step.basis,
      extendable: step.extendable,
      extension: step.extension,
      rules: step.rules,
      changes: step.changes.map(timed),
    })),
    ladder: ladder ?? null,
  };
  return JSON.stringify(body, null, 2);
}
