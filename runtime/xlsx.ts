/** Sheets as an XLSX file. */
import { utils, write } from '@e965/xlsx';

export type SheetCell = string | number | null;
export interface NamedSheet {
  /** At most 31 characters. */
  name: string;
  rows: readonly (readonly SheetCell[])[];
}

/** Cells are typed and nothing is worked out: a text that begins like a formula stays a text. */
export function writeXlsx(sheets: readonly NamedSheet[]): Buffer {
  const book = utils.book_new();
  for (const { name, rows } of sheets) {
    const sheet = utils.aoa_to_sheet(rows.map((row) => [...row]));
    sheet['!cols'] = (rows[0] ?? []).map(() => ({ wch: 16 }));
    utils.book_append_sheet(book, sheet, name);
  }
  const file: unknown = write(book, { type: 'buffer', bookType: 'xlsx', compression: true });
  if (!Buffer.isBuffer(file)) throw new TypeError('the library made no file');
  return file;
}
