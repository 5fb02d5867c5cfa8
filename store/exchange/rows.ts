/** Rows of any table as lines, and back: field names as the API has them, times of the official clock, bytes in hexadecimal. */
import { Prisma } from '../../prisma/generated/client';
import type { Tx } from '../db';
import { type Kind, STATION_SETTING } from './catalogue';

export type Line = Record<string, unknown>;

const PAGE = 500;
const STATION_ID = /^[\w-]{1,64}$/;

const fieldOf = (column: string): string => column.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
const columnOf = (field: string): string => field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/**
 * Says in this transaction which station's rows are meant, and that times are written as Beijing's: of such a transaction Prisma
 * itself reads times wrongly, so it is for {@link readKind} alone. @throws RangeError
 */
export async function aboutStation(tx: Tx, stationId: string): Promise<void> {
  if (!STATION_ID.test(stationId)) throw new RangeError('no id of a station');
  await tx.$queryRaw`SELECT set_config(${STATION_SETTING}, ${stationId}, true), set_config('TimeZone', 'Asia/Shanghai', true)`;
}

/** The columns of a kind that leave, in the table's order. */
export async function columnsOf(tx: Tx, { table, without = [] }: Pick<Kind, 'table' | 'without'>): Promise<string[]> {
  const rows = await tx.$queryRaw<{ name: string }[]>`
    SELECT column_name AS name FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = ${table} ORDER BY ordinal_position`;
  return rows.map(({ name }) => name).filter((name) => !without.includes(name));
}

/** The fields of a kind as its lines have them. */
export const fieldsOf = async (tx: Tx, kind: Kind): Promise<string[]> => (await columnsOf(tx, kind)).map(fieldOf);

/** Bytes are `\x…` as PostgreSQL writes them. */
const plain = (value: unknown): unknown =>
  typeof value === 'string' && value.startsWith('\\x') ? value.slice(2) : value;

/** The lines of a kind, page by page, in order; inside a transaction that knows its station. */
export async function* readKind(tx: Tx, kind: Kind): AsyncGenerator<Line[]> {
  const columns = await columnsOf(tx, kind);
  const bytes = await bytesOf(tx, kind.table);
  const list = columns.map((column) => `'${column}', to_jsonb(t."${column}")`);
  // A function takes a hundred arguments at most.
  const parts = [list.slice(0, 40), list.slice(40)].filter((part) => part.length > 0);
  const whole = parts.map((part) => `jsonb_build_object(${part.join(', ')})`).join(' || ');
  const row = kind.instead === undefined ? whole : `${whole} || ${kind.instead}`;
  const statement = `DECLARE lines NO SCROLL CURSOR FOR SELECT ${row} AS row FROM "${kind.table}" t WHERE ${kind.where} ORDER BY ${kind.order}`;
  await tx.$executeRawUnsafe(statement);
  for (;;) {
    const rows = await tx.$queryRawUnsafe<{ row: Line }[]>(`FETCH ${PAGE} FROM lines`);
    if (rows.length === 0) break;
    yield rows.map(({ row: one }) =>
      Object.fromEntries(columns.map((name) => [fieldOf(name), bytes.has(name) ? plain(one[name]) : one[name]])),
    );
  }
  await tx.$executeRawUnsafe('CLOSE lines');
}

async function bytesOf(tx: Tx, table: string): Promise<ReadonlySet<string>> {
  const rows = await tx.$queryRaw<{ name: string }[]>`
    SELECT column_name AS name FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = ${table} AND data_type = 'bytea'`;
  return new Set(rows.map(({ name }) => name));
}

/** Lines whose fields are not those of the table; the message names one. */
export class LinesUnfit extends RangeError {
  override readonly name = 'LinesUnfit';
}

/** Every line has the first one's fields, and the table has them all. @throws LinesUnfit */
function demandFields(
  kind: string,
  lines: readonly Line[],
  fields: readonly string[],
  known: ReadonlySet<string>,
): void {
  const strange = fields.find((field) => !known.has(columnOf(field)));
  if (strange !== undefined) throw new LinesUnfit(`${kind}: this version knows no field ${strange}`);
  const first = new Set(fields);
  for (const line of lines) {
    const own = Object.keys(line);
    const other = own.find((field) => !first.has(field)) ?? fields.find((field) => !Object.hasOwn(line, field));
    if (other !== undefined) throw new LinesUnfit(`${kind}: field ${other} is not in each line`);
  }
}

/** What inserts lines into a kind's table, a page at a time. It throws {@link LinesUnfit}, and what the database throws. */
export async function writerOf(
  tx: Tx,
  kind: Pick<Kind, 'name' | 'table'>,
): Promise<(lines: readonly Line[]) => Promise<void>> {
  // Asked once: the catalogue's views take longer than a page of rows.
  const known = new Set(await columnsOf(tx, { table: kind.table }));
  const bytes = await bytesOf(tx, kind.table);
  const table = Prisma.raw(`"${kind.table}"`);
  return async (lines) => {
    const [first] = lines;
    if (!first) return;
    const fields = Object.keys(first);
    demandFields(kind.name, lines, fields, known);
    const columns = fields.map((field) => ({ field, name: columnOf(field) }));
    const rows = lines.map((line) =>
      Object.fromEntries(
        columns.map(({ field, name }) => {
          const value = line[field];
          return [name, bytes.has(name) && typeof value === 'string' ? `\\x${value}` : value];
        }),
      ),
    );
    const list = Prisma.raw(columns.map(({ name }) => `"${name}"`).join(', '));
    await tx.$executeRaw`
      INSERT INTO ${table} (${list})
      SELECT ${list} FROM jsonb_populate_recordset(NULL::${table}, ${JSON.stringify(rows)}::jsonb)`;
  };
}

/** Which tables of a list hold something already. */
export async function filledTables(tx: Tx, tables: readonly string[]): Promise<string[]> {
  const parts = tables.map((table) => `SELECT '${table}' AS name WHERE EXISTS (SELECT 1 FROM "${table}")`);
  const rows = await tx.$queryRawUnsafe<{ name: string }[]>(parts.join(' UNION ALL '));
  return rows.map(({ name }) => name);
}
