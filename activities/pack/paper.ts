/** Paragraphs, tables and pictures in the layout of official papers (公文格式, GB/T 9704): A4, 小标宋, 仿宋, 黑体, 28 points a line. */
import {
  AlignmentType,
  BorderStyle,
  convertMillimetersToTwip,
  Document,
  Footer,
  type ISectionOptions,
  ImageRun,
  LineRuleType,
  Packer,
  PageNumber,
  Paragraph,
  Table,
  TableCell,
  TableLayoutType,
  TableRow,
  TextRun,
  VerticalAlignTable,
  WidthType,
} from 'docx';
import type { Picture } from './picture';

export type Block = Paragraph | Table;

/** Sizes in half-points: 二号, 三号, 四号, 五号. */
const SIZE = { title: 44, body: 32, footer: 28, table: 21 } as const;
/** Twentieths of a point. */
const LINE = 560;
const TABLE_LINE = 320;
const TWO_CHARACTERS = 640;
const MARGIN = { top: 37, bottom: 35, left: 28, right: 26 } as const;
/** Of the text on a page, in twentieths of a point; 156 mm. */
const TEXT_WIDTH = convertMillimetersToTwip(156);

const face = (eastAsia: string) => ({
  ascii: 'Times New Roman',
  hAnsi: 'Times New Roman',
  cs: 'Times New Roman',
  eastAsia,
});
const FACE = {
  title: face('方正小标宋简体'),
  body: face('仿宋_GB2312'),
  heading: face('黑体'),
  second: face('楷体_GB2312'),
  table: face('宋体'),
} as const;

const lines = (line: number = LINE) => ({ line, lineRule: LineRuleType.EXACT });

export const title = (text: string): Paragraph =>
  new Paragraph({
    alignment: AlignmentType.CENTER,
    spacing: { line: 680, lineRule: LineRuleType.EXACT },
    children: [new TextRun({ text, font: FACE.title, size: SIZE.title })],
  });

/** An empty line. */
export const gap = (): Paragraph => new Paragraph({ spacing: lines(), children: [] });

const headed = (text: string, font: (typeof FACE)[keyof typeof FACE], level: 0 | 1): Paragraph =>
  new Paragraph({
    ...{ keepNext: true, outlineLevel: level, spacing: lines(), indent: { firstLine: TWO_CHARACTERS } },
    children: [new TextRun({ text, font, size: SIZE.body })],
  });
/** 一、 */
export const heading = (text: string): Paragraph => headed(text, FACE.heading, 0);
/** （一） */
export const subheading = (text: string): Paragraph => headed(text, FACE.second, 1);

export const body = (text: string): Paragraph =>
  new Paragraph({
    ...{ spacing: lines(), indent: { firstLine: TWO_CHARACTERS }, alignment: AlignmentType.JUSTIFIED },
    children: [new TextRun({ text, font: FACE.body, size: SIZE.body })],
  });

/** The name of a table or a picture, above it. */
export const caption = (text: string): Paragraph =>
  new Paragraph({
    ...{ keepNext: true, alignment: AlignmentType.CENTER, spacing: { ...lines(400), before: 120 } },
    children: [new TextRun({ text, font: FACE.heading, size: SIZE.table })],
  });

/** Who signs off, at the right (落款). */
export const signature = (text: string): Paragraph =>
  new Paragraph({
    ...{ alignment: AlignmentType.RIGHT, spacing: lines(), indent: { right: TWO_CHARACTERS } },
    children: [new TextRun({ text, font: FACE.body, size: SIZE.body })],
  });

export type Cell = string | number | null;

const cellOf = (value: Cell, share: number, isHead: boolean, height: number): TableCell =>
  new TableCell({
    width: { size: Math.round(TEXT_WIDTH * share), type: WidthType.DXA },
    verticalAlign: VerticalAlignTable.CENTER,
    ...(isHead && { shading: { fill: 'E6EAEE' } }),
    margins: { left: 60, right: 60 },
    children: [
      new Paragraph({
        alignment:
          isHead || typeof value === 'number' || (value ?? '').length <= 8 ? AlignmentType.CENTER : AlignmentType.LEFT,
        spacing: { ...lines(TABLE_LINE), before: height, after: height },
        children: [
          new TextRun({ text: String(value ?? '—'), font: isHead ? FACE.heading : FACE.table, size: SIZE.table }),
        ],
      }),
    ],
  });

/** @param widths of the columns, in any unit @param heading repeated on each page; absent: a table without one */
export function table(
  widths: readonly number[],
  heading: readonly string[] | undefined,
  rows: readonly (readonly Cell[])[],
  height = 20,
): Table {
  const whole = widths.reduce((a, b) => a + b, 0);
  const row = (cells: readonly Cell[], isHead: boolean): TableRow =>
    new TableRow({
      ...{ tableHeader: isHead, cantSplit: true },
      children: widths.map((width, i) => cellOf(cells[i] ?? null, width / whole, isHead, height)),
    });
  const border = { style: BorderStyle.SINGLE, size: 4, color: '1B1F24' };
  return new Table({
    width: { size: TEXT_WIDTH, type: WidthType.DXA },
    columnWidths: widths.map((width) => Math.round((TEXT_WIDTH * width) / whole)),
    layout: TableLayoutType.FIXED,
    borders: {
      top: border,
      bottom: border,
      left: border,
      right: border,
      insideHorizontal: border,
      insideVertical: border,
    },
    rows: [...(heading ? [row(heading, true)] : []), ...rows.map((cells) => row(cells, false))],
  });
}

/** @param width of the picture on the page, in points of 1/96 inch @param words what it shows, for who does not see it */
export const picture = ({ png, width: across, height }: Picture, width: number, words: string): Paragraph =>
  new Paragraph({
    alignment: AlignmentType.CENTER,
    children: [
      new ImageRun({
        type: 'png',
        data: png,
        transformation: { width, height: Math.round((height * width) / across) },
        altText: { name: words, title: words, description: words },
      }),
    ],
  });

const pageNumber = new Footer({
  children: [
    new Paragraph({
      alignment: AlignmentType.CENTER,
      children: [new TextRun({ children: ['— ', PageNumber.CURRENT, ' —'], font: FACE.table, size: SIZE.footer })],
    }),
  ],
});

/** The whole paper as a DOCX file. */
export function paperOf(name: string, creator: string, children: Block[]): Promise<Buffer> {
  const [top, bottom, left, right] = [MARGIN.top, MARGIN.bottom, MARGIN.left, MARGIN.right].map((mm) =>
    convertMillimetersToTwip(mm),
  );
  const section: ISectionOptions = {
    properties: {
      page: {
        size: { width: convertMillimetersToTwip(210), height: convertMillimetersToTwip(297) },
        margin: { top, bottom, left, right, footer: convertMillimetersToTwip(25) },
      },
    },
    footers: { default: pageNumber },
    children,
  };
  const language = { value: 'zh-CN', eastAsia: 'zh-CN' };
  const styles = { default: { document: { run: { font: FACE.body, size: SIZE.body, language } } } };
  return Packer.toBuffer(new Document({ title: name, creator, description: name, styles, sections: [section] }));
}
