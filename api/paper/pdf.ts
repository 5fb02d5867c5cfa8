/** A signed paper as PDF (签署件), for the file, the archive and the court. */
import { dirname, join } from 'node:path';
import PDFDocument from 'pdfkit';
import type { Answers, Form, Suggestion } from '../../domain/forms/form';
import type { Risk } from '../../domain/model';
import { linesOf, RISK_WORDS, wholeTime } from './words';

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

const FONTS = join(dirname(require.resolve('@embedpdf/fonts-sc')), '../fonts');
const REGULAR = join(FONTS, 'NotoSansHans-Regular.otf');
const BOLD = join(FONTS, 'NotoSansHans-Medium.otf');
const GREY = '#555555';
const MARGIN = 56;
const NAME_WIDTH = 150;

type Doc = InstanceType<typeof PDFDocument>;

/** Begins a new page where a block of this height would not fit. */
function room(doc: Doc, height: number): void {
  if (doc.y + height > doc.page.height - MARGIN) doc.addPage();
}

/** What was asked on the left, the answer beside it. */
function line(doc: Doc, name: string, said: string): void {
  const width = doc.page.width - 2 * MARGIN - NAME_WIDTH - 12;
  doc.font('regular').fontSize(10.5);
  room(
    doc,
    Math.min(120, Math.max(doc.heightOfString(said, { width }), doc.heightOfString(name, { width: NAME_WIDTH }))),
  );
  const top = doc.y;
  const page = doc.bufferedPageRange().count;
  doc.fillColor(GREY).text(name, MARGIN, top, { width: NAME_WIDTH });
  const below = doc.y;
  doc.fillColor('black').text(said, MARGIN + NAME_WIDTH + 12, top, { width });
  // A long answer may have gone on to the next page.
  if (doc.bufferedPageRange().count === page) doc.y = Math.max(doc.y, below);
  doc.moveDown(0.35);
}

function heading(doc: Doc, text: string): void {
  room(doc, 60);
  doc.moveDown(0.6).font('bold').fontSize(12.5).fillColor('black').text(text, MARGIN);
  doc.moveDown(0.3);
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

function foot(doc: Doc, paper: SignedPaper): void {
  const { start, count } = doc.bufferedPageRange();
  const said = `${paper.form.name} 第 ${paper.form.version} 版 · ${paper.paperId}`;
  for (let page = start; page < start + count; page += 1) {
    doc.switchToPage(page);
    // Written below the margin, where text would begin a page of its own.
    doc.page.margins.bottom = 0;
    const at = { width: doc.page.width - 2 * MARGIN, lineBreak: false } as const;
    doc.font('regular').fontSize(8).fillColor(GREY);
    doc.text(said, MARGIN, doc.page.height - 36, at);
    doc.text(`${page + 1} / ${count}`, MARGIN, doc.page.height - 36, { ...at, align: 'right' });
  }
}

/** The whole file; a paper has some pages, not megabytes. */
export function paperPdf(paper: SignedPaper): Promise<Buffer> {
  const info = {
    Title: paper.form.name,
    Producer: 'Shouwang',
    Creator: 'Shouwang',
    CreationDate: new Date(paper.signedAt),
  };
  const doc = new PDFDocument({ size: 'A4', margin: MARGIN, bufferPages: true, info, lang: 'zh-CN' });
  const done = new Promise<Buffer>((resolve, reject) => {
    const pieces: Buffer[] = [];
    doc.on('data', (piece: Buffer) => pieces.push(piece));
    doc.on('end', () => resolve(Buffer.concat(pieces)));
    doc.on('error', reject);
  });
  doc.registerFont('regular', REGULAR).registerFont('bold', BOLD);
  doc.font('bold').fontSize(18).text(paper.form.name, { align: 'center' }).moveDown(0.8);
  line(doc, '个案编号', paper.number);
  line(doc, '未成年人', paper.childName);
  line(doc, '工作站', paper.stationName);
  body(doc, paper);
  decision(doc, paper);
  heading(doc, '签署');
  line(doc, '签署人', paper.signer);
  line(doc, '签署时间', `${wholeTime(paper.signedAt)}（北京时间）`);
  foot(doc, paper);
  doc.end();
  return done;
}
