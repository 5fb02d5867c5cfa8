/** The register of children (在册儿童): who they are lies in the vault, outside there are an id and a number. */
import { createHmac } from 'node:crypto';
import { childNumber, type Identity, identityOf } from '../../domain/services/names';
import type { RegisteredChild } from '../../prisma/generated/client';
import type { Scope } from '../cases';
import type { Db, Tx } from '../db';
import { type Vault, VaultItemUnknown } from '../vault';
import { type Changes, changesBetween, journalService } from './journal';

export type { RegisteredChild };

/** What is known of a child; all of it goes to the vault. */
export interface ChildData extends Identity {
  sex?: string | undefined;
  phone?: string | undefined;
  address?: string | undefined;
  guardian?: string | undefined;
  guardianPhone?: string | undefined;
  /** left_behind, migrant, in_difficulty … */
  situations?: string[] | undefined;
  note?: string | undefined;
}

export interface Register {
  /** Finds the child by who it is. Undefined: nobody, or not enough is known to tell. */
  find(tx: Tx, stationId: string, data: Identity): Promise<RegisteredChild | undefined>;
  /** @returns the child's row; a repetition under the same id is left as it is */
  enter(
    tx: Tx,
    child: { id: string; stationId: string; data: ChildData; staffId: string; at: number },
    action?: 'entered' | 'imported',
  ): Promise<RegisteredChild>;
  /** @returns false when somebody else changed it since it was read */
  correct(
    db: Db,
    before: RegisteredChild,
    change: { data?: ChildData; leftAt?: Date | null; staffId: string },
  ): Promise<boolean>;
  /** Hashes every child anew under the key in force, so many at a time. @returns how many changed */
  reindex(db: Tx, batch: number): Promise<number>;
  /** A UUID (version 8) that the same words always lead to, and that says nothing about them. */
  idOf(words: readonly unknown[]): string;
  /** What the vault holds of them, in the same order; undefined where the child's key was destroyed. */
  open(tx: Tx, children: RegisteredChild[]): Promise<(ChildData | undefined)[]>;
}

/** The purpose of the register's blind index (runtime/keys.ts). */
export const REGISTER_INDEX = 'register';

/** The next number of a station; its row stays locked until the transaction ends, so that numbers have no gaps. */
async function nextNumber(tx: Tx, stationId: string): Promise<string> {
  const { value } = await tx.counter.upsert({
    where: { name: `child:${stationId}` },
    create: { name: `child:${stationId}`, value: 1 },
    update: { value: { increment: 1 } },
  });
  return childNumber(value);
}

/** @param secret the key of {@link REGISTER_INDEX}; the same in every process, or a child is not found again */
export function createRegister({ vault, secret }: { vault: Vault; secret: Uint8Array }): Register {
  const blind = (data: Identity): Uint8Array<ArrayBuffer> | null => {
    const identity = identityOf(data);
    return identity === undefined ? null : new Uint8Array(createHmac('sha256', secret).update(identity).digest());
  };
  const openOne = async (tx: Tx, { itemId }: RegisteredChild): Promise<ChildData | undefined> => {
    try {
      return (await vault.openItem(tx, itemId)) as ChildData;
    } catch (error) {
      if (error instanceof VaultItemUnknown) return undefined;
      throw error;
    }
  };
  const sealed = (tx: Tx, id: string, subjectId: string, data: ChildData): Promise<string> =>
    vault.seal(tx, { subjectId, caseId: `child:${id}`, kind: 'child', value: data });

  return {
    async find(tx, stationId, data) {
      const identity = blind(data);
      if (!identity) return undefined;
      return (await tx.registeredChild.findFirst({ where: { stationId, identity } })) ?? undefined;
    },

    async enter(tx, { id, stationId, data, staffId, at }, action = 'entered') {
      const there = await tx.registeredChild.findUnique({ where: { id } });
      if (there) return there;
      const subjectId = await vault.newSubject(tx);
      const itemId = await sealed(tx, id, subjectId, data);
      const number = await nextNumber(tx, stationId);
      const row = await tx.registeredChild.create({
        data: {
          ...{ id, stationId, number, subjectId, itemId },
          identity: blind(data),
          enteredBy: staffId,
          enteredAt: new Date(at),
        },
      });
      const changes = changesBetween({}, { number, itemId });
      await journalService(tx, { entity: 'child', entityId: id, stationId, staffId, action, changes });
      return row;
    },

    correct: (db, before, { data, leftAt, staffId }) =>
      db.$transaction(async (tx) => {
        const { id, rev, stationId, subjectId } = before;
        const itemId = data ? await sealed(tx, id, subjectId, data) : before.itemId;
        const left = leftAt === undefined ? before.leftAt : leftAt;
        const changes: Changes = changesBetween(
          { itemId: before.itemId, leftAt: before.leftAt?.toISOString() ?? null },
          { itemId, leftAt: left?.toISOString() ?? null },
        );
        if (Object.keys(changes).length === 0) return true;
        const { count } = await tx.registeredChild.updateMany({
          where: { id, rev },
          data: { itemId, leftAt: left, rev: rev + 1, ...(data && { identity: blind(data) }) },
        });
        if (count === 0) return false;
        await journalService(tx, { entity: 'child', entityId: id, stationId, staffId, action: 'corrected', changes });
        return true;
      }),

    async reindex(db, batch) {
      let changed = 0;
      for (let after = ''; ;) {
        const where = { id: { gt: after } };
        const rows = await db.registeredChild.findMany({ where, orderBy: { id: 'asc' }, take: batch });
        for (const row of rows) {
          const data = await openOne(db, row);
          if (data === undefined) continue;
          const identity = blind(data);
          if (Buffer.compare(identity ?? Buffer.alloc(0), row.identity ?? Buffer.alloc(0)) === 0) continue;
          // Somebody who corrects the child meanwhile has hashed it anew already.
          const of = { id: row.id, rev: row.rev };
          changed += (await db.registeredChild.updateMany({ where: of, data: { identity } })).count;
        }
        const last = rows.at(-1);
        if (last === undefined || rows.length < batch) return changed;
        after = last.id;
      }
    },

    idOf(words) {
      const bytes = createHmac('sha256', secret).update(JSON.stringify(words)).digest().subarray(0, 16);
      bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
      bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
      return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    },

    open: (tx, children) => Promise.all(children.map((child) => openOne(tx, child))),
  };
}

