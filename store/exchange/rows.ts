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

/** Inserts lines; fields that are none of the table's are refused. @throws Error naming the field */
export async function writeRows(tx: Tx, kind: Pick<Kind, 'name' | 'table'>, lines: readonly Line[]): Promise<void> {
  const [first] = lines;
  if (!first) return;
  const known = await columnsOf(tx, { table: kind.table });
  const bytes = await bytesOf(tx, kind.table);
  const columns = Object.keys(first).map(columnOf);
  const unknown = columns.find((column) => !known.includes(column));
  if (unknown !== undefined) throw new RangeError(`${kind.name}: this version knows no field ${fieldOf(unknown)}`);
  const rows = lines.map((line) =>
    Object.fromEntries(
      columns.map((name) => {
        const value = line[fieldOf(name)];
        return [name, bytes.has(name) && typeof value === 'string' ? `\\x${value}` : value];
      }),
    ),
  );
  const list = Prisma.raw(columns.map((name) => `"${name}"`).join(', '));
  const table = Prisma.raw(`"${kind.table}"`);
  await tx.$executeRaw`
    INSERT INTO ${table} (${list})
    SELECT ${list} FROM jsonb_populate_recordset(NULL::${table}, ${JSON.stringify(rows)}::jsonb)`;
}

/** Which tables of a list hold something already. */
export async function filledTables(tx: Tx, tables: readonly string[]): Promise<string[]> {
  const parts = tables.map((table) => `SELECT '${table}' AS name WHERE EXISTS (SELECT 1 FROM "${table}")`);
  const rows = await tx.$queryRawUnsafe<{ name: string }[]>(parts.join(' UNION ALL '));
  return rows.map(({ name }) => name);
}
