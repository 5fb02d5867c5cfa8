/**
 * Replacing keys while the system runs (密钥轮换): children's data keys wrapped anew by the current key-encryption key, robots' keys
 * sealed anew, and a child's own data key replaced with everything under it.
 */
import { randomBytes } from 'node:crypto';
import type { Db } from './db';
import type { KeyRing } from './keys';
import type { Kms } from './kms';
import { rewrapPack } from './packs';
import { createPushSeal } from './push';
import { createRobots } from './robots';
import { DATA_KEY_BYTES, itemContext, keyContext, VaultItemUnknown } from './vault';
import { decrypt, encrypt } from './vault-cipher';

export interface KeyUse {
  kekId: string;
  /** Children's data keys that it wraps. */
  children: number;
  /** Keys of robots that it seals. */
  robots: number;
  /** Devices to push to (推送), whose addresses it seals, and evaluation packs, whose keys it wraps. */
  others: number;
}

/** Which key-encryption keys are in use, and for how much. */
export async function keyUse(db: Db): Promise<KeyUse[]> {
  const children = await db.vaultKey.groupBy({ by: ['kekId'], _count: true });
  const robots = await db.robot.groupBy({ by: ['kekId'], where: { kekId: { not: '' } }, _count: true });
  const devices = await db.pushDevice.groupBy({ by: ['kekId'], where: { removedAt: null }, _count: true });
  const packs = await db.pack.groupBy({ by: ['kekId'], where: { kekId: { not: null } }, _count: true });
  const others = [...devices, ...packs.map(({ kekId, _count }) => ({ kekId: kekId ?? '', _count }))];
  const ids = [...new Set([...children, ...robots, ...others].map(({ kekId }) => kekId))].sort();
  const count = (rows: { kekId: string; _count: number }[], id: string): number =>
    rows.filter(({ kekId }) => kekId === id).reduce((sum, row) => sum + row._count, 0);
  return ids.map((kekId) => ({
    ...{ kekId, children: count(children, kekId) },
    ...{ robots: count(robots, kekId), others: count(others, kekId) },
  }));
}

export interface Rewrapped {
  children: number;
  robots: number;
  others: number;
}

/**
 * Wraps everything that another key wrapped under the current one, so many at a time. Each row changes only from what was
 * read: a child who is erased, or gets a new key meanwhile, stays so. May be broken off and begun again.
 * @throws VaultKeyUnknown where a key is missing that is still needed; what was wrapped before stays
 */
export async function rewrap(
  db: Db,
  { kms, keys }: { kms: Kms; keys: KeyRing },
  { batch, progress }: { batch: number; progress?: (done: number) => void },
): Promise<Rewrapped> {
  let children = 0;
  for (let after = ''; ;) {
    const rows = await db.vaultKey.findMany({
      where: { kekId: { not: kms.current }, subjectId: { gt: after } },
      orderBy: { subjectId: 'asc' },
      take: batch,
    });
    for (const row of rows) {
      const { subjectId } = row;
      const context = keyContext(subjectId);
      const dataKey = await kms.unwrap(row, context, subjectId);
      const { count } = await db.vaultKey.updateMany({
        where: { subjectId, kekId: row.kekId, version: row.version },
        data: await kms.wrap(dataKey, context),
      });
      children += count;
    }
    progress?.(children);
    const last = rows.at(-1);
    if (last === undefined || rows.length < batch) break;
    after = last.subjectId;
  }
  const others = (await resealDevices(db, keys)) + (await rewrapPacks(db, keys));
  return { children, robots: await resealRobots(db, keys), others };
}

async function resealDevices(db: Db, keys: KeyRing): Promise<number> {
  const seal = createPushSeal(keys);
  let changed = 0;
  for (const row of await db.pushDevice.findMany({ where: { removedAt: null, kekId: { not: keys.current } } })) {
    const { count } = await db.pushDevice.updateMany({
      where: { id: row.id, kekId: row.kekId },
      data: seal.seal(row, seal.open(row)),
    });
    changed += count;
  }
  return changed;
}

async function rewrapPacks(db: Db, keys: KeyRing): Promise<number> {
  let changed = 0;
  // Packs without a key have no file any more, and null is not "another key" to the database.
  for (const row of await db.pack.findMany({ where: { kekId: { not: keys.current } } })) {
    const { count } = await db.pack.updateMany({
      where: { id: row.id, kekId: row.kekId },
      data: rewrapPack(keys, row),
    });
    changed += count;
  }
  return changed;
}

async function resealRobots(db: Db, keys: KeyRing): Promise<number> {
  const robots = createRobots(keys);
  let changed = 0;
  for (const row of await db.robot.findMany({ where: { active: true, kekId: { not: keys.current } } })) {
    const { id, stationId, name } = row;
    const kind = row.kind === 'dingtalk' ? 'dingtalk' : 'wecom';
    const { sealed, kekId } = robots.seal({ id, stationId, kind, name }, robots.open(row));
    const { count } = await db.robot.updateMany({ where: { id, kekId: row.kekId }, data: { sealed, kekId } });
    changed += count;
  }
  return changed;
}

/**
 * Gives a child a new data key and seals everything under it anew, in one transaction; what is being sealed at this moment waits
 * and takes the new key (see Vault.seal).
 * @returns how many entries were sealed anew
 * @throws VaultItemUnknown where the child's key is gone
 */
export const renewSubject = (db: Db, kms: Kms, subjectId: string): Promise<number> =>
  db.$transaction(
    async (tx) => {
      const [row] = await tx.$queryRaw<{ wrapped: Uint8Array; kekId: string }[]>`
        SELECT wrapped, kek_id AS "kekId" FROM vault_keys WHERE subject_id = ${subjectId} FOR UPDATE`;
      if (!row) throw new VaultItemUnknown(subjectId);
      const before = await kms.unwrap(row, keyContext(subjectId), subjectId);
      const after = randomBytes(DATA_KEY_BYTES);
      const items = await tx.vaultItem.findMany({ where: { subjectId } });
      for (const item of items) {
        const context = itemContext(item);
        const sealed = encrypt(after, decrypt(before, item.sealed, context, item.id), context);
        await tx.vaultItem.update({ where: { id: item.id }, data: { sealed } });
      }
      const data = { ...(await kms.wrap(after, keyContext(subjectId))), version: { increment: 1 } };
      await tx.vaultKey.update({ where: { subjectId }, data });
      return items.length;
    },
    { timeout: 60_000 },
  );