/** One page of a register by number; those who left only when asked for. */
export function listChildren(
  tx: Tx,
  scope: Scope,
  { left, after, take }: { left: boolean; after?: { number: string; id: string }; take: number },
): Promise<RegisteredChild[]> {
  return tx.registeredChild.findMany({
    where: {
      ...(scope !== 'all' && { stationId: { in: scope.stationIds } }),
      leftAt: left ? { not: null } : null,
      ...(after && { OR: [{ number: { gt: after.number } }, { number: after.number, id: { gt: after.id } }] }),
    },
    orderBy: [{ number: 'asc' }, { id: 'asc' }],
    take,
  });
}

/** Undefined: the register has no such child. */
export async function readChild(tx: Tx, id: string): Promise<RegisteredChild | undefined> {
  return (await tx.registeredChild.findUnique({ where: { id } })) ?? undefined;
}

/** Says that a case is about this child, so that the child counts once. A case has one child; the last word counts. */
export async function linkCase(
  db: Db,
  { id: childId, stationId }: RegisteredChild,
  { caseId, staffId }: { caseId: string; staffId: string },
): Promise<void> {
  await db.$transaction(async (tx) => {
    const before = await tx.registeredChildCase.findUnique({ where: { caseId } });
    if (before?.childId === childId) return;
    await tx.registeredChildCase.upsert({ where: { caseId }, create: { caseId, childId }, update: { childId } });
    const changes: Changes = { [`case ${caseId}`]: { from: before?.childId ?? null, to: childId } };
    await journalService(tx, { entity: 'child', entityId: childId, stationId, staffId, action: 'linked', changes });
  });
}

/** Ids of the cases that are about a child. */
export const casesOf = async (tx: Tx, childId: string): Promise<string[]> =>
  (await tx.registeredChildCase.findMany({ where: { childId }, orderBy: { caseId: 'asc' } })).map((one) => one.caseId);

/** A case turned out to be about somebody else; nothing happens where it was about nobody of the register. */
export async function unlinkCase(db: Db, of: { id: string; stationId: string }, staffId: string): Promise<void> {
  await db.$transaction(async (tx) => {
    const before = await tx.registeredChildCase.findUnique({ where: { caseId: of.id } });
    if (!before) return;
    await tx.registeredChildCase.delete({ where: { caseId: of.id } });
    const changes: Changes = { [`case ${of.id}`]: { from: before.childId, to: null } };
    const about = { entity: 'child', entityId: before.childId, stationId: of.stationId, staffId } as const;
    await journalService(tx, { ...about, action: 'linked', changes });
  });
}
