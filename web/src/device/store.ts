/**
 * What this device keeps (本机保存): a draft and reports that are not sent yet, sealed with a key of the signed-in person that
 * no script can read out. Signing out throws the key away, and with it everything sealed becomes noise.
 */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';

export interface Sealed {
  iv: Uint8Array<ArrayBuffer>;
  data: ArrayBuffer;
}

export interface KeptDraft extends Sealed {
  staffId: string;
  savedAt: number;
}

export interface KeptReport extends Sealed {
  /** Also its Idempotency-Key. */
  id: string;
  staffId: string;
  state: 'waiting' | 'sent' | 'refused';
  savedAt: number;
}

interface Device extends DBSchema {
  keys: { key: string; value: CryptoKey };
  drafts: { key: string; value: KeptDraft };
  reports: { key: string; value: KeptReport; indexes: { staffId: string } };
}

let opened: Promise<IDBPDatabase<Device>> | undefined;

export const device = (): Promise<IDBPDatabase<Device>> =>
  (opened ??= openDB<Device>('shouwang', 1, {
    upgrade(db) {
      db.createObjectStore('keys');
      db.createObjectStore('drafts', { keyPath: 'staffId' });
      db.createObjectStore('reports', { keyPath: 'id' }).createIndex('staffId', 'staffId');
    },
  }));

async function keyOf(staffId: string): Promise<CryptoKey> {
  const db = await device();
  const kept = await db.get('keys', staffId);
  if (kept) return kept;
  const fresh = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
  const tx = db.transaction('keys', 'readwrite');
  // Another window may have been quicker.
  const there = await tx.store.get(staffId);
  if (!there) await tx.store.put(fresh, staffId);
  await tx.done;
  return there ?? fresh;
}

/** Seals a value for one person; `name` is authenticated with it. */
export async function seal(staffId: string, name: string, value: unknown): Promise<Sealed> {
  const key = await keyOf(staffId);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const text = new TextEncoder();
  const additionalData = text.encode(name);
  const data = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv, additionalData },
    key,
    text.encode(JSON.stringify(value)),
  );
  return { iv, data };
}

/** Opens what {@link seal} has sealed. @throws OperationError when the key is another one */
export async function open(staffId: string, name: string, { iv, data }: Sealed): Promise<unknown> {
  const key = await keyOf(staffId);
  const additionalData = new TextEncoder().encode(name);
  const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData }, key, data);
  return JSON.parse(new TextDecoder().decode(plain));
}

/** At sign-out: the key goes first, so that nothing can be opened even if the rest is interrupted. */
export async function forget(staffId: string): Promise<void> {
  const db = await device();
  await db.delete('keys', staffId);
  await db.delete('drafts', staffId);
  for (const id of await db.getAllKeysFromIndex('reports', 'staffId', staffId)) await db.delete('reports', id);
}
