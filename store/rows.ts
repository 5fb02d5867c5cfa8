/**
 * Rows written and read as JSON in one statement. Prisma asks once a row and once a relation; on the paths that every
 * report, command and message takes, those round trips were most of the time (docs/adr/0014-hot-paths.md).
 */
import { Prisma } from '../prisma/generated/client';

/** A row by its fields' names; dates and bytes as Prisma has them, undefined for null. */
export type Fields = Readonly<Record<string, unknown>>;

export const isFilled = (rows: readonly Fields[]): rows is readonly [Fields, ...Fields[]] => rows.length > 0;

/** A name is made once: there are as many as the tables have columns, and every row of every report asks for them. */
function remembered(make: (name: string) => string): (name: string) => string {
  const known = new Map<string, string>();
  return (name) => {
    const made = known.get(name) ?? make(name);
    known.set(name, made);
    return made;
  };
}

const columnOf = remembered((field) => field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));

/** PostgreSQL reads bytes from text in hexadecimal. */
const asText = (_field: string, value: unknown): unknown =>
  value instanceof Uint8Array ? `\\x${Buffer.from(value).toString('hex')}` : value;

const named = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).map(([field, value]) => [columnOf(field), asText(field, value)]));

export interface Insert {
  table: string;
  /** All with the same fields, those without a value included. Columns that are not named take their defaults. */
  rows: readonly [Fields, ...Fields[]];
  /** Nothing is inserted unless this query finds something. */
  where?: Prisma.Sql;
  /** Another table of the WITH to take values from, and the columns that they go to. */
  from?: Prisma.Sql;
  computed?: Readonly<Record<string, Prisma.Sql>>;
  /** The key's fields: a row that is there already takes over all others. */
  replaceBy?: readonly string[];
  /** The key's fields: a row that is there already stays as it is. */
  keepBy?: readonly string[];
}

/** One INSERT for any number of rows, to stand alone or inside a WITH. */
export function insert({ table, rows, where, from, computed = {}, replaceBy, keepBy }: Insert): Prisma.Sql {
  const fields = Object.keys(rows[0]);
  const list = (names: readonly string[]): Prisma.Sql => Prisma.raw(names.map((f) => `"${columnOf(f)}"`).join(', '));
  const others = fields.filter((field) => !replaceBy?.includes(field));
  const name = Prisma.raw(`"${table}"`);
  const taken = Prisma.raw(others.map((f) => `"${columnOf(f)}" = EXCLUDED."${columnOf(f)}"`).join(', '));
  const also = Object.keys(computed);
  const values = [list(fields), ...Object.values(computed)];
  return Prisma.sql`INSERT INTO ${name} (${list([...fields, ...also])})
    SELECT ${Prisma.join(values)} FROM jsonb_populate_recordset(NULL::${name}, ${JSON.stringify(rows.map(named))}::jsonb) AS r
    ${from ? Prisma.sql`CROSS JOIN ${from}` : Prisma.empty}
    ${where ? Prisma.sql`WHERE EXISTS (${where})` : Prisma.empty}
    ${replaceBy ? Prisma.sql`ON CONFLICT (${list(replaceBy)}) DO UPDATE SET ${taken}` : Prisma.empty}
    ${keepBy ? Prisma.sql`ON CONFLICT (${list(keepBy)}) DO NOTHING` : Prisma.empty}`;
}

/** For a statement whose loss in a crash of the database harms nothing: its commit waits for no disk. */
export const WITHOUT_WAITING = Prisma.sql`SELECT set_config('synchronous_commit', 'off', true)`;

const fieldOf = remembered((column) => column.replaceAll(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase()));

/**
 * A row that came as JSON under its columns' names, with its fields' names.
 * @param times fields that are dates
 */
export function fromJson(row: Fields, times: ReadonlySet<string>): Record<string, unknown> {
  const entries = Object.entries(row).map(([column, value]): [string, unknown] => {
    const field = fieldOf(column);
    return [field, times.has(field) && typeof value === 'string' ? new Date(value) : value];
  });
  return Object.fromEntries(entries);
}

/** Two who enter the same in one moment: the database's unique index lets one through. */
export const isTaken = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'P2002';
