/** XLSX files → plain sheets. */
import { inflateRawSync } from 'node:zlib';
import type { WorkSheet } from '@e965/xlsx';
import { type Cell, MOST_ROWS, type Sheet } from '../../domain/services/sheet';
import { xlsx } from '../../runtime/xlsx';

export const XLSX_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
/** Bytes that a file may have, and that what it holds may have once unpacked. */
export const MOST_FILE_BYTES = 2 * 1024 * 1024;
const MOST_UNPACKED_BYTES = 64 * 1024 * 1024;
const MOST_COLUMNS = 60;
/** From here on a number in a sheet has lost its last digits. */
const LOSSY_FROM = 1e15;

/** The file cannot be read, or is larger than a list of ours ever is. */
export class SheetUnreadable extends Error {
  override readonly name = 'SheetUnreadable';
}

const CENTRAL_ENTRY = 0x02014b50;
const LOCAL_ENTRY = 0x04034b50;
const DEFLATED = 8;
const END_OF_CENTRAL = 0x06054b50;

/**
 * Does an entry unpack to what the archive says, and not to more? The library reads on to the end of what it was told is short,
 * for as long as that takes. @param at of the entry in the directory @throws SheetUnreadable
 */
function checkSize(file: Buffer, at: number, size: number): void {
  const local = file.readUInt32LE(at + 42);
  if (local + 30 > file.length || file.readUInt32LE(local) !== LOCAL_ENTRY) throw new SheetUnreadable('no XLSX file');
  if (file.readUInt16LE(at + 10) !== DEFLATED) return;
  const from = local + 30 + file.readUInt16LE(local + 26) + file.readUInt16LE(local + 28);
  try {
    inflateRawSync(file.subarray(from, from + file.readUInt32LE(at + 20)), { maxOutputLength: Math.max(1, size) });
  } catch (error) {
    throw new SheetUnreadable('not what the archive says', { cause: error });
  }
}

/** What the archive says that it unpacks to; a small file may hold gigabytes of zeros. @throws SheetUnreadable */
function unpackedBytes(file: Buffer): number {
  let end = file.length - 22;
  while (end >= 0 && file.readUInt32LE(end) !== END_OF_CENTRAL) end -= 1;
  if (end < 0) throw new SheetUnreadable('no XLSX file');
  let [at, total] = [file.readUInt32LE(end + 16), 0];
  while (at + 46 <= end && file.readUInt32LE(at) === CENTRAL_ENTRY) {
    const size = file.readUInt32LE(at + 24);
    total += size;
    if (total > MOST_UNPACKED_BYTES) return total;
    checkSize(file, at, size);
    at += 46 + file.readUInt16LE(at + 28) + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32);
  }
  return total;
}

const two = (n: number): string => String(n).padStart(2, '0');

/** Dates as 2025-03-01, times as 14:30: what the sheet shows depends on its language. */
function dateText(value: number): string {
  const { y, m, d, H, M } = xlsx().SSF.parse_date_code(value);
  const time = `${two(H)}:${two(M)}`;
  if (value < 1) return time;
  return `${y}-${two(m)}-${two(d)}${H + M > 0 ? ` ${time}` : ''}`;
}

function cellOf(sheet: WorkSheet, row: number, column: number): Cell | undefined {
  const cell: unknown = sheet[xlsx().utils.encode_cell({ r: row, c: column })];
  if (typeof cell !== 'object' || cell === null || !('v' in cell)) return undefined;
  const { v: value } = cell;
  if (typeof value === 'string' || typeof value === 'boolean') return { text: String(value), lossy: false };
  if (typeof value !== 'number') return undefined;
  const format = 'z' in cell && typeof cell.z === 'string' ? cell.z : '';
  if (format !== '' && xlsx().SSF.is_date(format)) return { text: dateText(value), lossy: false };
  return { text: String(value), lossy: Math.abs(value) >= LOSSY_FROM };
}

/** The first sheet of the file that has cells. */
function firstSheet(file: Buffer): WorkSheet | undefined {
  if (unpackedBytes(file) > MOST_UNPACKED_BYTES) throw new SheetUnreadable('too large once unpacked');
  try {
    const book = xlsx().read(file, {
      type: 'buffer',
      cellNF: true,
      cellHTML: false,
      cellFormula: false,
      sheetRows: MOST_ROWS + 2,
    });
    return book.SheetNames.map((name) => book.Sheets[name]).find((sheet) => sheet?.['!ref'] !== undefined);
  } catch (error) {
    throw new SheetUnreadable(error instanceof Error ? error.message : 'unreadable', { cause: error });
  }
}

/**
 * The file's first sheet, its first row as the heading, without empty rows.
 * @throws SheetUnreadable
 */
export function readXlsx(file: Buffer): Sheet {
  const sheet = firstSheet(file);
  if (!sheet) return { heading: [], rows: [] };
  const { s: from, e: to } = xlsx().utils.decode_range(sheet['!ref'] ?? 'A1');
  const width = Math.min(to.c, MOST_COLUMNS - 1) + 1;
  const cells = (row: number): (Cell | undefined)[] => Array.from({ length: width }, (_, c) => cellOf(sheet, row, c));
  const rows = Array.from({ length: to.r - from.r }, (_, i) => ({ row: from.r + i + 2, cells: cells(from.r + 1 + i) }));
  const filled = rows.filter((one) => one.cells.some((cell) => cell && cell.text.trim() !== ''));
  return { heading: cells(from.r).map((cell) => cell?.text ?? ''), rows: filled };
}
