/** Cells of lists that leave: whatever the text, no spreadsheet works anything out. */
import { read, utils } from '@e965/xlsx';
import fc from 'fast-check';
import { BOM, csvLine, harmless } from '../../../api/export/cells';
import { xlsxBytes } from '../../../api/export/xlsx-stream';

const HEADS = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
/** Any text, and often one that tries. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string(),
  fc.tuple(fc.constantFrom(...HEADS, ' =', '"=', "'=", '\u200B='), fc.string()).map((parts) => parts.join('')),
  fc.constantFrom('=HYPERLINK("http://x.invalid?"&A1)', "@SUM(1+1)*cmd|' /C calc'!A0", '-2+3', '+8613800000000'),
);

/** As RFC 4180 says, and nothing of ours: one line's cells. */
function cellsOf(line: string): string[] {
  const cells: string[] = [];
  for (let at = 0; at < line.length && line[at] === '"';) {
    let cell = '';
    for (at += 1; !(line[at] === '"' && line[at + 1] !== '"'); at += 1) {
      if (line[at] === '"') at += 1;
      cell += line[at];
    }
    cells.push(cell);
    at += line[at + 1] === ',' ? 2 : 1;
  }
  return cells;
}

test('no cell of a CSV file begins like a formula, and nothing of a text is lost', () => {
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 6 }), (cells) => {
      const found = cellsOf(csvLine(cells));
      expect(found).toHaveLength(cells.length);
      for (const [n, cell] of found.entries()) {
        expect(HEADS).not.toContain(cell.trimStart().charAt(0));
        expect(HEADS).not.toContain(cell.charAt(0));
        const original = cells[n] ?? '';
        expect([original, `'${original}`]).toContain(cell);
      }
    }),
    { numRuns: 500 },
  );
});

test('what is no formula stays as it is', () => {
  for (const plain of ['A0123', '2026年11月29日 10:22', '是', '', '监护不当', '—', '1'])
    expect(harmless(plain)).toBe(plain);
});

async function sheetOf(rows: string[][]) {
  async function* pages() {
    yield rows;
  }
  const pieces: Uint8Array[] = [];
  for await (const piece of xlsxBytes('案件', ['甲', '乙'], pages())) pieces.push(piece);
  const book = read(Buffer.concat(pieces), { type: 'buffer', cellFormula: true, cellNF: true });
  expect(book.SheetNames).toEqual(['案件']);
  const sheet = book.Sheets['案件'];
  if (!sheet) throw new Error('no sheet');
  return sheet;
}

/** What XML can hold; line ends as a reader of XML gives them. */
const written = (value: string): string => value.replaceAll('\r\n', '\n').replaceAll('\r', '\n');

test('every cell of a workbook is a text that says what was said, with the format of a text', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 5 }), async (rows) => {
      const sheet = await sheetOf(rows);
      for (const [r, cells] of rows.entries()) {
        for (const [c, value] of cells.entries()) {
          const cell = sheet[utils.encode_cell({ r: r + 1, c })] as { t: string; v: string; f?: string; z?: string };
          const plain = [...value].filter((sign) =>
            /[\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u.test(sign),
          );
          if (plain.length === 0) continue;
          expect([cell.t, cell.f, cell.z]).toEqual(['s', undefined, '@']);
          expect(written(cell.v)).toBe(written(plain.join('')));
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('a CSV file begins with what tells Excel that it is UTF-8', () => {
  expect(Buffer.from(BOM)).toEqual(Buffer.of(0xef, 0xbb, 0xbf));
});
