/** Rows as CSV (RFC 4180) that a spreadsheet opens as it is: UTF-8 with a mark at its beginning, and no cell that it would run. */

export type CsvCell = string | number | null;

/** A text that begins like this is taken for a formula (CSV 注入); an apostrophe before it makes it a text again. */
const FORMULA = /^[\s\p{Cc}]*[=+\-@＝＋－＠|%\t\r]/u;
const QUOTED = /[",\r\n]/;

function cell(value: CsvCell): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return QUOTED.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export const writeCsv = (rows: readonly (readonly CsvCell[])[]): string =>
  `\uFEFF${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
