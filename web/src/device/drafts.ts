/** What is being written and not sent yet (草稿), kept while it is written: the report, a visit for each step, the service record. */
import { device, draftsFrom, open, put, seal } from './store';

export const REPORT = 'report';
export const SERVICE = 'service';
/** The page of a draft, where it is written on; what a session's end has left behind has none. */
const PAGES: Record<string, string> = { [REPORT]: '/report', [SERVICE]: '/services/new', visit: '/work/visit' };

export interface Draft {
  name: string;
  value: unknown;
  savedAt: number;
}

/** Of a visit to a step of a case. */
export const visitDraft = (caseId: string, stepId: string): string => `visit/${caseId}/${stepId}`;

export function pageOfDraft(name: string): string | undefined {
  const [kind = '', ...rest] = name.split('/');
  const page = PAGES[kind];
  return page === undefined ? undefined : [page, ...rest].join('/');
}

/** The report lies under its person's own id, as it did before there were others. */
const keyOf = (staffId: string, name: string): string => (name === REPORT ? staffId : draftsFrom(staffId) + name);
const nameOf = (staffId: string, key: string): string =>
  key === staffId ? REPORT : key.slice(draftsFrom(staffId).length);
const sealedAs = (name: string): string => (name === REPORT ? 'draft' : `draft/${name}`);

let names: readonly string[] = [];
let owner: string | undefined;
const listeners = new Set<() => void>();

function changed(next: readonly string[]): void {
  names = next;
  for (const listener of listeners) listener();
}

export const subscribeDrafts = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
/** Names of the drafts on this device. */
export const draftsSnapshot = (): readonly string[] => names;

async function keysOf(staffId: string): Promise<string[]> {
  const keys = await (await device()).getAllKeys('drafts');
  return keys.filter((key) => key === staffId || key.startsWith(draftsFrom(staffId)));
}

/** From now on the names are this person's; undefined: nobody's. */
export async function openDrafts(staffId: string | undefined): Promise<void> {
  owner = staffId;
  changed([]);
  if (staffId === undefined) return;
  const found = (await keysOf(staffId)).map((key) => nameOf(staffId, key));
  if (owner === staffId) changed([...new Set([...names, ...found])]);
}

export async function saveDraft(staffId: string, value: unknown, name = REPORT): Promise<void> {
  const sealed = await seal(staffId, sealedAs(name), value);
  await put('drafts', staffId, { staffId: keyOf(staffId, name), savedAt: Date.now(), ...sealed });
  if (owner === staffId && !names.includes(name)) changed([...names, name]);
}

export async function readDraft(staffId: string, name = REPORT): Promise<Draft | undefined> {
  const kept = await (await device()).get('drafts', keyOf(staffId, name));
  if (!kept) return undefined;
  return { name, value: await open(staffId, sealedAs(name), kept), savedAt: kept.savedAt };
}

/** The newest first; what is sealed with a key that is gone is left out. */
export async function readDrafts(staffId: string): Promise<Draft[]> {
  const found = (await keysOf(staffId)).map((key) => readDraft(staffId, nameOf(staffId, key)).catch(() => undefined));
  const read = (await Promise.all(found)).filter((one) => one !== undefined);
  return read.toSorted((a, b) => b.savedAt - a.savedAt);
}

export async function dropDraft(staffId: string, name = REPORT): Promise<void> {
  await (await device()).delete('drafts', keyOf(staffId, name));
  if (owner === staffId) changed(names.filter((one) => one !== name));
}
