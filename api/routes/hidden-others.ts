/**
 * Other cases that a case's own file speaks of (关联、并案): where they are shielded (限定知悉、回避), whoever must not know of them
 * reads that there was something, and not which case.
 */
import type { Event } from '../../prisma/generated/client';
import type { WholeCase } from '../../store/cases';
import { hiddenFrom } from '../../store/sight';
import type { ApiDeps } from '../deps';
import type { Caller } from '../request';

/** Stands where the number of such a case would. */
const NO_NUMBER = '—';

const otherOf = ({ data }: Event): string | undefined => {
  const other = typeof data === 'object' && data !== null && 'otherId' in data ? data['otherId'] : undefined;
  return typeof other === 'string' ? other : undefined;
};

/** The journal as the caller may read it. */
export async function withoutHiddenOthers(deps: ApiDeps, { staffId }: Caller, events: Event[]): Promise<Event[]> {
  if (!events.some((one) => otherOf(one) !== undefined)) return events;
  const hidden = await hiddenFrom(deps.db, staffId);
  return events.map((event) => {
    const other = otherOf(event);
    if (other === undefined || !hidden.includes(other)) return event;
    const { otherId: _, ...data } = event.data as Record<string, string | null>;
    return { ...event, data: { ...data, number: NO_NUMBER } };
  });
}

/** The case without the number of the hidden one in which it goes on; where it goes on stands there all the same, for splitting. */
export async function withoutHiddenNumber(deps: ApiDeps, { staffId }: Caller, row: WholeCase): Promise<WholeCase> {
  if (row.joinedInto === null) return row;
  const hidden = await hiddenFrom(deps.db, staffId);
  return hidden.includes(row.joinedInto) ? { ...row, joinedNumber: null } : row;
}

/** Of other cases those that the caller may know of. */
export async function known<T extends { caseId: string }>(
  deps: ApiDeps,
  { staffId }: Caller,
  others: T[],
): Promise<T[]> {
  if (others.length === 0) return others;
  const hidden = await hiddenFrom(deps.db, staffId);
  return others.filter(({ caseId }) => !hidden.includes(caseId));
}
