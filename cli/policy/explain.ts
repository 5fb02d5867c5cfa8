/** Why each deadline of a case is what it is: from its steps, its journal and the policy that it keeps. Pure. */
import type { Ladder } from '../../domain/alert';
import type { Risk } from '../../domain/model';
import { ladderOf, type Policy } from '../../domain/policy';
import { formatBeijing } from '../../domain/zone';
import type { SeenCase, SeenEvent, SeenStep } from '../cases';
import { RISK_WORDS } from '../../domain/risk-words';
import { TRIGGER_WORDS, eventWords } from './words';

/** One thing that happened to a deadline; times in milliseconds. */
export interface Change {
  at: number;
  /** Who did it: a name, or an id that has none. */
  by: string;
  what: string;
  from?: number;
  to?: number;
}

export interface ExplainedStep extends SeenStep {
  /** What started its clock. */
  startedBy: string;
  /** The deadline that it was given first. */
  firstDueAt: number;
  changes: Change[];
  /** Where the policy has the rules that may have given it: `base.yaml:88`. */
  rules: string[];
}

export interface Explanation {
  case: SeenCase;
  /** In Chinese; undefined as the ladder. */
  typeName?: string;
  steps: ExplainedStep[];
  /** Undefined: the policy's files are not here. */
  ladder?: Ladder;
  /** How the risk came to be what it is, oldest first. */
  risks: Change[];
}

const text = (event: SeenEvent | undefined, key: string): string => {
  const value = event?.data[key];
  return typeof value === 'string' ? value : '';
};
const timeAt = (event: SeenEvent, key: string): number | undefined => {
  const ms = Date.parse(text(event, key));
  return Number.isNaN(ms) ? undefined : ms;
};
const byOf = ({ actor }: SeenEvent): string => (actor.kind === 'system' ? '系统' : (actor.name ?? actor.id));
const riskOf = (word: string): string => (word in RISK_WORDS ? RISK_WORDS[word as Risk] : word);

/** Events that plan steps, or move their deadlines. */
const CAUSES = new Set([
  ...['reported', 'trigger_learnt', 'clock_started', 'step_done', 'risk_set', 'policy_moved'],
  ...['referral_sent', 'referral_received', 'closed', 'reopened'],
]);

/** The nearest earlier cause: what happens together is written together, its cause first. */
const causeOf = (events: SeenEvent[], effect: SeenEvent): SeenEvent | undefined =>
  events.findLast((one) => one.seq < effect.seq && CAUSES.has(one.kind));

function causeWords(cause: SeenEvent): string {
  if (cause.kind === 'risk_set') return `风险由${riskOf(text(cause, 'from'))}改为${riskOf(text(cause, 'to'))}`;
  if (cause.kind === 'policy_moved') return `时限规则由 ${text(cause, 'from')} 换为 ${text(cause, 'to')}`;
  if (cause.kind === 'trigger_learnt')
    return `得知情形：${TRIGGER_WORDS[text(cause, 'trigger')] ?? text(cause, 'trigger')}`;
  if (cause.kind === 'clock_started') return eventWords(text(cause, 'event'));
  return eventWords(cause.kind);
}

/** Rules of the policy that give this kind of step to this type at this risk. */
const rulesFor = (policy: Policy | undefined, { type, risk }: SeenCase, kind: string) =>
  (policy?.rules ?? []).filter(
    (rule) => rule.kind === kind && (rule.when.types?.includes(type) ?? true) && rule.due[risk] !== undefined,
  );

function startedBy(one: SeenCase, step: SeenStep, cause: SeenEvent | undefined, policy?: Policy): string {
  if (cause?.kind === 'step_done') return `上一次${step.name}办结（${text(cause, 'stepId')}）`;
  const fromReceipt = step.startAt === one.receivedAt;
  const added = cause && ['risk_set', 'policy_moved'].includes(cause.kind);
  if (!cause || cause.kind === 'reported' || added) {
    const starts = new Set(rulesFor(policy, one, step.kind).map((rule) => rule.start));
    const known = starts.has('trigger') && !starts.has('receipt') && one.triggers.length > 0;
    const triggers = one.triggers.map((trigger) => TRIGGER_WORDS[trigger] ?? trigger).join('、');
    const start = known ? `接报时已知：${triggers}` : fromReceipt ? '接报' : '重新开案';
    return added ? `${start}（${causeWords(cause)}时加入）` : start;
  }
  return causeWords(cause);
}

