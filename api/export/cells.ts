/** Cells of lists that leave (导出列表): text, and never a formula. */

/**
 * What spreadsheets take for the beginning of a formula (公式注入): the signs themselves, in full width as well, and the controls that
 * some programs pass over before they look. Blanks before them are no protection.
 */
const FORMULA = /^[\s\p{C}'"]*[=+\-@＝＋－﹣﹢＠|%\t\r\n]/u;

/** A text that no spreadsheet works out: what would begin a formula gets an apostrophe before it, as Excel itself marks text. */
export const harmless = (text: string): string => (FORMULA.test(text) ? `'${text}` : text);

/** For Excel in China: without it a CSV file is read in the machine's own code page (GBK). */
export const BOM = '\u{FEFF}';

/** One line of a CSV file (RFC 4180), every cell in quotes. */
export const csvLine = (cells: readonly string[]): string =>
  `${cells.map((cell) => `"${harmless(cell).replaceAll('"', '""')}"`).join(',')}\r\n`;
