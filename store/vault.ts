import { randomBytes, randomUUID } from 'node:crypto';
import type { Db, Tx } from './db';
import type { KeyRing } from './keys';
import { decrypt, encrypt, VaultSealBroken } from './vault-cipher';

export { VaultSealBroken };

/** The key-encryption key that wrapped a child's key is not among those we were given. */
export class VaultKeyUnknown extends Error {
  override readonly name = 'VaultKeyUnknown';
  constructor(readonly kekId: string) {
    super(`no vault key with id ${kekId}: set the VAULT_KEY that was used when this was written`);
  }
}

/** There is no such entry, or the child's key was destroyed. */
export class VaultItemUnknown extends Error {
  override readonly name = 'VaultItemUnknown';
  constructor(readonly itemId: string) {
    super(`no vault entry ${itemId}`);
  }
}

export const VAULT_KINDS = ['child', 'reporter', 'narrative', 'note', 'reason', 'feedback'] as const;
export type VaultKind = (typeof VAULT_KINDS)[number];

export interface Sealing {
  subjectId: string;
  caseId: string;
  kind: VaultKind;
  /** Anything that JSON can hold. */
  value: unknown;
  /** Default: random. Given: sealing the same again is one entry, for retries after a crash. */
  id?: string;
}

/** Everything that the vault holds of a case, opened. */
export interface OpenedCase {
  child?: unknown;
  reporter?: unknown;
  narrative?: unknown;
  /** Every entry by its id; notes, reasons and feedback are found here. */
  items: Map<string, unknown>;
}

/**
 * The vault (保险库): personal data and free text, encrypted under one random key per child; that key lies beside it,
 * wrapped by the key-encryption key. What is sealed is bound to its row, kind and case.
 */
export interface Vault {
  /** Makes a child's key. @returns the subject's id */
  newSubject(tx: Tx): Promise<string>;
  /** A new child's key and first entries as rows to be written together; nothing is written here. */
  sealNew(caseId: string, entries: readonly { kind: VaultKind; value: unknown }[]): NewSubject;
  /** @returns the entry's id. @throws VaultKeyUnknown, VaultItemUnknown when the subject's key is gone */
  seal(tx: Tx, sealing: Sealing): Promise<string>;
  /** @throws VaultItemUnknown, VaultKeyUnknown, VaultSealBroken */
  openItem(db: Tx, itemId: string): Promise<unknown>;
  /** Opens all entries of a case in one query, but kinds that the reader may not see. @throws VaultKeyUnknown, VaultSealBroken */
  openCase(db: Tx, caseId: string, options?: { without?: readonly VaultKind[] }): Promise<OpenedCase>;
  /** Deletes a child's key and with it everything sealed under it, for good. */
  destroySubject(tx: Tx, subjectId: string): Promise<void>;
}

/** Rows of `vault_keys` and `vault_items`. */
export interface NewSubject {
  key: KeyRow;
  items: ItemRow[];
}

interface KeyRow {
  subjectId: string;
  wrapped: Uint8Array;
  kekId: string;
}
interface ItemRow {
  id: string;
  subjectId: string;
  caseId: string;
  kind: string;
  sealed: Uint8Array;
}

const DATA_KEY_BYTES = 32;
const keyContext = (subjectId: string): string[] => ['key', subjectId];
const itemContext = (row: Pick<ItemRow, 'id' | 'kind' | 'caseId'>): string[] => ['item', row.id, row.kind, row.caseId];

const plainOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value ?? null), 'utf8');

export function createVault({ db, keys }: { db: Db; keys: KeyRing }): Vault {
  const kekOf = (kekId: string): Buffer => {
    const kek = keys.byId.get(kekId);
    if (!kek) throw new VaultKeyUnknown(kekId);
    return kek;
  };
  const unwrap = ({ subjectId, wrapped, kekId }: KeyRow): Buffer =>
    decrypt(kekOf(kekId), wrapped, keyContext(subjectId), subjectId);
  const open = (row: ItemRow, key: KeyRow): unknown =>
    JSON.parse(decrypt(unwrap(key), row.sealed, itemContext(row), row.id).toString('utf8'));
  const newKey = () => {
    const subjectId = randomUUID();
    const dataKey = randomBytes(DATA_KEY_BYTES);
    const wrapped = encrypt(kekOf(keys.current), dataKey, keyContext(subjectId));
    return { dataKey, row: { subjectId, wrapped, kekId: keys.current } };
  };

  return {
    async newSubject(tx) {
      const { row } = newKey();
      await tx.vaultKey.create({ data: row });
      return row.subjectId;
    },

    sealNew(caseId, entries) {
      const { row: key, dataKey } = newKey();
      const { subjectId } = key;
      const items = entries.map(({ kind, value }) => {
        const id = randomUUID();
        return {
          id,
          subjectId,
          caseId,
          kind,
          sealed: encrypt(dataKey, plainOf(value), itemContext({ id, kind, caseId })),
        };
      });
      return { key, items };
    },

    async seal(tx, { subjectId, caseId, kind, value, id = randomUUID() }) {
      const key = await tx.vaultKey.findUnique({ where: { subjectId } });
      if (!key) throw new VaultItemUnknown(subjectId);
      const sealed = encrypt(unwrap(key), plainOf(value), itemContext({ id, kind, caseId }));
      // A repetition under the same id finds the first one there and leaves it.
      await tx.vaultItem.createMany({ data: [{ id, subjectId, caseId, kind, sealed }], skipDuplicates: true });
      return id;
    },

    async openItem(tx, itemId) {
      const row = await (tx ?? db).vaultItem.findUnique({ where: { id: itemId }, include: { key: true } });
      if (!row) throw new VaultItemUnknown(itemId);
      return open(row, row.key);
    },

    async openCase(tx, caseId, { without = [] } = {}) {
      const rows = await (tx ?? db).vaultItem.findMany({
        where: { caseId, ...(without.length > 0 && { kind: { notIn: [...without] } }) },
        include: { key: true },
        orderBy: { createdAt: 'asc' },
      });
      const opened: OpenedCase = { items: new Map() };
      for (const row of rows) {
        const value = open(row, row.key);
        opened.items.set(row.id, value);
        if (row.kind === 'child' || row.kind === 'reporter' || row.kind === 'narrative') opened[row.kind] ??= value;
      }
      return opened;
    },

    async destroySubject(tx, subjectId) {
      await tx.vaultItem.deleteMany({ where: { subjectId } });
      await tx.vaultKey.deleteMany({ where: { subjectId } });
    },
  };
}