const MOVES: Record<string, string> = {
  extension_asked: '申请延期',
  extension_granted: '批准延期',
  extension_refused: '不批准延期',
  extension_overtaken: '延期申请自行终止',
  step_overdue: '到期未办，开始逐级告知',
  step_done: '办结',
  step_cancelled: '不再需要',
};

const OUTCOMES: Record<string, string> = { not_applicable: '标为不适用', not_possible: '标为无法完成' };

function changeOf(events: SeenEvent[], event: SeenEvent): Change[] {
  const base = { at: event.at, by: byOf(event) };
  if (event.kind === 'deadline_moved') {
    const cause = causeOf(events, event);
    const [from, to] = [timeAt(event, 'from'), timeAt(event, 'to')];
    return [{ ...base, what: `${cause ? `${causeWords(cause)}，` : ''}期限改动`, from, to }];
  }
  const what = OUTCOMES[text(event, 'outcome')] ?? MOVES[event.kind];
  if (what === undefined) return [];
  const until = timeAt(event, 'until');
  return [{ ...base, what, ...(until === undefined ? {} : { to: until }) }];
}

/** A partner whom no message reached is late at once. */
const undelivered = (events: SeenEvent[], step: SeenStep): Change[] =>
  step.kind !== 'partner_confirm'
    ? []
    : events
        .filter((one) => one.kind === 'referral_undelivered' && text(one, 'referralId') === step.referralId)
        .map((one) => ({ at: one.at, by: byOf(one), what: '通知未能送达对方，期限提前到此刻', to: one.at }));

function explainStep(one: SeenCase, step: SeenStep, events: SeenEvent[], policy?: Policy): ExplainedStep {
  const own = events.filter((event) => text(event, 'stepId') === step.id);
  const planned = own.findLast((event) => event.kind === 'step_planned');
  const changes = [...own.flatMap((event) => changeOf(events, event)), ...undelivered(events, step)];
  return {
    ...step,
    startedBy: startedBy(one, step, planned && causeOf(events, planned), policy),
    firstDueAt: (planned && timeAt(planned, 'dueAt')) ?? step.dueAt,
    changes: changes.sort((a, b) => a.at - b.at),
    rules: rulesFor(policy, one, step.kind).map(({ file, line }) => `${file.split(/[\\/]/).at(-1)}:${line}`),
  };
}

function risksOf(one: SeenCase, events: SeenEvent[]): Change[] {
  const raised = one.riskRaisedFrom ? `，由${RISK_WORDS[one.riskRaisedFrom]}调高到本类型的最低等级` : '';
  return events.flatMap((event) => {
    const base = { at: event.at, by: byOf(event) };
    if (event.kind === 'reported') return [{ ...base, what: `接报时定为${riskOf(text(event, 'risk'))}${raised}` }];
    return event.kind === 'risk_set' ? [{ ...base, what: causeWords(event) }] : [];
  });
}

/**
 * @param events the case's journal in order
 * @param policy the version that the case keeps; without it rules and ladder are left out
 */
export const explain = (one: SeenCase, events: SeenEvent[], policy?: Policy): Explanation => ({
  case: one,
  steps: one.steps.map((step) => explainStep(one, step, events, policy)),
  ...(policy ? { typeName: policy.types[one.type].name, ladder: ladderOf(policy, one.risk) } : {}),
  risks: risksOf(one, events),
});

/** `9月30日(周三)22:10`; an arrow where a deadline moved. */
export const moveWords = ({ from, to }: Change): string =>
  from === undefined
    ? to === undefined
      ? ''
      : `：${formatBeijing(to)}`
    : `：${formatBeijing(from)} → ${to === undefined ? '—' : formatBeijing(to)}`;
