/**
 * Statements in SQL go straight to the driver, past Prisma's query engine, which takes half a millisecond of processor time
 * for each (docs/adr/0014-hot-paths.md). They come back as Prisma would have them. Inside a transaction, and for everything
 * that is not SQL, Prisma stays as it is.
 */
import pg from 'pg';
import { Prisma, type PrismaClient } from '../prisma/generated/client';
import { asStatement } from './traced-adapter';

type Parse = (text: string) => unknown;

const utc = (text: string): Date => new Date(`${text.replace(' ', 'T')}Z`);
const { builtins } = pg.types;

/** Types that Prisma reads otherwise than the driver would. */
const PARSERS = new Map<number, Parse>([
  [builtins.INT8, BigInt],
  [builtins.NUMERIC, (text) => new Prisma.Decimal(text)],
  [builtins.TIMESTAMP, utc],
  [builtins.DATE, (text) => new Date(`${text}T00:00:00Z`)],
]);

const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary'): Parse =>
    PARSERS.get(oid) ?? (pg.types.getTypeParser(oid, format) as Parse),
};

/** A moment is the same one wherever this process thinks that it is. */
function parameter(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(parameter);
  return typeof value === 'bigint' ? String(value) : value;
}

type Query = TemplateStringsArray | Prisma.Sql;
type Asking = (query: Query, ...values: unknown[]) => Promise<unknown>;

/** @param nameOf what a statement is prepared as; empty: it is not */
export function straight(
  client: PrismaClient,
  pool: pg.Pool,
  nameOf: (query: { sql: string }) => string,
): PrismaClient {
  const ask = async (query: Query, values: unknown[]): Promise<pg.QueryResult> => {
    const { text, values: given } = 'text' in query ? query : Prisma.sql(query, ...values);
    const name = nameOf({ sql: text }) || undefined;
    return asStatement(text, () => pool.query({ text, name, values: given.map(parameter), types }));
  };
  const own: Record<PropertyKey, Asking> = {
    $queryRaw: async (query, ...values) => (await ask(query, values)).rows,
    $executeRaw: async (query, ...values) => (await ask(query, values)).rowCount ?? 0,
    $disconnect: async () => {
      await client.$disconnect();
      if (!pool.ended) await pool.end();
    },
  };
  return new Proxy(client, {
    get(target, name) {
      if (Object.hasOwn(own, name)) return own[name];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
