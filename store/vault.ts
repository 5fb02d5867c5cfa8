import { randomBytes, randomUUID } from 'node:crypto';
import type { Db, Tx } from './db';
import { Prisma } from '../prisma/generated/client';
import type { KeyRing } from './keys';
import { type Kms, localKms, VaultKeyUnknown } from './kms';
import { decrypt, encrypt, VaultSealBroken } from './vault-cipher';

export { VaultKeyUnknown, VaultSealBroken };

/** There is no such entry, or the child's key was destroyed. */
export class VaultItemUnknown extends Error {
  override readonly name = 'VaultItemUnknown';
  constructor(readonly itemId: string) {
    super(`no vault entry ${itemId}`);
  }
}

const VAULT_KINDS = ['child', 'reporter', 'narrative', 'note', 'reason', 'feedback', 'attachment', 'form'] as const;
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
  sealNew(caseId: string, entries: readonly { kind: VaultKind; value: unknown }[]): Promise<NewSubject>;
  /** @returns the entry's id. @throws VaultKeyUnknown, VaultItemUnknown when the subject's key is gone */
  seal(tx: Tx, sealing: Sealing): Promise<string>;
  /** @throws VaultItemUnknown, VaultKeyUnknown, VaultSealBroken */
  openItem(db: Tx, itemId: string): Promise<unknown>;
  /** Opens all entries of a case in one query, but kinds that the reader may not see. @throws VaultKeyUnknown, VaultSealBroken */
  openCase(db: Tx, caseId: string, options?: { without?: readonly VaultKind[] }): Promise<OpenedCase>;
  /** Deletes a child's key and with it everything sealed under it, and its clues, for good. */
  destroySubject(tx: Tx, subjectId: string): Promise<void>;
}

/** Rows of `vault_keys` and `vault_items`. */
export interface NewSubject {
  key: KeyRow;
  items: ItemRow[];
}

interface KeyRow {
  subjectId: string;
  wrapped: Uint8Array<ArrayBuffer>;
  kekId: string;
}
interface ItemRow {
  id: string;
  subjectId: string;
  caseId: string;
  kind: string;
  sealed: Uint8Array<ArrayBuffer>;
}

export const DATA_KEY_BYTES = 32;
export const keyContext = (subjectId: string): string[] => ['key', subjectId];
export const itemContext = (row: Pick<ItemRow, 'id' | 'kind' | 'caseId'>): string[] => [
  ...['item', row.id, row.kind, row.caseId],
];

const plainOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value ?? null), 'utf8');

/** Entries with their keys in one statement: while a child gets a new data key, all are as before or all as after. */
const withKeys = (where: Prisma.Sql): Prisma.Sql => Prisma.sql`
  SELECT i.id, i.subject_id AS "subjectId", i.case_id AS "caseId", i.kind, i.sealed, k.wrapped, k.kek_id AS "kekId"
  FROM vault_items i JOIN vault_keys k ON k.subject_id = i.subject_id
  WHERE ${where} ORDER BY i.created_at, i.id`;

