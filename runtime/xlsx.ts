/** Sheets as an XLSX file. */
import type * as Xlsx from '@e965/xlsx';

/** The library, loaded with the first sheet: it takes a while, and most processes never see one. */
export const xlsx = (): typeof Xlsx => require('@e965/xlsx') as typeof Xlsx;

export type SheetCell = string | number | null;
export interface NamedSheet {
  /** At most 31 characters. */
  name: string;
  rows: readonly (readonly SheetCell[])[];
  /** Cells of one row, from and to included, that are one. */
  merges?: readonly { row: number; from: number; to: number }[];
  /** In characters; 16 where nothing is said. */
  widths?: readonly number[];
}

const WIDTH = 16;

/** Cells are typed and nothing is worked out: a text that begins like a formula stays a text. */
export function writeXlsx(sheets: readonly NamedSheet[]): Buffer {
  const { utils, write } = xlsx();
  const book = utils.book_new();
  for (const { name, rows, merges = [], widths } of sheets) {
    const sheet = utils.aoa_to_sheet(rows.map((row) => [...row]));
    sheet['!cols'] = (widths ?? (rows[0] ?? []).map(() => WIDTH)).map((wch) => ({ wch }));
    sheet['!merges'] = merges.map(({ row, from, to }) => ({ s: { r: row, c: from }, e: { r: row, c: to } }));
    utils.book_append_sheet(book, sheet, name);
  }
  const file: unknown = write(book, { type: 'buffer', bookType: 'xlsx', compression: true });
  if (!Buffer.isBuffer(file)) throw new TypeError('the library made no file');
  return file;
}
