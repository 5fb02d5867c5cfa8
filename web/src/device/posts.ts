/**
 * Visits and photos on their way (走访、照片待发): sealed on the device before anything is sent, and sent from there in order
 * under a key that makes sending twice the same as once. What the station has is taken off the device.
 */
import { answer, api, NoSignal, Refused, refusedFrom } from '../api/client';
import type { Problem } from './outbox';
import { device, type KeptPost, open, openBytes, seal, sealBytes } from './store';
import { atEveryChance } from './ticker';
import { isFinal } from './final';

interface About {
  caseId: string;
  number: string;
}
export interface Visit extends About {
  kind: 'visit';
  stepId: string;
  outcome: 'done' | 'not_possible';
  /** RFC 3339 */
  doneAt: string;
  note: string;
}
export interface Photo extends About {
  kind: 'photo';
  name: string;
  type: string;
  caption?: string;
}
export type Said = Visit | Photo;

export type Post = Said & { id: string; state: KeptPost['state']; savedAt: number; problem?: Problem };

let posts: readonly Post[] = [];
let owner: string | undefined;
let flushing = false;
const listeners = new Set<() => void>();
const sentListeners = new Set<(caseId: string) => void>();

const changed = (next: readonly Post[]): void => {
  posts = next;
  for (const listener of listeners) listener();
};

export const subscribePosts = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
export const postsSnapshot = (): readonly Post[] => posts;

/** Calls back whenever something of a case has arrived at the station. */
export const onSent = (listener: (caseId: string) => void): (() => void) => {
  sentListeners.add(listener);
  return () => sentListeners.delete(listener);
};

const bytesName = (id: string): string => `${id}/bytes`;

async function readAll(staffId: string): Promise<Post[]> {
  const kept = await (await device()).getAllFromIndex('posts', 'staffId', staffId);
  const found: Post[] = [];
  for (const one of kept) {
    const content = (await open(staffId, one.id, one)) as { said: Said; problem?: Problem };
    found.push({ ...content.said, problem: content.problem, id: one.id, state: one.state, savedAt: one.savedAt });
  }
  return found.sort((a, b) => a.savedAt - b.savedAt);
}

async function form(staffId: string, { id, name, type, caption }: Post & Photo): Promise<FormData> {
  const kept = await (await device()).get('posts', id);
  if (!kept?.bytes) throw new Error('the photo is not on the device any more');
  const body = new FormData();
  if (caption !== undefined) body.set('caption', caption);
  body.set('file', new Blob([await openBytes(staffId, bytesName(id), kept.bytes)], { type }), name);
  return body;
}

/** The generated client speaks JSON; a file goes as a form. @throws Refused, NoSignal */
async function sendPhoto(staffId: string, photo: Post & Photo): Promise<void> {
  const body = await form(staffId, photo);
  let response: Response;
  try {
    const headers = { 'Idempotency-Key': photo.id };
    response = await fetch(`/api/v1/uploads/cases/${photo.caseId}`, { method: 'POST', headers, body });
  } catch (cause) {
    throw new NoSignal('no answer', { cause });
  }
  if (!response.ok) throw refusedFrom(response, await response.json().catch(() => null));
}

const sendVisit = ({ id, caseId, stepId, outcome, doneAt, note }: Post & Visit): Promise<unknown> =>
  answer(
    api.POST('/api/v1/cases/{id}/steps/{stepId}/complete', {
      params: { path: { id: caseId, stepId }, header: { 'Idempotency-Key': id } },
      body: { outcome, doneAt, note },
    }),
  );

/** @returns false where there is no use in trying the next one now */
async function send(staffId: string, one: Post): Promise<boolean> {
  try {
    await (one.kind === 'photo' ? sendPhoto(staffId, one) : sendVisit(one));
    await removePost(one.id);
    for (const listener of sentListeners) listener(one.caseId);
    return true;
  } catch (error) {
    if (error instanceof Refused && isFinal(error)) {
      const { status, type, message: detail, errors } = error;
      await refuse(staffId, one, { status, type, detail, errors });
      return true;
    }
    if (error instanceof Refused || error instanceof NoSignal) return false;
    throw error;
  }
}

async function refuse(staffId: string, one: Post, problem: Problem): Promise<void> {
  const db = await device();
  const kept = await db.get('posts', one.id);
  if (!kept) return;
  const sealed = await seal(staffId, one.id, { said: saidOf(one), problem });
  await db.put('posts', { ...kept, ...sealed, state: 'refused' });
  changed(posts.map((other) => (other.id === one.id ? { ...one, state: 'refused', problem } : other)));
}

function saidOf({ id: _id, state: _state, savedAt: _savedAt, problem: _problem, ...said }: Post): Said {
  return said;
}

async function flush(): Promise<void> {
  const staffId = owner;
  if (staffId === undefined || flushing || !posts.some(({ state }) => state === 'waiting')) return;
  flushing = true;
  try {
    for (const one of posts.filter(({ state }) => state === 'waiting')) {
      if (owner !== staffId || !(await send(staffId, one))) break;
    }
  } finally {
    flushing = false;
  }
}

const tryNow = (): void => {
  flush().catch((error: unknown) => console.error('visits and photos could not be sent', error));
};

/** Puts one in, on disk before this resolves, and begins to send it. */
export async function postFromField(staffId: string, said: Said, file?: Blob): Promise<void> {
  const id = crypto.randomUUID();
  const savedAt = Date.now();
  const kept: KeptPost = { id, staffId, state: 'waiting', savedAt, ...(await seal(staffId, id, { said })) };
  if (file) kept.bytes = await sealBytes(staffId, bytesName(id), await file.arrayBuffer());
  await (await device()).put('posts', kept);
  changed([...posts, { ...said, id, state: 'waiting', savedAt }]);
  tryNow();
}

export async function removePost(id: string): Promise<void> {
  await (await device()).delete('posts', id);
  changed(posts.filter((one) => one.id !== id));
}

let ticking = false;

export async function openPosts(staffId: string): Promise<void> {
  owner = staffId;
  changed(await readAll(staffId));
  if (!ticking) atEveryChance(tryNow);
  ticking = true;
  tryNow();
}

export function closePosts(): void {
  owner = undefined;
  changed([]);
}
