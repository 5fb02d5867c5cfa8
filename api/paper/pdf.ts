/** A signed paper as PDF (签署件), for the file, the archive and the court. */
import type { Answers, Form, Suggestion } from '../../domain/forms/form';
import type { Risk } from '../../domain/model';
import { beginSheet, type Doc, foot, heading, line } from './sheet';
import { RISK_WORDS } from '../../domain/risk-words';
import { linesOf, wholeTime } from './words';

export interface SignedPaper {
  form: Form;
  answers: Answers;
  suggestion: Suggestion;
  decided?: Risk;
  reason?: string;
  number: string;
  stationName: string;
  childName: string;
  signer: string;
  /** Milliseconds since the epoch. */
  signedAt: number;
  paperId: string;
}

function body(doc: Doc, paper: SignedPaper): void {
  const { form, answers, suggestion } = paper;
  for (const section of form.sections) {
    const counted = suggestion.sections.find(({ id }) => id === section.id);
    heading(doc, counted ? `${section.name}（${counted.score} / ${counted.most} 分）` : section.name);
    for (const item of section.items) line(doc, item.name, linesOf(item, answers).join('\n'));
  }
}

function decision(doc: Doc, { suggestion, decided, reason }: SignedPaper): void {
  if (suggestion.risk === undefined) return;
  heading(doc, '风险等级');
  line(doc, '总分', `${suggestion.score} / ${suggestion.most}`);
  line(doc, '量表建议', RISK_WORDS[suggestion.risk]);
  line(doc, '评估人决定', decided ? RISK_WORDS[decided] : '—');
  if (reason !== undefined) line(doc, '不同于建议的理由', reason);
}

/** The whole file; a paper has some pages, not megabytes. */
export function paperPdf(paper: SignedPaper): Promise<Buffer> {
  const { doc, done } = beginSheet(paper.form.name, paper.signedAt);
  doc.font('bold').fontSize(18).text(paper.form.name, { align: 'center' }).moveDown(0.8);
  line(doc, '个案编号', paper.number);
  line(doc, '未成年人', paper.childName);
  line(doc, '工作站', paper.stationName);
  body(doc, paper);
  decision(doc, paper);
  heading(doc, '签署');
  line(doc, '签署人', paper.signer);
  line(doc, '签署时间', `${wholeTime(paper.signedAt)}（北京时间）`);
  const said = `${paper.form.name} 第 ${paper.form.version} 版 · ${paper.paperId}`;
  foot(doc, said, (page, of) => `${page} / ${of}`);
  doc.end();
  return done;
}
