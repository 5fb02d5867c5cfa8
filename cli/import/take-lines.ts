/** Takes the lines of one file into its table, some hundred at a time, and names the first one that cannot be taken. */
import type { Tx } from '../../store/db';
import type { Kind } from '../../store/exchange/catalogue';
import { type Line, LinesUnfit, writerOf } from '../../store/exchange/rows';
import { VaultSealBroken } from '../../store/vault-cipher';
import { fileOf } from '../exchange/files';
import { LineRefused } from '../exchange/line-refused';

export interface Coming {
  pages: AsyncIterable<Line[]>;
  /** What becomes of some lines on their way into the table. */
  change(lines: readonly Line[]): Promise<Line[]>;
  /** Lines that are left out. */
  without?(line: Line): boolean;
}

interface Why {
  zh: string;
  en: string;
}

/** SQLSTATE, as the driver's adapter hands it on. */
export function sqlState(error: Error): string | undefined {
  const { meta } = error as { meta?: { driverAdapterError?: { cause?: { originalCode?: unknown } }; code?: unknown } };
  const code = meta?.driverAdapterError?.cause?.originalCode ?? meta?.code;
  return typeof code === 'string' ? code : undefined;
}

/** Undefined: not the line's fault. The database's own words may quote a line. */
function whyOf(error: unknown): Why | undefined {
  if (error instanceof LinesUnfit)
    return { zh: `字段不符（${error.message}）`, en: `has other fields: ${error.message}` };
  if (error instanceof VaultSealBroken)
    return { zh: '的密封内容打不开', en: 'does not open: it was not sealed with this export’s key' };
  if (error instanceof RangeError) return { zh: `：${error.message}`, en: error.message };
  // Classes 22 and 23: values that the table's columns or rules do not take.
  const state = error instanceof Error ? sqlState(error) : undefined;
  if (state === undefined || !/^2[23]/.test(state)) return undefined;
  return { zh: `：数据库不接受（${state}）`, en: `is refused by the database (${state})` };
}

/** @param read how many lines were read so far. @throws LineRefused for a line that cannot be taken */
export async function takeLines(
  tx: Tx,
  kind: Kind,
  { pages, change, without }: Coming,
  read: (lines: number) => void,
): Promise<void> {
  const write = await writerOf(tx, kind);
  const put = async (lines: readonly Line[]): Promise<void> => {
    const kept = without ? lines.filter((line) => !without(line)) : lines;
    await write(await change(kept));
  };
  let before = 0;
  for await (const page of pages) {
    await tx.$executeRaw`SAVEPOINT page`;
    try {
      await put(page);
    } catch (error) {
      if (!whyOf(error)) throw error;
      await tx.$executeRaw`ROLLBACK TO SAVEPOINT page`;
      await findRefused(page, put, { file: fileOf(kind.name), before });
      throw error;
    }
    await tx.$executeRaw`RELEASE SAVEPOINT page`;
    before += page.length;
    read(before);
  }
}

/** @throws LineRefused */
async function findRefused(
  page: readonly Line[],
  put: (lines: readonly Line[]) => Promise<void>,
  { file, before }: { file: string; before: number },
): Promise<void> {
  for (const [index, line] of page.entries()) {
    try {
      await put([line]);
    } catch (error) {
      const why = whyOf(error);
      if (!why) throw error;
      throw new LineRefused(file, before + index + 1, why.zh, why.en, { cause: error });
    }
  }
}
