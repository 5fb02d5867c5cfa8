/** Attachments (附件) on record: kept, listed, withdrawn. What they are called and show lies in the vault. */
import { createHmac } from 'node:crypto';
import type { MediaType } from '../../domain/files/kinds';
import type { Attachment } from '../../prisma/generated/client';
import type { Db, Tx } from '../db';
import { type Vault, VaultItemUnknown } from '../vault';
import { discard, type Shelf, type Staged } from './stage';
import { isTaken } from '../rows';

export type { Attachment };

export const OWNER_KINDS = ['case', 'service', 'referral'] as const;
export type OwnerKind = (typeof OWNER_KINDS)[number];

/** What a file belongs to, and whose key it lies under. */
export interface AttachmentOwner {
  kind: OwnerKind;
  id: string;
  stationId: string;
  /** The vault's subject: destroying its key makes the file noise. */
  subjectId: string;
  /** The case that the owner is, or belongs to. */
  caseId: string | null;
}

export interface Adder {
  kind: 'staff' | 'partner';
  id: string;
}

/** What the vault holds of an attachment. */
interface Words {
  name: string;
  caption: string | null;
  /** The file's own key, base64. */
  fileKey: string;
  sha256: string;
}

/** An attachment with its words; those are null where the child's key was destroyed. */
export interface OpenedAttachment {
  row: Attachment;
  words: (Omit<Words, 'fileKey'> & { fileKey: Buffer }) | null;
}

/** Under which name in the vault: a case's own entries open with the case. */
const vaultCase = ({ kind, id, caseId }: AttachmentOwner): string =>
  kind === 'service' ? `service:${id}` : (caseId ?? id);

const proofOf = ({ fileKey, sha256 }: Pick<Staged, 'fileKey' | 'sha256'>): Uint8Array<ArrayBuffer> =>
  new Uint8Array(createHmac('sha256', fileKey).update(sha256).digest());

export interface Keeping {
  /** Of the operation: repeating it finds the first file. */
  id: string;
  owner: AttachmentOwner;
  caption?: string;
  by: Adder;
  /** Milliseconds since the epoch. */
  at: number;
}

/**
 * An upload's second half: makes a staged file an attachment.
 * @throws VaultItemUnknown when the owner's key was destroyed meanwhile
 */
export async function keep(
  tx: Tx,
  vault: Vault,
  staged: Staged,
  { id, owner, caption, by, at }: Keeping,
): Promise<void> {
  const { blobKey, name, fileKey, sha256, type, size, cleanSize, thumbSize, picture } = staged;
  const words: Words = { name, caption: caption ?? null, fileKey: fileKey.toString('base64'), sha256 };
  const { subjectId, stationId, caseId } = owner;
  const itemId = await vault.seal(tx, { subjectId, caseId: vaultCase(owner), kind: 'attachment', value: words });
  await tx.attachment.create({
    data: {
      ...{ id, ownerKind: owner.kind, ownerId: owner.id, stationId, caseId, subjectId, itemId, blobKey },
      ...{ type, size, cleanSize, thumbSize, width: picture?.width, height: picture?.height },
      ...{ addedByKind: by.kind, addedBy: by.id, addedAt: new Date(at) },
    },
  });
  const actor = { actorKind: by.kind, actorId: by.id };
  await tx.attachmentEvent.create({
    data: { attachmentId: id, stationId, ...actor, action: 'added', proof: proofOf(staged) },
  });
  await tx.attachmentStage.deleteMany({ where: { blobKey } });
}

/**
 * Was nothing written, for certain? Where the connection broke, it may have been: then the file stays, and the sweep finds it
 * where it belongs to nobody.
 */
export const isNotKept = (error: unknown): boolean => isTaken(error) || error instanceof VaultItemUnknown;

/** Of an operation that was carried out before: the same file, or the same operation with another one. */
export type Kept = { kind: 'kept' | 'same'; row: Attachment } | { kind: 'other' };

/**
 * {@link keep} in a transaction of its own. A repetition discards what it staged and finds the first one.
 * @throws as keep() does; the staged file is discarded then, unless it may have been kept
 */
