/** From a case as it was read to what stands in its file (案卷), section by section. Pure but for the words' file. */
import { endingOf } from '../../../domain/files/kinds';
import type { Answers, Form } from '../../../domain/forms/form';
import type { Basis, Risk } from '../../../domain/model';
import type { CasePaper, Event } from '../../../prisma/generated/client';
import { mediaTypeOf, type OpenedAttachment } from '../../../store/attachments/records';
import type { WholeCase } from '../../../store/cases';
import type { OpenedCase } from '../../../store/vault';
import { wordFor } from '../screen-words';
import { RISK_WORDS } from '../../../domain/risk-words';
import { ALERT_WORDS, linesOf, wholeTime } from '../words';
import { entryPair, type JournalWords } from './journal';
import type { CaseFileText, Pair, Section } from './text';

const NOTHING = '—';
const STEP_STATES: Record<string, string> = {
  ...{ pending: '待办', due_soon: '即将到期', overdue: '逾期', done: '已办结', cancelled: '已取消' },
};

export interface FilePaper {
  row: CasePaper;
  form: Form | undefined;
}

/** The head of the journal, and of the day's anchor that covers it. */
export interface Proof {
  seq: number;
  hash: string;
  anchor?: { day: string; hash: string; seq: number };
}

export interface Material extends Omit<JournalWords, 'partnerOf' | 'textOf'> {
  row: WholeCase;
  stationName: string;
  opened: OpenedCase;
  /** May whoever asks know who reported? */
  reporter: boolean;
  events: readonly Event[];
  papers: readonly FilePaper[];
  attachments: readonly OpenedAttachment[];
  proof: Proof;
  madeBy: string;
  /** Milliseconds since the epoch. */
  madeAt: number;
}

const time = (at: Date | null): string => (at ? wholeTime(at.getTime()) : NOTHING);
const lines = (...of: (string | undefined | false)[]): string => of.filter(Boolean).join('\n');
const some = (title: string, pairs: readonly Pair[]): Section => ({
  title,
  pairs: pairs.length > 0 ? pairs : [[NOTHING, '无']],
});

function personPairs(who: 'child' | 'reporter', value: unknown, fields: readonly string[]): Pair[] {
  const person = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  return fields.flatMap((field): Pair[] => {
    const said = person[field];
    if (typeof said !== 'string' || said === '') return [];
    const room = field === 'sex' ? 'sex' : field === 'role' ? 'reporterRole' : undefined;
    return [[wordFor(`field.${who}.${field}`, field), room ? wordFor(`${room}.${said}`, said) : said]];
  });
}

const textOf = ({ items }: OpenedCase, id: string | null): string | undefined => {
  const text = id === null ? undefined : items.get(id);
  return typeof text === 'string' ? text : undefined;
};

function people({ row, opened, reporter }: Material): Section[] {
  const child = personPairs('child', opened.child, ['name', 'sex', 'birthDate', 'idNumber', 'phone', 'address']);
  const reported = personPairs('reporter', opened.reporter, ['name', 'role', 'phone']);
  const triggers = row.triggers.map((one) => wordFor(`trigger.${one}`, one)).join('、');
  return [
    some('未成年人', child),
    reporter ? some('报告人', reported) : { title: '报告人', pairs: [[NOTHING, '制作人无权知悉']] },
    some('接报情况', [
      ['情形', triggers || NOTHING],
      ['经过', typeof opened.narrative === 'string' ? opened.narrative : NOTHING],
    ]),
  ];
}

function basisWords({ kind, law, article, word, figure }: Basis): string {
  const source = [law && `《${law}》`, article, word && `“${word}”`].filter(Boolean).join('');
  return [wordFor(`basis.${kind}`, kind), source, figure].filter((one) => one !== '').join(' · ');
}

const steps = ({ row, opened, names, stepName }: Material): Section =>
  some(
    '办理步骤',
    row.steps.map((step): Pair => {
      const note = textOf(opened, step.noteId);
      return [
        lines(stepName(step.kind), step.binds === 'watch' && '（他方时限）'),
        lines(
          `${STEP_STATES[step.state] ?? step.state}　时限 ${time(step.dueAt)}`,
          `依据：${basisWords(step.basis as unknown as Basis)}`,
          step.doneAt !== null &&
            `办结 ${time(step.doneAt)}　${names.get(step.doneBy ?? '') ?? step.doneBy ?? ''}　${step.outcome === null ? '' : wordFor(`outcome.${step.outcome}`, step.outcome)}`,
          note !== undefined && `“${note}”`,
        ),
      ];
    }),
  );

const referrals = ({ row, opened, names }: Material): Section =>
  some(
    '转介',
    row.referrals.map((one): Pair => {
      const note = textOf(opened, one.noteId);
      return [
        names.get(one.partnerId) ?? one.partnerId,
        lines(
          `${wordFor(`purpose.${one.purpose}`, one.purpose)}　${wordFor(`referral.state.${one.state}`, one.state)}`,
          `发出 ${time(one.sentAt)}　应签收 ${time(one.confirmBy)}`,
          `签收 ${time(one.receivedAt)}　受理 ${time(one.acceptedAt)}`,
          note !== undefined && `“${note}”`,
        ),
      ];
    }),
  );

