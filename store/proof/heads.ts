/** What a case's file (案卷) is proven by: the head of its journal, the day's anchor over it, and files that were made before. */
import type { AccessChange } from '../../prisma/generated/client';
import type { Tx } from '../db';
import { hex } from './anchor';
import { ChainWalk } from './chain';

/** The newest anchor that covers something of a case, and how far. */
export async function anchorOf(
  tx: Tx,
  caseId: string,
): Promise<{ day: string; hash: string; seq: number } | undefined> {
  const head = await tx.anchorHead.findFirst({
    where: { caseId },
    orderBy: { seq: 'desc' },
    include: { anchor: { select: { hash: true } } },
  });
  return head ? { day: head.day, hash: hex(head.anchor.hash), seq: head.seq } : undefined;
}

/** The file of a case with this SHA-256 (hexadecimal), if it was made here; the first of them. */
export async function fileMade(tx: Tx, caseId: string, sha256: string): Promise<AccessChange | undefined> {
  const found = await tx.accessChange.findFirst({
    where: { caseId, kind: 'case_file_exported', data: { path: ['sha256'], equals: sha256 } },
    orderBy: { at: 'asc' },
  });
  return found ?? undefined;
}

/** Is a journal whole, and is one of its entries the one of this hash (hexadecimal)? */
export async function journalHolds(
  tx: Tx,
  { id, number, rev }: { id: string; number: string; rev: number },
  at: { seq: number; hash: string },
): Promise<boolean> {
  const rows = await tx.event.findMany({ where: { caseId: id }, orderBy: { seq: 'asc' } });
  const walk = new ChainWalk({ caseId: id, number, rev, heads: new Map() });
  for (const row of rows) walk.step(row);
  const named = rows.find(({ seq }) => seq === at.seq);
  return walk.end().length === 0 && named !== undefined && hex(named.hash) === at.hash;
}
