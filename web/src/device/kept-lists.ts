/** What a service record chooses from, as it was last read, so that it can be entered without signal. No child's name. */
import { answer, api, NoSignal } from '../api/client';
import { allPages } from '../api/desk-queries';
import { device, listsOf, open, put, seal } from './store';

export interface Choosable {
  id: string;
  /** A group's title, a colleague's name, a child's number. */
  name: string;
}
export const LISTS = ['groups', 'staff', 'children'] as const;
export type ListName = (typeof LISTS)[number];
type Lists = Partial<Record<ListName, Choosable[]>>;

const NAME = 'lists';

async function keptLists(staffId: string): Promise<Lists> {
  const kept = await (await device()).get('works', listsOf(staffId));
  return kept ? ((await open(staffId, NAME, kept)) as Lists) : {};
}

/** One at a time, so that none of them is lost to another. */
let last: Promise<unknown> = Promise.resolve();

async function keep(staffId: string, name: ListName, items: Choosable[]): Promise<void> {
  const lists = { ...(await keptLists(staffId)), [name]: items };
  const row = { staffId: listsOf(staffId), savedAt: Date.now(), ...(await seal(staffId, NAME, lists)) };
  await put('works', staffId, row);
}

/** What the station says; without signal what it said last. @throws NoSignal where it has never said anything here */
async function readList<T extends Choosable>(
  staffId: string,
  name: ListName,
  read: () => Promise<T[]>,
  kept: (item: T) => Choosable = ({ id, name: title }) => ({ id, name: title }),
): Promise<(T | Choosable)[]> {
  try {
    const items = await read();
    const write = () => keep(staffId, name, items.map(kept));
    await (last = last.then(write, write));
    return items;
  } catch (error) {
    const items = error instanceof NoSignal ? (await keptLists(staffId))[name] : undefined;
    if (!items) throw error;
    return items;
  }
}

export const readGroups = (staffId: string): Promise<Choosable[]> =>
  readList(staffId, 'groups', async () => {
    const { items } = await answer(api.GET('/api/v1/service-groups', { params: { query: { limit: 100 } } }));
    return items.filter(({ endedAt }) => endedAt === null).map(({ id, title }) => ({ id, name: title }));
  });

/** Those who can have taken part: colleagues of the own station. */
export const readColleagues = (staffId: string, stationId: string): Promise<Choosable[]> =>
  readList(staffId, 'staff', async () => {
    const { items } = await answer(api.GET('/api/v1/staff'));
    return items.filter((one) => one.stationId === stationId).map(({ id, name }) => ({ id, name }));
  });

export interface RegisteredChild extends Choosable {
  number: string;
}

/** The register by name; without signal by number. Each reading of names goes on the record. */
export async function readRegister(staffId: string): Promise<RegisteredChild[]> {
  const items = await readList(
    staffId,
    'children',
    async () => {
      const rows = await allPages((cursor) =>
        answer(api.GET('/api/v1/children', { params: { query: { limit: 200, cursor } } })),
      );
      return rows.map(({ id, number, data }) => ({
        ...{ id, number },
        name: typeof data?.['name'] === 'string' ? data['name'] : number,
      }));
    },
    ({ id, number }) => ({ id, name: number }),
  );
  return items.map((one) => ({ number: one.name, ...one }));
}
