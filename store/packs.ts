/** Evaluation packs (评估资料包): the job, and its file in sealed pieces under a key of its own. */
import { createHash, randomBytes } from 'node:crypto';
import { PACK_DAYS, type PackState, type PackStep } from '../domain/services/pack';
import { DAY } from '../domain/zone';
import type { Pack } from '../prisma/generated/client';
import type { Scope } from './cases';
import type { Db, Tx } from './db';
import type { KeyRing } from './keys';
import { VaultKeyUnknown } from './vault';
import { decrypt, encrypt } from './vault-cipher';

export type { Pack };

const PIECE_BYTES = 1024 * 1024;
const KEY_BYTES = 32;
const keyContext = (id: string): string[] => ['pack-key', id];
const partContext = (id: string, n: number): string[] => ['pack', id, String(n)];

/** A repetition under the same id changes nothing. */
export async function askPack(
  db: Db,
  asked: Pick<Pack, 'id' | 'contractId' | 'stationId' | 'stage' | 'sample' | 'seed' | 'askedBy' | 'askedAt'>,
): Promise<void> {
  await db.pack.createMany({ data: [{ ...asked, state: 'waiting' satisfies PackState }], skipDuplicates: true });
}

/** Undefined: there is no such pack. */
export async function readPack(tx: Tx, id: string): Promise<Pack | undefined> {
  return (await tx.pack.findUnique({ where: { id } })) ?? undefined;
}

/** One page of packs, newest first. */
export function listPacks(
  tx: Tx,
  scope: Scope,
  { after, take }: { after?: { askedAt: number; id: string }; take: number },
): Promise<Pack[]> {
  const askedAt = after && new Date(after.askedAt);
  return tx.pack.findMany({
    where: {
      ...(scope !== 'all' && { stationId: { in: scope.stationIds } }),
      ...(after && { OR: [{ askedAt: { lt: askedAt } }, { askedAt, id: { gt: after.id } }] }),
    },
    orderBy: [{ askedAt: 'desc' }, { id: 'asc' }],
    take,
  });
}

/** How far the work is; what somebody has cancelled meanwhile stays so. */
export async function markPack(
  db: Db,
  id: string,
  progress: { doing: PackStep; done: number; total: number },
): Promise<void> {
  await db.pack.updateMany({ where: { id, state: 'waiting' }, data: { state: 'running' } });
  await db.pack.updateMany({ where: { id, state: { in: ['running', 'cancelling'] } }, data: progress });
}

/** Says that it is to end. @returns false where it has ended already and there is nothing to remove */
export async function cancelPack(db: Db, id: string): Promise<boolean> {
  const { count } = await db.pack.updateMany({
    where: { id, state: { in: ['waiting', 'running', 'cancelling', 'done'] } },
    data: { state: 'cancelling' },
  });
  return count > 0;
}

/** Seals the file, piece by piece, in place of what an earlier try left; the last write says that it is there. */
export async function keepPack(
  { db, keys }: { db: Db; keys: KeyRing },
  id: string,
  file: Buffer,
  at: number,
): Promise<void> {
  const kek = keys.byId.get(keys.current);
  if (!kek) throw new VaultKeyUnknown(keys.current);
  const key = randomBytes(KEY_BYTES);
  await db.packPart.deleteMany({ where: { packId: id } });
  for (let n = 0; n * PIECE_BYTES < file.length; n += 1) {
    const piece = file.subarray(n * PIECE_BYTES, (n + 1) * PIECE_BYTES);
    await db.packPart.create({ data: { packId: id, n, sealed: encrypt(key, piece, partContext(id, n)) } });
  }
  await db.pack.updateMany({
    where: { id, state: 'running' },
    data: {
      ...{ state: 'done', bytes: file.length, sha256: createHash('sha256').update(file).digest('hex') },
      ...{ wrapped: encrypt(kek, key, keyContext(id)), kekId: keys.current },
      expiresAt: new Date(at + PACK_DAYS * DAY),
    },
  });
}

/** Wraps the key of a pack anew by the current key-encryption key. @throws VaultKeyUnknown, VaultSealBroken */
export function rewrapPack(keys: KeyRing, { id, wrapped, kekId }: Pick<Pack, 'id' | 'wrapped' | 'kekId'>) {
  const [before, now] = [keys.byId.get(kekId ?? ''), keys.byId.get(keys.current)];
  if (!wrapped || !before || !now) throw new VaultKeyUnknown(kekId ?? '');
  return { wrapped: encrypt(now, decrypt(before, wrapped, keyContext(id), id), keyContext(id)), kekId: keys.current };
}

/** The pieces of a pack's file, opened one after the other. @throws VaultKeyUnknown, VaultSealBroken */
export async function* openPack({ db, keys }: { db: Db; keys: KeyRing }, pack: Pack): AsyncGenerator<Buffer> {
  const { id, wrapped, kekId, bytes } = pack;
  const kek = keys.byId.get(kekId ?? '');
  if (!wrapped || !kek) throw new VaultKeyUnknown(kekId ?? '');
  const key = decrypt(kek, wrapped, keyContext(id), id);
  const pieces = Math.ceil((bytes ?? 0) / PIECE_BYTES);
  for (let n = 0; n < pieces; n += 1) {
    const { sealed } = await db.packPart.findUniqueOrThrow({ where: { packId_n: { packId: id, n } } });
    yield decrypt(key, sealed, partContext(id, n), id);
  }
}

/** The end of a pack: its file and the file's key are removed for good. */
export async function endPack(
  db: Db,
  id: string,
  end: { state: 'cancelled' | 'failed' | 'removed'; failure?: string },
): Promise<void> {
  await db.$transaction([
    db.packPart.deleteMany({ where: { packId: id } }),
    db.pack.updateMany({ where: { id }, data: { ...end, wrapped: null, kekId: null, bytes: null } }),
  ]);
}
