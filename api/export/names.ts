/** Names for the ids that stand in lists that leave (导出列表). */
import { namesOf } from '../../store/cases';
import { wholeTime } from '../paper/words';
import type { ApiDeps } from '../deps';

/** One line of a file, a text a cell. */
export type Line = readonly string[];

export const time = (at: Date | null): string => (at ? wholeTime(at.getTime()) : '');

/** Names of staff behind the ids of one page. */
export async function namesFor(deps: ApiDeps, staff: (string | null)[]): Promise<(id: string | null) => string> {
  const ids = [...new Set(staff)].filter((id) => id !== null);
  const names = await namesOf(deps.db, { staff: ids, partners: [] });
  return (id) => (id === null ? '' : (names.get(id) ?? id));
}

export const stationsOf = async (deps: ApiDeps): Promise<Map<string, string>> =>
  new Map((await deps.db.station.findMany({ select: { id: true, name: true } })).map(({ id, name }) => [id, name]));