function papers({ papers: all, opened, names }: Material): Section[] {
  const list = all.map(({ row, form }): Pair => {
    const decided = row.decided as Risk | null;
    return [
      form?.name ?? row.formId,
      lines(
        `${wordFor(`papers.state.${row.state}`, row.state)}　第 ${row.formVersion} 版`,
        row.signedAt !== null && `签署 ${time(row.signedAt)}　${names.get(row.signedBy ?? '') ?? row.signedBy ?? ''}`,
        decided !== null && `评估人决定：${RISK_WORDS[decided]}`,
        `文书 ${row.id}`,
      ),
    ];
  });
  // What was signed stands here in full; a draft is nobody's word yet.
  const signed = all.flatMap(({ row, form }): Section[] => {
    const answers = opened.items.get(row.itemId);
    if (row.state !== 'signed' || !form || typeof answers !== 'object' || answers === null) return [];
    return form.sections.map((section) => ({
      title: `${form.name} · ${section.name}`,
      pairs: section.items.map((item): Pair => [item.name, linesOf(item, answers as Answers).join('\n')]),
    }));
  });
  return [some('个案文书', list), ...signed];
}

const RISK_KINDS = ['reported', 'risk_set', 'trigger_learnt'];

const attachments = ({ attachments: all, names }: Material): Section =>
  some(
    '附件（文件不在本案卷内，以哈希核对）',
    all.map(({ row, words }): Pair => [
      words?.name ?? '（已销毁）',
      lines(
        `${endingOf(mediaTypeOf(row)).toUpperCase()}　${row.size} 字节　${time(row.addedAt)}　${names.get(row.addedBy) ?? row.addedBy}`,
        row.withdrawnAt !== null && `已撤回 ${time(row.withdrawnAt)}`,
        words !== null && `SHA-256 ${words.sha256}`,
      ),
    ]),
  );

const alerts = ({ row, names, stepName }: Material): Section => {
  const kinds = new Map(row.steps.map(({ id, kind }) => [id, kind]));
  return some(
    '告警',
    row.alerts.map((one): Pair => [
      stepName(kinds.get(one.stepId) ?? one.stepId),
      lines(
        `${ALERT_WORDS[one.state] ?? one.state}　开始 ${time(one.openedAt)}　结束 ${time(one.resolvedAt)}`,
        one.acknowledgedAt !== null &&
          `确认 ${time(one.acknowledgedAt)}　${names.get(one.acknowledgedBy ?? '') ?? one.acknowledgedBy ?? ''}`,
      ),
    ]),
  );
};

const proofPairs = ({ proof: { seq, hash, anchor } }: Material): Pair[] => [
  ['日志末条', `第 ${seq} 条`],
  ['末条哈希', hash],
  ['日终锚定', anchor ? `${anchor.day}，覆盖至第 ${anchor.seq} 条` : '尚未锚定'],
  ...(anchor ? [['锚定哈希', anchor.hash] as const] : []),
];

function cover(material: Material): Pair[] {
  const { row, stationName, names, madeBy, madeAt } = material;
  const risk = row.risk as Risk;
  return [
    ['个案编号', row.number],
    ['工作站', stationName],
    ['类型', wordFor(`type.${row.type}`, row.type)],
    ['风险等级', RISK_WORDS[risk]],
    ['状态', wordFor(`status.${row.status}`, row.status)],
    ['接报时间', time(row.receivedAt)],
    ['结案时间', time(row.closedAt)],
    ['承办人', row.assigneeId === null ? NOTHING : (names.get(row.assigneeId) ?? row.assigneeId)],
    ['时限规则', row.policyVersion],
    ...(row.drill ? [['演练', '本案为演练，内容均为虚构'] as const] : []),
    ['制作人', madeBy],
    ['制作时间', wholeTime(madeAt)],
    ['时间', '本案卷所有时间均为北京时间'],
    ...proofPairs(material),
  ];
}

/** The whole file in the order in which a court reads it. */
export function caseFileText(material: Material): CaseFileText {
  const { row, opened, events, madeBy, madeAt, names, stepName } = material;
  const words: JournalWords = {
    ...{ names, stepName },
    partnerOf: new Map(row.referrals.map(({ id, partnerId }) => [id, partnerId])),
    textOf: (id) => textOf(opened, id),
  };
  const entries = (some: readonly Event[]): Pair[] => some.map((event) => entryPair(event, words));
  return {
    title: `案卷 ${row.number}`,
    cover: cover(material),
    sections: [
      ...people(material),
      steps(material),
      referrals(material),
      ...papers(material),
      some('风险等级变化', entries(events.filter(({ kind }) => RISK_KINDS.includes(kind)))),
      attachments(material),
      alerts(material),
      some('案卷日志', entries(events)),
      { title: '核对', pairs: proofPairs(material) },
    ],
    foot: `${row.number} · ${madeBy} · ${wholeTime(madeAt)}`,
    madeAt,
  };
}
