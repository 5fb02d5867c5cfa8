/** The sheet that papers of ours are set on (版式): Chinese type, what was asked beside what was said, a foot on each page. */
import { dirname, join } from 'node:path';
import type PdfKit from 'pdfkit';

const FONTS = join(dirname(require.resolve('@embedpdf/fonts-sc')), '../fonts');
const REGULAR = join(FONTS, 'NotoSansHans-Regular.otf');
const BOLD = join(FONTS, 'NotoSansHans-Medium.otf');
const GREY = '#555555';
const MARGIN = 56;
const NAME_WIDTH = 150;

export type Doc = InstanceType<typeof PdfKit>;

/** An empty A4 sheet, and its bytes once it has ended. @param madeAt milliseconds since the epoch */
export function beginSheet(title: string, madeAt: number): { doc: Doc; done: Promise<Buffer> } {
  const info = { Title: title, Producer: 'Shouwang', Creator: 'Shouwang', CreationDate: new Date(madeAt) };
  // Loaded with the first paper: it takes a while, and most processes never set one.
  const Kit = require('pdfkit') as typeof PdfKit;
  const doc = new Kit({ size: 'A4', margin: MARGIN, bufferPages: true, info, lang: 'zh-CN' });
  const done = new Promise<Buffer>((resolve, reject) => {
    const pieces: Buffer[] = [];
    doc.on('data', (piece: Buffer) => pieces.push(piece));
    doc.on('end', () => resolve(Buffer.concat(pieces)));
    doc.on('error', reject);
  });
  doc.registerFont('regular', REGULAR).registerFont('bold', BOLD);
  return { doc, done };
}

/** Begins a new page where a block of this height would not fit. */
function room(doc: Doc, height: number): void {
  if (doc.y + height > doc.page.height - MARGIN) doc.addPage();
}

/** What was asked on the left, the answer beside it. */
export function line(doc: Doc, name: string, said: string): void {
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

/** A heading that does not stay alone at the foot of a page. */
export function heading(doc: Doc, text: string): void {
  room(doc, 60);
  doc.moveDown(0.6).font('bold').fontSize(12.5).fillColor('black').text(text, MARGIN);
  doc.moveDown(0.3);
}

/** @param pageOf how a page is numbered among how many */
export function foot(doc: Doc, said: string, pageOf: (page: number, of: number) => string): void {
  const { start, count } = doc.bufferedPageRange();
  for (let page = start; page < start + count; page += 1) {
    doc.switchToPage(page);
    // Written below the margin, where text would begin a page of its own.
    doc.page.margins.bottom = 0;
    const at = { width: doc.page.width - 2 * MARGIN, lineBreak: false } as const;
    doc.font('regular').fontSize(8).fillColor(GREY);
    doc.text(said, MARGIN, doc.page.height - 36, at);
    doc.text(pageOf(page + 1, count), MARGIN, doc.page.height - 36, { ...at, align: 'right' });
  }
}
