/** Takes away what uploads left behind, and the noise of attachments whose key was destroyed (清扫). */
import { removeBlobs, type Shelf } from './stage';

/** An upload that began longer ago than this, in milliseconds, is not under way any more. */
const LOST_MS = 24 * 60 * 60_000;
const AT_ONCE = 500;

export interface Swept {
  lost: number;
  erased: number;
}

/** @param now milliseconds since the epoch */
export async function sweepAttachments(shelf: Shelf, now: number): Promise<Swept> {
  return { lost: await sweepLost(shelf, now - LOST_MS), erased: await sweepErased(shelf) };
}

async function sweepLost({ db, blobs }: Shelf, before: number): Promise<number> {
  const lost = await db.attachmentStage.findMany({ where: { at: { lt: new Date(before) } }, take: AT_ONCE });
  for (const { blobKey } of lost) {
    await removeBlobs(blobs, blobKey);
    await db.attachmentStage.deleteMany({ where: { blobKey } });
  }
  await blobs.sweepParts(before);
  return lost.length;
}

/** Without its entry in the vault nobody will open a file again. */
async function sweepErased({ db, blobs }: Shelf): Promise<number> {
  const erased = await db.$queryRaw<{ id: string; blobKey: string; stationId: string }[]>`
    SELECT a.id, a.blob_key AS "blobKey", a.station_id AS "stationId" FROM attachments a
    WHERE a.erased_at IS NULL AND NOT EXISTS (
      SELECT 1 FROM vault_items v JOIN vault_keys k ON k.subject_id = v.subject_id WHERE v.id = a.item_id)
    LIMIT ${AT_ONCE}`;
  for (const { id, blobKey, stationId } of erased) {
    await removeBlobs(blobs, blobKey);
    await db.$transaction(async (tx) => {
      const { count } = await tx.attachment.updateMany({
        where: { id, erasedAt: null },
        data: { erasedAt: new Date() },
      });
      if (count === 0) return;
      const actor = { actorKind: 'system', actorId: 'sweep' };
      await tx.attachmentEvent.create({ data: { attachmentId: id, stationId, ...actor, action: 'erased' } });
    });
  }
  return erased.length;
}
