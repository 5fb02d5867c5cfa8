/**
 * Visits, service records and photos on their way (走访、服务记录、照片待发): sealed on the device before anything is sent, and
 * sent from there, words before pictures, under a key that makes sending twice the same as once. What the station has is taken off the device.
 */
import { answer, api, NoSignal, Refused, refusedFrom } from '../api/client';
import type { ServiceBody } from '../api/types';
import { type Problem, UNREADABLE } from './outbox';
import { device, type KeptPost, open, openBytes, put, seal, sealBytes } from './store';
import { atEveryChance } from './ticker';
import { isAboutAll, isFinal } from './final';

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
/** A service record (服务记录). */
export interface Service {
  kind: 'service';
  caseId?: undefined;
  body: ServiceBody;
}
/** Evidence of a record (佐证照片). */
export interface Proof {
  kind: 'proof';
  caseId?: undefined;
  name: string;
  type: string;
  /** The post of its record, which is sent before it. */
  of?: string;
  /** The record as the station knows it, once it does. */
  serviceId?: string;
}
export type Said = Visit | Photo | Service | Proof;

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

/** What each record that has arrived since the page was opened is called at the station, by its post. */
export const arrived = new Map<string, string>();

const serviceOf = ({ of, serviceId }: Proof): string | undefined => serviceId ?? arrived.get(of ?? '');

/** Its seal cannot be opened any more, or its picture is gone: it stays to be looked at, and holds up nothing behind it. */
class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

const bytesName = (id: string): string => `${id}/bytes`;

async function readAll(staffId: string): Promise<Post[]> {
  const kept = await (await device()).getAllFromIndex('posts', 'staffId', staffId);
  const found: Post[] = [];
  for (const one of kept) {
    const { id, savedAt, state } = one;
    try {
      const { said, problem } = (await open(staffId, id, one)) as { said: Said; problem?: Problem };
      found.push({ ...said, problem, id, state, savedAt });
    } catch {
      const said = { kind: 'photo', caseId: '', number: '—', name: '', type: '' } as const;
      found.push({ ...said, problem: UNREADABLE, id, state: 'refused', savedAt });
    }
  }
  return found.sort((a, b) => a.savedAt - b.savedAt);
}

async function form(staffId: string, { id, name, type, ...more }: Post & (Photo | Proof)): Promise<FormData> {
  const kept = await (await device()).get('posts', id);
  const bytes = kept?.bytes && (await openBytes(staffId, bytesName(id), kept.bytes).catch(() => undefined));
  if (!bytes) throw new Unreadable('a picture on this device cannot be opened');
  const body = new FormData();
  if (more.kind === 'photo' && more.caption !== undefined) body.set('caption', more.caption);
  body.set('file', new Blob([bytes], { type }), name);
  return body;
}