/** @param keys of our own memory; or a key management service as `kms` */
export function createVault({ db, ...given }: { db: Db } & ({ keys: KeyRing } | { kms: Kms })): Vault {
  const kms = 'kms' in given ? given.kms : localKms(given.keys);
  const unwrap = (row: KeyRow): Promise<Buffer> => kms.unwrap(row, keyContext(row.subjectId), row.subjectId);
  /** Opens rows of one query; each child's key is unwrapped once. */
  async function open(rows: (ItemRow & KeyRow)[]): Promise<{ row: ItemRow; value: unknown }[]> {
    const dataKeys = new Map<string, Promise<Buffer>>();
    const opened = [];
    for (const row of rows) {
      const dataKey = dataKeys.get(row.subjectId) ?? unwrap(row);
      dataKeys.set(row.subjectId, dataKey);
      const plain = decrypt(await dataKey, row.sealed, itemContext(row), row.id);
      opened.push({ row, value: JSON.parse(plain.toString('utf8')) as unknown });
    }
    return opened;
  }
  async function newKey() {
    const subjectId = randomUUID();
    const dataKey = randomBytes(DATA_KEY_BYTES);
    return { dataKey, row: { subjectId, ...(await kms.wrap(dataKey, keyContext(subjectId))) } };
  }

  return {
    async newSubject(tx) {
      const { row } = await newKey();
      await tx.vaultKey.create({ data: row });
      return row.subjectId;
    },

    async sealNew(caseId, entries) {
      const { row: key, dataKey } = await newKey();
      const { subjectId } = key;
      const items = entries.map(({ kind, value }) => {
        const id = randomUUID();
        const sealed = encrypt(dataKey, plainOf(value), itemContext({ id, kind, caseId }));
        return { id, subjectId, caseId, kind, sealed };
      });
      return { key, items };
    },

    async seal(tx, { subjectId, caseId, kind, value, id = randomUUID() }) {
      // Ends: each further turn means that the child has got another data key meanwhile, or none any more.
      for (;;) {
        const key = await tx.vaultKey.findUnique({ where: { subjectId } });
        if (!key) throw new VaultItemUnknown(subjectId);
        const sealed = encrypt(await unwrap(key), plainOf(value), itemContext({ id, kind, caseId }));
        // A repetition under the same id finds the first one there and leaves it. Does the child get a new data key at this very
        // moment, this waits for it, finds another version, and is sealed again.
        const count = await tx.$executeRaw`
          INSERT INTO vault_items (id, subject_id, case_id, kind, sealed)
          SELECT ${id}, k.subject_id, ${caseId}, ${kind}, ${sealed} FROM vault_keys k
          WHERE k.subject_id = ${subjectId} AND k.version = ${key.version} FOR KEY SHARE
          ON CONFLICT (id) DO NOTHING`;
        if (count > 0 || (await tx.vaultItem.count({ where: { id } })) > 0) return id;
      }
    },

    async openItem(tx, itemId) {
      const rows = await (tx ?? db).$queryRaw<(ItemRow & KeyRow)[]>(withKeys(Prisma.sql`i.id = ${itemId}`));
      const [one] = await open(rows);
      if (!one) throw new VaultItemUnknown(itemId);
      return one.value;
    },

    async openCase(tx, caseId, { without = [] } = {}) {
      const but = without.length === 0 ? Prisma.empty : Prisma.sql`AND NOT i.kind = ANY(${[...without]})`;
      const rows = await (tx ?? db).$queryRaw<(ItemRow & KeyRow)[]>(withKeys(Prisma.sql`i.case_id = ${caseId} ${but}`));
      const opened: OpenedCase = { items: new Map() };
      for (const { row, value } of await open(rows)) {
        opened.items.set(row.id, value);
        if (row.kind === 'child' || row.kind === 'reporter' || row.kind === 'narrative') opened[row.kind] ??= value;
      }
      return opened;
    },

    async destroySubject(tx, subjectId) {
      // What is being sealed, or gets a new data key, comes before or after this, never in between.
      await tx.$executeRaw`SELECT 1 FROM vault_keys WHERE subject_id = ${subjectId} FOR UPDATE`;
      // Nobody finds a child again who is not known any more.
      await tx.$executeRaw`
        DELETE FROM child_clues WHERE ref_id IN (
          SELECT id FROM cases WHERE subject_id = ${subjectId} UNION SELECT id FROM reports WHERE subject_id = ${subjectId})`;
      await tx.vaultItem.deleteMany({ where: { subjectId } });
      await tx.vaultKey.deleteMany({ where: { subjectId } });
    },
  };
}

/** What was opened; null where the child's key was destroyed (抹除). @throws VaultKeyUnknown, VaultSealBroken */
export async function opened<T>(open: Promise<T>): Promise<T | null> {
  try {
    return await open;
  } catch (error) {
    if (error instanceof VaultItemUnknown) return null;
    throw error;
  }
}

/** An entry's words; null: there are none, or they were destroyed with the child's key. @throws as {@link opened} */
export async function openedText(vault: Vault, db: Tx, itemId: string | null): Promise<string | null> {
  const words = itemId === null ? null : await opened(vault.openItem(db, itemId));
  return typeof words === 'string' ? words : null;
}
