/** Cases of a child whose name, telephone or identity number somebody knows: by keyed hashes, without opening the vault. */
import { type ClueKind, CLUES, type Knowable } from '../domain/same-child';
import { Prisma } from '../prisma/generated/client';
import { type ListedCase, listCases } from './case-list';
import type { ChildIndex } from './child-index';
import type { Tx } from './db';
import type { Sight } from './sight';

/** Files that are looked at: more than that share a clue only where it tells nobody from anybody. */
const MOST = 100;

/** A case that shares a clue with what was asked; `why` is the strongest. */
export type FoundCase = ListedCase & { why: ClueKind };

/**
 * Cases in scope that share a clue, the strongest clue first. What nobody may know of (限定知悉、回避) is not found by who may
 * not know of it, and drills are nobody's.
 */
export async function searchCases(tx: Tx, index: ChildIndex, sight: Sight, child: Knowable): Promise<FoundCase[]> {
  const clues = index.rowsOf({ ref: 'case', id: '', stationId: '' }, child);
  if (clues.length === 0) return [];
  const { scope } = sight;
  const inStation = scope === 'all' ? Prisma.empty : Prisma.sql`AND h.station_id = ANY(${scope.stationIds})`;
  // One walk for each clue: the newest files that share it.
  const walks = clues.map(
    ({ kind, hash }) => Prisma.sql`(SELECT h.ref_id AS "caseId", h.kind AS why FROM child_clues h
      WHERE h.hash = ${hash} AND h.kind = ${kind} AND h.ref = 'case' ${inStation} ORDER BY h.at DESC LIMIT ${MOST})`,
  );
  const found = await tx.$queryRaw<{ caseId: string; why: ClueKind }[]>(Prisma.join(walks, ' UNION ALL '));
  const strongest = new Map<string, ClueKind>();
  for (const { caseId, why } of found.sort((a, b) => CLUES.indexOf(a.why) - CLUES.indexOf(b.why))) {
    if (!strongest.has(caseId)) strongest.set(caseId, why);
  }
  const rows = await listCases(tx, sight, { drill: false, ids: [...strongest.keys()] }, { take: MOST });
  return rows
    .flatMap((row) => {
      const why = strongest.get(row.id);
      return why ? [{ ...row, why }] : [];
    })
    .sort((a, b) => CLUES.indexOf(a.why) - CLUES.indexOf(b.why));
}
