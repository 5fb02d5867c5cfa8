/**
 * Finding files of the same child (同一儿童) without opening the vault: clues under a key of their own, compared as hashes.
 * A station finds its own files alone; who answers for all stations is given all of them.
 */
import { createHmac } from 'node:crypto';
import { type ClueKind, CLUES, cluesOf, type Knowable } from '../domain/same-child';
import { Prisma } from '../prisma/generated/client';
import type { Scope } from './cases';
import type { Db, Tx } from './db';
import type { Fields } from './rows';
import { type Vault, VaultItemUnknown, VaultSealBroken } from './vault';

/** A file about a child: a case, or a report in the queue. */
export interface Ref {
  ref: 'case' | 'report';
  id: string;
  stationId: string;
}

/** Another file that may be about the same child, and why. */
export interface Candidate {
  caseId: string;
  number: string;
  why: ClueKind;
}

export interface ChildIndex {
  /** Rows of `child_clues`, for whoever writes them together with others. */
  rowsOf(of: Ref, child: Knowable): Fields[];
  /** Writes what is known of a child now; clues that no longer hold are taken away. */
  write(tx: Tx, of: Ref, child: Knowable): Promise<void>;
}

/** What the index's key is for: another than the vault's and the register's. */
export const SAME_CHILD_INDEX = 'same child';

/** @param secret the index’s own key: whoever has another one finds nothing */
export function createChildIndex(secret: Uint8Array): ChildIndex {
  // The kind is part of what is hashed: a name that looks like a number says nothing about numbers.
  const hash = (kind: ClueKind, word: string): Uint8Array<ArrayBuffer> =>
    new Uint8Array(createHmac('sha256', secret).update(`${kind}\0${word}`).digest());
  const rowsOf = ({ ref, id: refId, stationId }: Ref, child: Knowable) =>
    cluesOf(child).map(({ kind, word }) => ({ refId, ref, stationId, kind, hash: hash(kind, word) }));
  return {
    rowsOf,
    async write(tx, of, child) {
      await tx.childClue.deleteMany({ where: { refId: of.id } });
      await tx.childClue.createMany({ data: rowsOf(of, child), skipDuplicates: true });
    },
  };
}

/** Files that are shown at most, and looked at for one clue: a name of half a town is no clue. */
const MOST = 20;

const RANK = Prisma.sql`array_position(${[...CLUES]}::text[], m.kind)`;

/**
 * Cases that share a clue with a file, the strongest clue first, newest first among equals. Left out: what is known to be
 * this child's already, or somebody else's, drills, and cases that not everybody may know of (限定知悉、回避).
 * @param of the file's id, as SQL
 * @param inStation further condition on `h.station_id`
 */
export const possibleSql = (of: Prisma.Sql, inStation: Prisma.Sql): Prisma.Sql => Prisma.sql`
  SELECT o.id AS "caseId", o.number, (array_agg(m.kind ORDER BY ${RANK}))[1] AS why
  FROM child_clues m
  CROSS JOIN LATERAL (
    SELECT h.ref_id FROM child_clues h
    WHERE h.hash = m.hash AND h.kind = m.kind AND h.ref = 'case' AND ${inStation} AND h.ref_id <> m.ref_id
    ORDER BY h.at DESC LIMIT ${MOST}) h
  JOIN cases o ON o.id = h.ref_id
  WHERE m.ref_id = ${of} AND NOT EXISTS (
    SELECT 1 FROM case_links l
    WHERE l.ended_at IS NULL AND l.kind IN ('same_child', 'sibling', 'not_same')
      AND ((l.case_id = m.ref_id AND l.other_id = o.id) OR (l.case_id = o.id AND l.other_id = m.ref_id)))
    AND o.joined_into IS NULL AND NOT o.restricted AND NOT o.conflicted
  GROUP BY o.id, o.number, o.received_at
  ORDER BY min(${RANK}), o.received_at DESC
  LIMIT ${MOST}`;

/** Candidates for a case or a report, among the cases of the reader's stations. */
export async function candidatesOf(
  tx: Tx,
  refId: string,
  scope: Scope,
): Promise<(Candidate & { stationId: string })[]> {
  const inStation = scope === 'all' ? Prisma.sql`true` : Prisma.sql`h.station_id = ANY(${scope.stationIds})`;
  const found = await tx.$queryRaw<Candidate[]>(possibleSql(Prisma.sql`${refId}`, inStation));
  const stations = await tx.caseRow.findMany({
    where: { id: { in: found.map(({ caseId }) => caseId) } },
    select: { id: true, stationId: true },
  });
  const stationOf = new Map(stations.map(({ id, stationId }) => [id, stationId]));
  return found.map((one) => ({ ...one, stationId: stationOf.get(one.caseId) ?? '' }));
}

const BATCH = 50;

/**
 * Gives clues to cases that have none yet: taken before there were any, or brought in from elsewhere. A case whose child's
 * key was destroyed gets none, and is not looked at again.
 * @returns how many were looked at
 */
export async function giveClues(db: Db, vault: Vault, index: ChildIndex): Promise<number> {
  const rows = await db.caseRow.findMany({
    where: { clued: false, drill: false },
    select: { id: true, stationId: true },
    take: BATCH,
  });
  for (const { id, stationId } of rows) {
    const child = await childOf(db, vault, id);
    await db.$transaction(async (tx) => {
      // An erasure comes before this or after it, never in between: what was opened above may be of a child nobody knows any more.
      const key = await tx.$queryRaw<unknown[]>`
        SELECT 1 FROM vault_keys k JOIN cases c ON c.subject_id = k.subject_id WHERE c.id = ${id} FOR KEY SHARE OF k`;
      await index.write(tx, { ref: 'case', id, stationId }, key.length > 0 ? child : {});
      await tx.caseRow.update({ where: { id }, data: { clued: true } });
    });
  }
  return rows.length;
}

/** The index has another key: every case gets its clues anew, a batch at a time. */
export async function forgetClues(db: Db): Promise<void> {
  await db.caseRow.updateMany({ where: { clued: true }, data: { clued: false } });
}

/** What the vault holds of a case's child; nothing where the key is gone. */
export async function childOf(tx: Tx, vault: Vault, caseId: string): Promise<Knowable> {
  const item = await tx.vaultItem.findFirst({
    where: { caseId, kind: 'child' },
    select: { id: true },
    orderBy: { createdAt: 'desc' },
  });
  if (!item) return {};
  try {
    return (await vault.openItem(tx, item.id)) as Knowable;
  } catch (error) {
    // Gone, or changed by somebody: there is nothing to be known of this child, and the others are not held up by it.
    if (error instanceof VaultItemUnknown || error instanceof VaultSealBroken) return {};
    throw error;
  }
}
