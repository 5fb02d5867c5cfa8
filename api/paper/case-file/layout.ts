/** Sets a case file as PDF: a cover, then section by section, each page numbered. */
import { beginSheet, foot, heading, line } from '../sheet';
import type { CaseFileText } from './text';

/** How many pages it has, and its bytes. */
export interface SetFile {
  pages: number;
  bytes: Buffer;
}

/** Sets a case file (案卷) as PDF. */
export async function caseFilePdf({ title, cover, sections, foot: said, madeAt }: CaseFileText): Promise<SetFile> {
  const { doc, done } = beginSheet(title, madeAt);
  doc.font('bold').fontSize(24).text('\n\n').text(title, { align: 'center' }).moveDown(2);
  for (const [name, value] of cover) line(doc, name, value);
  doc.addPage();
  for (const section of sections) {
    heading(doc, section.title);
    for (const [name, value] of section.pairs) line(doc, name, value);
  }
  foot(doc, said, (page, of) => `第 ${page} 页 共 ${of} 页`);
  const pages = doc.bufferedPageRange().count;
  doc.end();
  return { pages, bytes: await done };
}
