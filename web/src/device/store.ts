/**
 * What this device keeps (本机保存): drafts and reports that are not sent yet, sealed with a key of the signed-in person that
 * no script can read out. Signing out throws the key away, and with it everything sealed becomes noise.
 */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';

export interface Sealed {
  iv: Uint8Array<ArrayBuffer>;
  data: ArrayBuffer;
}

export interface KeptDraft extends Sealed {
  /** Whose; of several of one person, with its name behind. */
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

/** A visit or a photo; its picture lies beside it, sealed by itself. */
export interface KeptPost extends Sealed {
  /** Also its Idempotency-Key. */
  id: string;
  staffId: string;
  state: 'waiting' | 'refused';
  savedAt: number;
  bytes?: Sealed;
}

interface Device extends DBSchema {
  keys: { key: string; value: CryptoKey };
  drafts: { key: string; value: KeptDraft };
  reports: { key: string; value: KeptReport; indexes: { staffId: string } };
  posts: { key: string; value: KeptPost; indexes: { staffId: string } };
  works: { key: string; value: KeptDraft };
  papers: { key: string; value: KeptDraft & { paperId: string }; indexes: { staffId: string } };
}

let opened: Promise<IDBPDatabase<Device>> | undefined;

export const device = (): Promise<IDBPDatabase<Device>> =>
  (opened ??= openDB<Device>('shouwang', 3, {
    upgrade(db, from) {
      db.createObjectStore('papers', { keyPath: 'paperId' }).createIndex('staffId', 'staffId');
      if (from > 1) return;
      db.createObjectStore('posts', { keyPath: 'id' }).createIndex('staffId', 'staffId');
      db.createObjectStore('works', { keyPath: 'staffId' });
      if (from > 0) return;
      db.createObjectStore('keys');
      db.createObjectStore('drafts', { keyPath: 'staffId' });
      db.createObjectStore('reports', { keyPath: 'id' }).createIndex('staffId', 'staffId');
    },
  }));

/** Who has signed out here and not in again: nothing of theirs is kept any more, whatever was on its way to the disk. */
const gone = new Set<string>();

/** Somebody has signed in. */
export const remember = (staffId: string): void => void gone.delete(staffId);

async function keyOf(staffId: string): Promise<CryptoKey> {
  const db = await device();
  const kept = await db.get('keys', staffId);
  if (kept) return kept;
  const fresh = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
  const tx = db.transaction('keys', 'readwrite');
  // Another window may have been quicker.
  const there = await tx.store.get(staffId);
  if (!there && !gone.has(staffId)) await tx.store.put(fresh, staffId);
  await tx.done;
  return there ?? fresh;
}

/** Seals bytes for one person; `name` is authenticated with them. */
export async function sealBytes(staffId: string, name: string, bytes: BufferSource): Promise<Sealed> {
  const key = await keyOf(staffId);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const additionalData = new TextEncoder().encode(name);
  return { iv, data: await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData }, key, bytes) };
}

/** Opens what {@link sealBytes} has sealed. @throws OperationError when the key is another one */
export async function openBytes(staffId: string, name: string, { iv, data }: Sealed): Promise<ArrayBuffer> {
  const additionalData = new TextEncoder().encode(name);
  return crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData }, await keyOf(staffId), data);
}

/** Seals a value for one person; `name` is authenticated with it. */
export const seal = (staffId: string, name: string, value: unknown): Promise<Sealed> =>
  sealBytes(staffId, name, new TextEncoder().encode(JSON.stringify(value)));

/** Opens what {@link seal} has sealed. @throws OperationError when the key is another one */
export const open = async (staffId: string, name: string, sealed: Sealed): Promise<unknown> =>
  JSON.parse(new TextDecoder().decode(await openBytes(staffId, name, sealed)));

type Kept = 'drafts' | 'reports' | 'posts' | 'works' | 'papers';

/** Puts a row on the disk for one person, unless they have signed out meanwhile. The rows go in the order of the calls. */
export async function put<S extends Kept>(store: S, staffId: string, row: Device[S]['value']): Promise<void> {
  const db = await device();
  if (!gone.has(staffId)) await db.put(store, row);
}

/** Where groups and numbers of the register lie, beside the work. */
export const listsOf = (staffId: string): string => `${staffId}/lists`;

/** With what the keys of a person's drafts begin, but for the report's. */
export const draftsFrom = (staffId: string): string => `${staffId}/`;

/** At sign-out: the key goes first, so that nothing can be opened even if the rest is interrupted. */
export async function forget(staffId: string): Promise<void> {
  gone.add(staffId);
  const db = await device();
  await db.delete('keys', staffId);
  await db.delete('drafts', staffId);
  await db.delete('drafts', IDBKeyRange.bound(draftsFrom(staffId), `${draftsFrom(staffId)}\uffff`));
  await db.delete('works', staffId);
  for (const id of await db.getAllKeysFromIndex('papers', 'staffId', staffId)) await db.delete('papers', id);
  await db.delete('works', listsOf(staffId));
  for (const id of await db.getAllKeysFromIndex('posts', 'staffId', staffId)) await db.delete('posts', id);
  for (const id of await db.getAllKeysFromIndex('reports', 'staffId', staffId)) await db.delete('reports', id);
}