/** The generated client speaks JSON; a file goes as a form. @throws Refused, NoSignal */
async function sendPhoto(staffId: string, photo: Post & (Photo | Proof)): Promise<void> {
  const body = await form(staffId, photo);
  const owner = photo.kind === 'photo' ? `cases/${photo.caseId}` : `services/${serviceOf(photo)}`;
  let response: Response;
  try {
    const headers = { 'Idempotency-Key': photo.id };
    response = await fetch(`/api/v1/uploads/${owner}`, { method: 'POST', headers, body });
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

/** Its evidence is told whose it is before the record leaves the device. */
async function sendService(staffId: string, { id, body }: Post & Service): Promise<void> {
  const params = { header: { 'Idempotency-Key': id } };
  const { id: serviceId } = await answer(api.POST('/api/v1/services', { params, body }));
  arrived.set(id, serviceId);
  for (const one of posts) if (one.kind === 'proof' && one.of === id) await rewrite(staffId, { ...one, serviceId });
}

const sendOne = (staffId: string, one: Post): Promise<unknown> =>
  one.kind === 'visit' ? sendVisit(one) : one.kind === 'service' ? sendService(staffId, one) : sendPhoto(staffId, one);

/** What is short and stops a clock goes before pictures, which may not get through on a weak line. */
const goesFirst = ({ kind }: Post): boolean => kind === 'visit' || kind === 'service';
/** Evidence waits for its record: that one has not arrived yet, or was refused and waits to be put right. */
const canGo = (one: Post): boolean => one.kind !== 'proof' || serviceOf(one) !== undefined;

/** @returns false where there is no use in trying the next one now */
async function send(staffId: string, one: Post): Promise<boolean> {
  try {
    await sendOne(staffId, one);
    await removePost(one.id);
    if (one.caseId !== undefined) for (const listener of sentListeners) listener(one.caseId);
    return true;
  } catch (error) {
    if (error instanceof Refused && isFinal(error)) {
      const { status, type, message: detail, errors } = error;
      await rewrite(staffId, { ...one, state: 'refused', problem: { status, type, detail, errors } });
      return true;
    }
    if (error instanceof Unreadable) {
      await rewrite(staffId, { ...one, state: 'refused', problem: UNREADABLE });
      return true;
    }
    if (error instanceof Refused) return !isAboutAll(error);
    if (error instanceof NoSignal) return false;
    throw error;
  }
}

/** Another state of what is there, or other words; its picture stays as it is. */
export async function rewrite(staffId: string, post: Post): Promise<void> {
  const db = await device();
  const kept = await db.get('posts', post.id);
  if (!kept) return;
  const sealed = await seal(staffId, post.id, { said: saidOf(post), problem: post.problem });
  await put('posts', staffId, { ...kept, ...sealed, state: post.state });
  changed(posts.map((other) => (other.id === post.id ? post : other)));
}

function saidOf({ id: _id, state: _state, savedAt: _savedAt, problem: _problem, ...said }: Post): Said {
  return said;
}

async function flush(): Promise<void> {
  const staffId = owner;
  if (staffId === undefined || flushing || !posts.some(({ state }) => state === 'waiting')) return;
  flushing = true;
  try {
    // Each once, as it stands by then: what is sent first may change what follows, and more may be put in meanwhile.
    const tried = new Set<string>();
    for (;;) {
      const left = posts.filter((other) => other.state === 'waiting' && !tried.has(other.id) && canGo(other));
      const one = left.find(goesFirst) ?? left[0];
      if (owner !== staffId || !one) break;
      tried.add(one.id);
      if (!(await send(staffId, one))) break;
    }
  } finally {
    flushing = false;
  }
}

const tryNow = (): void => {
  flush().catch((error: unknown) => console.error('visits and photos could not be sent', error));
};

/** Puts one in, on disk before this resolves, and begins to send it. @returns its id */
export async function postFromField(staffId: string, said: Said, file?: Blob): Promise<string> {
  const id = crypto.randomUUID();
  const savedAt = Date.now();
  const kept: KeptPost = { id, staffId, state: 'waiting', savedAt, ...(await seal(staffId, id, { said })) };
  if (file) kept.bytes = await sealBytes(staffId, bytesName(id), await file.arrayBuffer());
  await put('posts', staffId, kept);
  // Whoever is gone by now finds it on the disk when they come back; nobody else sends it.
  if (opened === staffId) changed([...posts, { ...said, id, state: 'waiting', savedAt }]);
  // Its record has arrived while the picture was being sealed: it has to be known after a reload as well.
  const serviceId = said.kind === 'proof' && said.serviceId === undefined ? arrived.get(said.of ?? '') : undefined;
  const one = posts.find((other) => other.id === id);
  if (serviceId !== undefined && one?.kind === 'proof') await rewrite(staffId, { ...one, serviceId });
  tryNow();
  return id;
}

export async function removePost(id: string): Promise<void> {
  await (await device()).delete('posts', id);
  changed(posts.filter((one) => one.id !== id));
}

let ticking = false;
let opening = 0;
/** Whose rows are in memory, or will be in a moment. */
let opened: string | undefined;

export async function openPosts(staffId: string): Promise<void> {
  const turn = (opening += 1);
  if (opened !== staffId) changed([]);
  opened = staffId;
  const found = await readAll(staffId);
  // Closed meanwhile, or opened for somebody else.
  if (turn !== opening) return;
  owner = staffId;
  changed([...found, ...posts.filter(({ id }) => !found.some((one) => one.id === id))]);
  if (!ticking) atEveryChance(tryNow);
  ticking = true;
  tryNow();
}

export function closePosts(): void {
  opening += 1;
  opened = undefined;
  owner = undefined;
  changed([]);
}
