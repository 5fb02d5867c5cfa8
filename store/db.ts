import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient, type Prisma } from '../prisma/generated/client';

export type Db = PrismaClient;
/** A transaction, or the database itself: what a function needs that may run inside somebody else's transaction. */
export type Tx = Prisma.TransactionClient;

/** Does the database answer? @throws the adapter's error, which may name the address and never the password */
export async function reach(db: Db): Promise<void> {
  await db.$queryRaw`SELECT 1`;
}

/**
 * Opens the pool. @param max connections this process may hold; the sum over all processes stays below PostgreSQL's own limit.
 */
export function openDb(url: string, max = 10): Db {
  const adapter = new PrismaPg({ connectionString: url, max, connectionTimeoutMillis: 5_000 });
  return new PrismaClient({ adapter, transactionOptions: { maxWait: 5_000, timeout: 15_000 } });
}
