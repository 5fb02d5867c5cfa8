/** Papers of a case (个案文书): drafts that save themselves, one signed version, and nobody's words lost. */
import type { Answers, Form, Suggestion } from '../../domain/forms/form';
import type { Risk } from '../../domain/model';
import type { CasePaper, PaperCopy } from '../../prisma/generated/client';
import type { Db, Tx } from '../db';
import type { Vault } from '../vault';

export type { CasePaper, PaperCopy };

interface OfCase {
  id: string;
  stationId: string;
  subjectId: string;
}

const sealAnswers = (tx: Tx, vault: Vault, of: OfCase, answers: Answers): Promise<string> =>
  vault.seal(tx, { subjectId: of.subjectId, caseId: of.id, kind: 'form', value: answers });

type Entry = Pick<CasePaper, 'id' | 'caseId' | 'stationId' | 'rev'>;

/** Appends what happened to a paper. */
export async function journalPaper(
  tx: Tx,
  { id, caseId, stationId, rev }: Entry,
  staffId: string,
  action: 'begun' | 'collided' | 'signed' | 'withdrawn' | 'followed',
  about?: string,
): Promise<void> {
  await tx.paperEvent.create({ data: { paperId: id, caseId, stationId, staffId, action, rev, about } });
}

/** Begins a draft. A repetition under the same id finds the first one. */
export async function beginPaper(
  db: Db,
  vault: Vault,
  { id, form, of, staffId, at }: { id: string; form: Form; of: OfCase; staffId: string; at: number },
): Promise<CasePaper> {
  const there = await db.casePaper.findUnique({ where: { id } });
  if (there) return there;
  return db.$transaction(async (tx) => {
    const itemId = await sealAnswers(tx, vault, of, {});
    const now = new Date(at);
    const row = await tx.casePaper.create({
      data: {
        ...{ id, caseId: of.id, stationId: of.stationId, formId: form.id, formVersion: form.version, itemId },
        ...{ createdBy: staffId, createdAt: now, editedBy: staffId, editedAt: now },
      },
    });
    await journalPaper(tx, row, staffId, 'begun');
    return row;
  });
}

export const readPaper = async (tx: Tx, caseId: string, id: string): Promise<CasePaper | undefined> =>
  (await tx.casePaper.findFirst({ where: { id, caseId } })) ?? undefined;

/** Oldest first; withdrawn ones among them. */
export const papersOf = (tx: Tx, caseId: string): Promise<CasePaper[]> =>
  tx.casePaper.findMany({ where: { caseId }, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] });

export const answersOf = async (tx: Tx, vault: Vault, { itemId }: Pick<CasePaper, 'itemId'>): Promise<Answers> =>
  (await vault.openItem(tx, itemId)) as Answers;

export interface Saving {
  of: OfCase;
  /** The revision that was read before. */
  rev: number;
  answers: Answers;
  staffId: string;
  at: number;
}

/** Saved; or somebody else was first, and these words are kept as a copy; or it is no draft any more. */
export type Saved = { kind: 'saved'; row: CasePaper } | { kind: 'collided'; row: CasePaper; copyId: string };

/** @param copyId of the copy, should it be needed: the same for a repetition */
export function saveDraft(db: Db, vault: Vault, id: string, copyId: string, saving: Saving): Promise<Saved> {
  const { of, rev, answers, staffId, at } = saving;
  return db.$transaction(async (tx) => {
    const before = await tx.casePaper.findUniqueOrThrow({ where: { id } });
    const itemId = await sealAnswers(tx, vault, of, answers);
    const { count } = await tx.casePaper.updateMany({
      where: { id, rev, state: 'draft' },
      data: { itemId, rev: rev + 1, editedBy: staffId, editedAt: new Date(at) },
    });
    const row = await tx.casePaper.findUniqueOrThrow({ where: { id } });
    if (count === 1) {
      // Of a draft the last words count; what was signed stays.
      if (before.rev === rev) await tx.vaultItem.deleteMany({ where: { id: before.itemId, kind: 'form' } });
      return { kind: 'saved', row };
    }
    const mine = row.editedBy === staffId && row.rev === rev + 1 && row.state === 'draft';
    if (mine && JSON.stringify(await answersOf(tx, vault, row)) === JSON.stringify(answers)) {
      // The answer to this very save was lost on its way.
      await tx.vaultItem.deleteMany({ where: { id: itemId } });
      return { kind: 'saved', row };
    }
    await tx.paperCopy.upsert({
      where: { id: copyId },
      create: { id: copyId, paperId: id, staffId, rev, itemId, at: new Date(at) },
      update: {},
    });
    await journalPaper(tx, row, staffId, 'collided', copyId);
    return { kind: 'collided', row, copyId };
  });
}

export const copiesOf = (tx: Tx, paperId: string): Promise<PaperCopy[]> =>
  tx.paperCopy.findMany({ where: { paperId }, orderBy: { at: 'asc' } });

export interface Signing {
  rev: number;
  suggestion: Suggestion;
  decided?: Risk;
  /** Why the decision differs from what the form suggests. */
  reasonId?: string;
  staffId: string;
  at: number;
  pdfId: string;
  expiresAt?: number;
}

/** In a transaction of the caller's, with the PDF. @returns false when it is another revision, or no draft any more */
export async function signPaper(tx: Tx, { id }: Pick<CasePaper, 'id'>, signing: Signing): Promise<boolean> {
  const { rev, suggestion, decided, reasonId, staffId, at, pdfId, expiresAt } = signing;
  const { score, most, risk } = suggestion;
  const { count } = await tx.casePaper.updateMany({
    where: { id, rev, state: 'draft' },
    data: {
      ...{ state: 'signed', rev: rev + 1, signedBy: staffId, signedAt: new Date(at), pdfId, decided, reasonId },
      ...(risk !== undefined && { score, most, suggested: risk }),
      ...(expiresAt !== undefined && { expiresAt: new Date(expiresAt) }),
    },
  });
  if (count === 0) return false;
  await journalPaper(tx, await tx.casePaper.findUniqueOrThrow({ where: { id } }), staffId, 'signed', decided);
  return true;
}

/** Takes a paper back; it stays to be read. @returns false when it was withdrawn before */
export function withdrawPaper(
  db: Db,
  { id }: Pick<CasePaper, 'id'>,
  { reasonId, staffId }: { reasonId: string; staffId: string },
): Promise<boolean> {
  return db.$transaction(async (tx) => {
    const { count } = await tx.casePaper.updateMany({
      where: { id, state: { not: 'withdrawn' } },
      data: { state: 'withdrawn', reasonId, rev: { increment: 1 } },
    });
    if (count === 0) return false;
    await journalPaper(tx, await tx.casePaper.findUniqueOrThrow({ where: { id } }), staffId, 'withdrawn');
    return true;
  });
}

/** @returns false when the order's clock was started before */
export async function claimClock(tx: Tx, { id }: Pick<CasePaper, 'id'>): Promise<boolean> {
  const { count } = await tx.casePaper.updateMany({ where: { id, clocked: false }, data: { clocked: true } });
  return count === 1;
}
