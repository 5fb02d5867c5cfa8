/** Making the day's anchor: every journal that grew since the last one, and the access log, in one hash. */
import { beijingDate } from '../../domain/zone';
import type { Db, Tx } from '../db';
import { GENESIS } from '../journal';
import type { KeyRing } from '../keys';
import { AccessHasher, anchorHash, type AccessDigest, type AccessLine, type Head, hex, sealWith } from './anchor';

/** A line younger than this may still be joined by one with a smaller id; no transaction lasts nearly as long. */
const SETTLED_MS = 5 * 60_000;
const PAGE = 5_000;
/** A town's day is read in well under a second; a first anchor over years takes longer. */
const PATIENCE_MS = 10 * 60_000;
/** Held while an anchor is made: of several API processes one makes it. */
const LOCK = 0x5eed_a0c8;

export interface MadeAnchor {
  day: string;
  /** In hex, to be kept outside. */
  hash: string;
  /** How many journals grew. */
  count: number;
}

/** Lines of the access log after one id and up to another, in order, a page at a time. */
async function* accessLines(tx: Tx, after: bigint, upTo: bigint): AsyncGenerator<AccessLine> {
  for (let from = after; ;) {
    const page = await tx.accessLog.findMany({
      where: { id: { gt: from, lte: upTo } },
      orderBy: { id: 'asc' },
      take: PAGE,
    });
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    from = last.id;
  }
}

/** Hashes the lines of the access log between two ids, the first one left out. */
export async function digestAccess(tx: Tx, after: bigint, upTo: bigint): Promise<AccessDigest> {
  const hasher = new AccessHasher();
  for await (const line of accessLines(tx, after, upTo)) hasher.add(line);
  return hasher.digest(upTo);
}

/** Journals that are longer than their last anchored entry. */
async function headsSinceLast(tx: Tx): Promise<Head[]> {
  return tx.$queryRaw<Head[]>`
    SELECT c.id AS "caseId", e.seq, e.hash
    FROM cases c
    JOIN LATERAL (SELECT seq, hash FROM events WHERE case_id = c.id ORDER BY seq DESC LIMIT 1) e ON true
    LEFT JOIN LATERAL (SELECT seq FROM anchor_heads WHERE case_id = c.id ORDER BY seq DESC LIMIT 1) h ON true
    WHERE h.seq IS NULL OR e.seq > h.seq`;
}

/**
 * Makes the anchor of the Beijing day that `now` is in; covers everything written before.
 * @param now milliseconds since the epoch
 * @returns undefined where the day has one, or another process is making it
 */
export async function makeAnchor(db: Db, keys: KeyRing, now: number): Promise<MadeAnchor | undefined> {
  const day = beijingDate(now);
  if (await db.anchor.findUnique({ where: { day }, select: { day: true } })) return undefined;
  return db.$transaction(
    async (tx) => {
      const [lock] = await tx.$queryRaw<{ got: boolean }[]>`SELECT pg_try_advisory_xact_lock(${LOCK}) AS got`;
      if (!lock?.got) return undefined;
      const last = await tx.anchor.findFirst({ orderBy: { day: 'desc' } });
      // A clock that went back makes no anchor before the last one.
      if (last && last.day >= day) return undefined;
      const settled = await tx.accessLog.aggregate({
        where: { at: { lt: new Date(now - SETTLED_MS) } },
        _max: { id: true },
      });
      const after = last?.accessLast ?? 0n;
      const upTo = settled._max.id ?? after;
      const prevHash = new Uint8Array(last?.hash ?? GENESIS);
      const heads = await headsSinceLast(tx);
      const access = await digestAccess(tx, after, upTo > after ? upTo : after);
      const hash = anchorHash({ day, prevHash, heads, access });
      const { last: accessLast, count: accessCount, hash: accessHash } = access;
      await tx.anchor.create({
        data: {
          ...{ day, prevHash, hash, count: heads.length, accessLast, accessCount },
          accessHash: new Uint8Array(accessHash),
          ...sealWith(keys, hash),
        },
      });
      await tx.anchorHead.createMany({
        data: heads.map((head) => ({ ...head, hash: new Uint8Array(head.hash), day })),
      });
      return { day, hash: hex(hash), count: heads.length };
    },
    { isolationLevel: 'RepeatableRead', timeout: PATIENCE_MS },
  );
}
