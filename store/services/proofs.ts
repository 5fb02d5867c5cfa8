/** Evidence of services (佐证材料) that is fit for the evaluator: pictures that a supervisor has marked, by number and never by name. */
import { FILE_TYPES, type MediaType } from '../../domain/files/kinds';
import type { Attachment, EvidenceMark } from '../../prisma/generated/client';
import { contentOf } from '../attachments/content';
import { open } from '../attachments/records';
import type { Blobs } from '../blobs/blob';
import type { Db, Tx } from '../db';
import type { Vault } from '../vault';
import { changesBetween, journalService } from './journal';

export type { EvidenceMark };

const PICTURES = Object.entries(FILE_TYPES).flatMap(([type, { family }]) => (family === 'picture' ? [type] : []));
/** Sound has voices in it, a PDF whatever its program wrote: pictures alone are shown to who may not know the child. */
export const mayBeShown = ({ type, ownerKind, withdrawnAt, erasedAt }: Attachment): boolean =>
  ownerKind === 'service' && PICTURES.includes(type) && withdrawnAt === null && erasedAt === null;

/** Says whether a picture is fit for the evaluator; with a line in the record's journal. */
export async function markProof(
  db: Db,
  { id: attachmentId, ownerId: serviceId, stationId }: Attachment,
  { fit, staffId, at }: { fit: boolean; staffId: string; at: number },
): Promise<EvidenceMark> {
  return db.$transaction(async (tx) => {
    const before = await tx.evidenceMark.findUnique({ where: { attachmentId } });
    const mark = { serviceId, stationId, fit, markedBy: staffId, markedAt: new Date(at) };
    if (before?.fit === fit) return before;
    const after = await tx.evidenceMark.upsert({
      where: { attachmentId },
      create: { attachmentId, ...mark },
      update: mark,
    });
    const field = `evidence ${attachmentId}`;
    const changes = changesBetween({ [field]: before?.fit ?? null }, { [field]: fit });
    const entry = { entity: 'service', entityId: serviceId, stationId, staffId, action: 'corrected' } as const;
    await journalService(tx, { ...entry, changes });
    return after;
  });
}

export const marksOf = (tx: Tx, serviceId: string): Promise<EvidenceMark[]> =>
  tx.evidenceMark.findMany({ where: { serviceId }, orderBy: { attachmentId: 'asc' } });

/** How many files each of these records has, withdrawn and erased ones left out. */
export async function filesOfServices(tx: Tx, serviceIds: string[]): Promise<Map<string, number>> {
  const counts = await tx.attachment.groupBy({
    by: ['ownerId'],
    where: { ownerKind: 'service', ownerId: { in: serviceIds }, withdrawnAt: null, erasedAt: null },
    _count: true,
  });
  return new Map(counts.map(({ ownerId, _count }) => [ownerId, _count]));
}

/** A fit picture of a record: the n-th of it, from 1. */
export interface Proof {
  serviceId: string;
  n: number;
  row: Attachment;
}

/** Every fit picture of these records. */
export async function proofsOf(tx: Tx, serviceIds: string[]): Promise<Proof[]> {
  const fit = await tx.evidenceMark.findMany({
    where: { serviceId: { in: serviceIds }, fit: true },
    select: { attachmentId: true },
  });
  if (fit.length === 0) return [];
  const rows = await tx.attachment.findMany({
    where: { id: { in: fit.map(({ attachmentId }) => attachmentId) } },
    orderBy: [{ ownerId: 'asc' }, { addedAt: 'asc' }, { id: 'asc' }],
  });
  const counts = new Map<string, number>();
  return rows.filter(mayBeShown).map((row) => {
    const n = (counts.get(row.ownerId) ?? 0) + 1;
    counts.set(row.ownerId, n);
    return { serviceId: row.ownerId, n, row };
  });
}

/** The picture without the place and whatever else a device wrote beside it; undefined where its key is gone. */
export async function proofContent({ db, vault, blobs }: { db: Tx; vault: Vault; blobs: Blobs }, { row }: Proof) {
  const [opened] = await open(db, vault, [row]);
  const content = opened && contentOf(blobs, opened, 'clean');
  return content && { type: row.type as MediaType, size: content.size, read: () => content.read(0, content.size - 1) };
}