export async function keepOnce(shelf: Shelf, vault: Vault, staged: Staged, keeping: Keeping): Promise<Kept> {
  const again = async (): Promise<Kept | undefined> => {
    const row = await shelf.db.attachment.findUnique({ where: { id: keeping.id } });
    if (!row) return undefined;
    const [first] = await open(shelf.db, vault, [row]);
    const { owner, caption = null } = keeping;
    const same =
      first?.words?.sha256 === staged.sha256 &&
      first.words.name === staged.name &&
      first.words.caption === caption &&
      row.ownerKind === owner.kind &&
      row.ownerId === owner.id;
    return same ? { kind: 'same', row } : { kind: 'other' };
  };
  try {
    const before = await again();
    if (before) {
      await discard(shelf, staged);
      return before;
    }
    await shelf.db.$transaction((tx) => keep(tx, vault, staged, keeping));
  } catch (error) {
    if (isNotKept(error)) await discard(shelf, staged);
    // Two at once: the database let one through.
    const before = isTaken(error) ? await again() : undefined;
    if (before) return before;
    throw error;
  }
  return { kind: 'kept', row: await shelf.db.attachment.findUniqueOrThrow({ where: { id: keeping.id } }) };
}

/** Opens the words of attachments, in the same order. */
export const open = (tx: Tx, vault: Vault, rows: Attachment[]): Promise<OpenedAttachment[]> =>
  Promise.all(
    rows.map(async (row) => {
      try {
        const { fileKey, ...words } = (await vault.openItem(tx, row.itemId)) as Words;
        return { row, words: { ...words, fileKey: Buffer.from(fileKey, 'base64') } };
      } catch (error) {
        if (error instanceof VaultItemUnknown) return { row, words: null };
        throw error;
      }
    }),
  );

/** Undefined: there is no such file. */
export async function readAttachment(tx: Tx, id: string): Promise<Attachment | undefined> {
  return (await tx.attachment.findUnique({ where: { id } })) ?? undefined;
}

/** Those of one owner, oldest first; withdrawn ones among them. */
export const listAttachments = (tx: Tx, kind: OwnerKind, ownerId: string): Promise<Attachment[]> =>
  tx.attachment.findMany({ where: { ownerKind: kind, ownerId }, orderBy: [{ addedAt: 'asc' }, { id: 'asc' }] });

/** Those of a case and of its referrals, oldest first. */
export const attachmentsOfCase = (tx: Tx, caseId: string): Promise<Attachment[]> =>
  tx.attachment.findMany({
    where: { caseId, ownerKind: { in: ['case', 'referral'] } },
    orderBy: [{ addedAt: 'asc' }, { id: 'asc' }],
  });

/** How many files each owner has that count, by the owner's id: what reviewers see of evidence. */
export async function attachmentCounts(tx: Tx, kind: OwnerKind, ownerIds: string[]): Promise<Map<string, number>> {
  const counted = await tx.attachment.groupBy({
    by: ['ownerId'],
    where: { ownerKind: kind, ownerId: { in: ownerIds }, withdrawnAt: null, erasedAt: null },
    _count: true,
  });
  return new Map(counted.map(({ ownerId, _count }) => [ownerId, _count]));
}

/** Takes one back: it counts no more and is kept as evidence. @returns false when it was withdrawn before */
export function withdrawAttachment(
  db: Db,
  vault: Vault,
  { id, subjectId, stationId, caseId, ownerKind, ownerId }: Attachment,
  { reason, staffId, at }: { reason: string; staffId: string; at: number },
): Promise<boolean> {
  return db.$transaction(async (tx) => {
    const { count } = await tx.attachment.updateMany({
      where: { id, withdrawnAt: null },
      data: { withdrawnAt: new Date(at), withdrawnBy: staffId },
    });
    if (count === 0) return false;
    const under = ownerKind === 'service' ? `service:${ownerId}` : (caseId ?? ownerId);
    const reasonId = await vault.seal(tx, { subjectId, caseId: under, kind: 'reason', value: reason });
    await tx.attachment.update({ where: { id }, data: { reasonId } });
    const actor = { actorKind: 'staff', actorId: staffId };
    await tx.attachmentEvent.create({
      data: { attachmentId: id, stationId, ...actor, action: 'withdrawn', reasonId },
    });
    return true;
  });
}

export const mediaTypeOf = ({ type }: Attachment): MediaType => type as MediaType;

/** A referral (转介) as an owner: what a partner sends with its feedback lies under the key of the case's child. */
export const ownerOfReferral = (referral: {
  id: string;
  case: { id: string; stationId: string; subjectId: string };
}): AttachmentOwner => ({
  kind: 'referral',
  id: referral.id,
  stationId: referral.case.stationId,
  subjectId: referral.case.subjectId,
  caseId: referral.case.id,
});
