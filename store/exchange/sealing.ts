/** Personal data on its way (个人信息): opened here, sealed for the receiver; there opened and sealed under the receiver's own keys. */
import { randomBytes } from 'node:crypto';
import type { Tx } from '../db';
import type { Kms } from '../kms';
import { DATA_KEY_BYTES, itemContext, keyContext } from '../vault';
import { decrypt, encrypt } from '../vault-cipher';
import type { Kind } from './catalogue';
import type { Line } from './rows';

/** The table whose sealed column is the vault's own. */
export const ITEMS = 'vault-items';
export const SUBJECTS = 'subjects';

interface ItemLine {
  id: string;
  subjectId: string;
  caseId: string;
  kind: string;
  createdAt: string;
  sealed: string;
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
/** A sealed value is bound to its place: its file, its line and its field. */
const contextOf = (kind: Kind, line: Line, field: string): string[] => [kind.name, String(line['id']), field];

/** Fields of a kind that leave sealed. */
export function sealLines(key: Buffer, kind: Kind, lines: readonly Line[]): Line[] {
  const sealed = kind.sealed ?? [];
  return lines.map((line) => ({
    ...line,
    ...Object.fromEntries(
      sealed.map((field) => {
        const value = line[field];
        const plain = Buffer.from(JSON.stringify(value), 'utf8');
        return [
          field,
          value === null ? null : Buffer.from(encrypt(key, plain, contextOf(kind, line, field))).toString('base64'),
        ];
      }),
    ),
  }));
}

/** @throws VaultSealBroken */
export function openLines(key: Buffer, kind: Kind, lines: readonly Line[]): Line[] {
  const sealed = kind.sealed ?? [];
  return lines.map((line) => ({
    ...line,
    ...Object.fromEntries(
      sealed.map((field) => {
        const value = line[field];
        if (typeof value !== 'string') return [field, null];
        const context = contextOf(kind, line, field);
        const plain = decrypt(key, Buffer.from(value, 'base64'), context, context.join('/'));
        return [field, JSON.parse(plain.toString('utf8')) as unknown];
      }),
    ),
  }));
}

/** Entries of the vault, opened: `sealed` is what stood in them. @throws VaultKeyUnknown, VaultSealBroken */
export async function openItems(tx: Tx, kms: Kms, lines: readonly Line[]): Promise<Line[]> {
  const items = lines as unknown as ItemLine[];
  const subjects = [...new Set(items.map(({ subjectId }) => subjectId))];
  const keys = new Map<string, Buffer>();
  for (const row of await tx.vaultKey.findMany({ where: { subjectId: { in: subjects } } })) {
    keys.set(row.subjectId, await kms.unwrap(row, keyContext(row.subjectId), row.subjectId));
  }
  return items.map((item) => {
    const key = keys.get(item.subjectId) ?? Buffer.alloc(0);
    const plain = decrypt(key, Buffer.from(item.sealed, 'hex'), itemContext(item), item.id);
    return { ...item, sealed: JSON.parse(plain.toString('utf8')) as unknown };
  });
}

/** Seals what comes in under keys of this system, a new one a child. */
export class Resealing {
  private readonly keys = new Map<string, Buffer>();

  constructor(private readonly kms: Kms) {}

  /** Rows of `vault_keys`. */
  async keyLines(lines: readonly Line[]): Promise<Line[]> {
    const rows: Line[] = [];
    for (const line of lines) {
      const subjectId = String(line['subjectId']);
      const dataKey = randomBytes(DATA_KEY_BYTES);
      this.keys.set(subjectId, dataKey);
      const { wrapped, kekId } = await this.kms.wrap(dataKey, keyContext(subjectId));
      rows.push({ ...line, wrapped: hexOf(wrapped), kekId, version: 1 });
    }
    return rows;
  }

  /** Rows of `vault_items`. @throws RangeError for an entry of a child that did not come along */
  itemLines(lines: readonly Line[]): Line[] {
    return (lines as unknown as (Omit<ItemLine, 'sealed'> & { sealed: unknown })[]).map((item) => {
      const key = this.keys.get(item.subjectId);
      if (!key) throw new RangeError(`${ITEMS}: entry ${item.id} belongs to nobody who came along`);
      const plain = Buffer.from(JSON.stringify(item.sealed), 'utf8');
      return { ...item, sealed: hexOf(encrypt(key, plain, itemContext(item))) };
    });
  }
}
