import { createHash } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient, type Prisma } from '../prisma/generated/client';
import { inTurn } from './in-turn';
import { straight } from './straight';
import { traced } from './traced-adapter';

export type Db = PrismaClient;
/** A transaction, or the database itself: what a function needs that may run inside somebody else's transaction. */
export type Tx = Prisma.TransactionClient;

/** Does the database answer? @throws the adapter's error, which may name the address and never the password */
export async function reach(db: Db): Promise<void> {
  await db.$queryRaw`SELECT 1`;
}

/** Statements that a connection keeps prepared at most; those that vary with the length of a list come after these. */
const MOST_PREPARED = 300;

/** Names for statements, so that each connection parses and plans the same one once. */
function statementNames(): (query: { sql: string }) => string {
  const names = new Map<string, string>();
  return ({ sql }) => {
    const known = names.get(sql);
    if (known !== undefined) return known;
    // Without a name it is parsed each time, as it is without this.
    if (names.size >= MOST_PREPARED) return '';
    const name = createHash('sha256').update(sql).digest('base64url').slice(0, 22);
    names.set(sql, name);
    return name;
  };
}

/** How long a request waits for a connection before it is answered that the database is away, in milliseconds. */
const PATIENCE_MS = 5_000;

/**
 * Opens the pool.
 * @param max connections this process may hold; the sum over all processes stays below PostgreSQL's own limit
 * @param patienceMs how long a connection is waited for: longer where nobody waits for an answer
 */
export function openDb(url: string, max = 10, patienceMs = PATIENCE_MS): Db {
  const pool = new pg.Pool({ connectionString: url, max, connectionTimeoutMillis: patienceMs });
  const nameOf = statementNames();
  const adapter = new PrismaPg(pool, { statementNameGenerator: nameOf });
  // A connection that ends while nobody uses it is the pool's own business: whoever asks next is told.
  pool.on('error', () => undefined);
  const client = new PrismaClient({
    adapter: inTurn(traced(adapter)),
    transactionOptions: { maxWait: patienceMs, timeout: 15_000 },
  });
  return straight(client, pool, nameOf);
}
