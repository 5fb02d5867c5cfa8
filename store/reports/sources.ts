/** Systems that report (来源): each with a key of its own, kept as a hash beside the staff's keys and good for reports alone. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { ReportSource } from '../../prisma/generated/client';
import type { Db, Tx } from '../db';

/** Apart from the staff's: a key of one kind opens nothing of the other. */
const CONFIG = 'report-source';
const PREFIX = 'swr_';

export interface NewSource {
  id: string;
  kind: string;
  name: string;
  stationId: string | null;
  perMinute: number;
  createdBy: string;
}

/** A new key: the secret is said once, its hash is kept. */
export interface NewKey {
  secret: string;
  hash: string;
}

/** A new key for another system, said once; only its hash is kept. */
export async function newKey(hashOf: (secret: string) => Promise<string>): Promise<NewKey> {
  const secret = PREFIX + randomBytes(32).toString('base64url');
  return { secret, hash: await hashOf(secret) };
}

/** @returns false when the source is there already, made by an earlier try of the same request */
export async function makeSource(db: Db, source: NewSource, key: NewKey): Promise<boolean> {
  return db.$transaction(async (tx) => {
    const { count } = await tx.reportSource.createMany({ data: [source], skipDuplicates: true });
    if (count > 0) await giveKey(tx, source.id, key);
    return count > 0;
  });
}

async function giveKey(tx: Tx, sourceId: string, { secret, hash }: NewKey): Promise<void> {
  const now = new Date();
  await tx.apikey.create({
    data: {
      ...{ id: randomUUID(), configId: CONFIG, referenceId: sourceId, prefix: PREFIX, start: secret.slice(0, 8) },
      ...{ key: hash, enabled: true, rateLimitEnabled: false, createdAt: now, updatedAt: now },
    },
  });
}

const keysOf = (sourceId: string) => ({ configId: CONFIG, referenceId: sourceId });

/** A new key in place of the old one, which is dead with the commit. */
export const renewKey = (db: Db, sourceId: string, key: NewKey): Promise<void> =>
  db.$transaction(async (tx) => {
    await tx.apikey.deleteMany({ where: keysOf(sourceId) });
    await giveKey(tx, sourceId, key);
  });

/** The key is dead with the commit, in every copy of the API: it is looked up for each request. */
export const revokeSource = (db: Db, id: string, by: string): Promise<void> =>
  db.$transaction(async (tx) => {
    await tx.apikey.deleteMany({ where: keysOf(id) });
    await tx.reportSource.updateMany({
      where: { id, revokedAt: null },
      data: { revokedBy: by, revokedAt: new Date() },
    });
  });

/** The source behind a key's hash; undefined: nobody's, or revoked. */
export async function sourceOfKey(tx: Tx, hash: string): Promise<ReportSource | undefined> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT s.id FROM apikey k JOIN report_sources s ON s.id = k."referenceId"
    WHERE k.key = ${hash} AND k."configId" = ${CONFIG} AND k.enabled AND s.revoked_at IS NULL`;
  const [found] = rows;
  return found && ((await tx.reportSource.findUnique({ where: { id: found.id } })) ?? undefined);
}

/** A source with how its key begins, by which people tell keys apart; null: it has none any more. */
export type SourceSeen = ReportSource & { keyStart: string | null };

async function withKeys(tx: Tx, sources: ReportSource[]): Promise<SourceSeen[]> {
  const keys = await tx.apikey.findMany({
    where: { configId: CONFIG, referenceId: { in: sources.map(({ id }) => id) } },
    select: { referenceId: true, start: true },
  });
  const startOf = new Map(keys.map(({ referenceId, start }) => [referenceId, start]));
  return sources.map((source) => ({ ...source, keyStart: startOf.get(source.id) ?? null }));
}

export const listSources = async (tx: Tx): Promise<SourceSeen[]> =>
  withKeys(tx, await tx.reportSource.findMany({ orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] }));

/** Undefined: there is no such system. */
export async function readSource(tx: Tx, id: string): Promise<SourceSeen | undefined> {
  const source = await tx.reportSource.findUnique({ where: { id } });
  return source ? (await withKeys(tx, [source]))[0] : undefined;
}
