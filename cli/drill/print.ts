/** What a drill showed, for people (text) and for machines (JSON). */
import { formatBeijing, rfc3339 } from '../../domain/zone';
import type { Account } from '../../sandbox/data/accounts';
import { RISK_WORDS } from '../../domain/risk-words';
import { ROLE_WORDS } from '../policy/print';
import { channelWords } from '../policy/words';
import type { DrillResult } from './run';
import { type Missing, roleOf, type Told } from './told';

/** Names by the id of the member of staff. */
type Names = Map<string, string>;

const STATUS_WORDS = { accepted: '', delivered: '', failed: '（未送达）', rejected: '（被拒绝）' } as const;

function personWords(names: Names, person: Account | undefined): string {
  if (!person) return '未登记';
  const rung = roleOf(person);
  return `${names.get(person.staffId) ?? person.username} ${rung ? ROLE_WORDS[rung] : person.role}`;
}

/** A mail is as long as a page: its subject says what it is about. */
const said = ({ message }: Told): string => message.subject ?? message.text;

const toldLine = (names: Names, told: Told): string => {
  const { channel, to, status } = told.message;
  const who = told.person ? personWords(names, told.person) : to;
  return `${formatBeijing(told.at)}  ${who}  ${channelWords(channel)}${STATUS_WORDS[status]}  ${said(told)}`;
};

const missingLine = (names: Names, { policy }: DrillResult, one: Missing): string => {
  const who = one.person ? personWords(names, one.person) : `${ROLE_WORDS[one.to]}（无人可通知）`;
  const what = one.what === 'reminder' ? '到期提醒' : '逾期告警';
  const name = policy.names[one.kind] ?? one.kind;
  return `✗ ${formatBeijing(one.at)}  ${who}  ${channelWords(one.channel)}  应收到“${name}”的${what}，没有收到`;
};

const timeWords = (at: number | undefined): string => (at === undefined ? '没有这一步' : formatBeijing(at));

/** Has everybody been told, at the times that the policy gives? */
export const passed = ({ verdict, deviations }: DrillResult): boolean =>
  verdict.missing.length === 0 && deviations.length === 0;

/** One line a message in the order of the case's time, then what was not as the policy asks. */
export function resultText(result: DrillResult, names: Names): string {
  const { case: one, policy, until, told, deviations, verdict } = result;
  const shown = [...told].sort((a, b) => a.at - b.at);
  return [
    `演练案件 ${one.number} · ${policy.types[one.type].name} ${one.type} · ${RISK_WORDS[one.risk]}风险 ${one.risk} · 站点 ${one.stationId} · 规则版本 ${one.policyVersion}`,
    `接报 ${formatBeijing(one.receivedAt)}，时钟拨到 ${formatBeijing(until)}（北京时间），期间无人办理、无人确认。`,
    '',
    ...shown.map((line) => toldLine(names, line)),
    '',
    ...deviations.map(
      ({ stepId, byPolicy, bySystem }) =>
        `✗ ${stepId}：规则的期限是 ${timeWords(byPolicy)}，系统里是 ${timeWords(bySystem)}`,
    ),
    ...verdict.missing.map((missing) => missingLine(names, result, missing)),
    ...verdict.unexpected.map((line) => `⚠ 规则之外的消息：${toldLine(names, line)}`),
    passed(result)
      ? `✓ 按规则应发 ${verdict.expected} 条，全部按时发出。`
      : `✗ 按规则应发 ${verdict.expected} 条，${verdict.missing.length} 条没有发出；期限不符 ${deviations.length} 处。`,
    `演练案件 ${one.number} 已结案，不计入案件列表和统计。`,
  ].join('\n');
}

/** The same for machines; times are RFC 3339 with +08:00. */
export function resultJson(result: DrillResult): string {
  const { case: one, until, told, deviations, verdict } = result;
  const timed = (at: number | undefined): string | null => (at === undefined ? null : rfc3339(at));
  const line = ({ at, message, person }: Told) => {
    const { id, channel, to, status, text, subject } = message;
    return {
      at: rfc3339(at),
      id,
      channel,
      to,
      staffId: person?.staffId ?? null,
      status,
      subject: subject ?? null,
      text,
    };
  };
  const body = {
    passed: passed(result),
    ...{ caseId: one.id, number: one.number, type: one.type, risk: one.risk, stationId: one.stationId },
    policyVersion: one.policyVersion,
    receivedAt: rfc3339(one.receivedAt),
    until: rfc3339(until),
    expected: verdict.expected,
    told: told.map(line),
    missing: verdict.missing.map(({ at, what, stepId, to, channel, person }) => {
      return { at: rfc3339(at), what, stepId, role: to, channel, staffId: person?.staffId ?? null };
    }),
    unexpected: verdict.unexpected.map(line),
    deviations: deviations.map(({ stepId, byPolicy, bySystem }) => {
      return { stepId, byPolicy: timed(byPolicy), bySystem: timed(bySystem) };
    }),
  };
  return JSON.stringify(body, null, 2);
}
