/** Lists of cases, soonest deadline first, by filter, by a part of the number, or by what tells one child from another. */
import type { CaseRow, Prisma, StepRow } from '../prisma/generated/client';
import type { Tx } from './db';
import { seenBy, type Sight } from './sight';

export interface CaseFilter {
  status?: string;
  risk?: string;
  type?: string;
  overdue?: boolean;
  /** Drills alone, or none of them. */
  drill: boolean;
  assigneeId?: string;
  /** A part of the case number. */
  number?: string;
  /** These alone. */
  ids?: readonly string[];
}

/** Where a page of cases ends: soonest deadline first, those without one last. */
export interface CasePlace {
  /** Milliseconds since the epoch. */
  nextDueAt: number | null;
  id: string;
}

export type NextStep = Pick<StepRow, 'id' | 'kind' | 'state' | 'dueAt'>;
/** A case as a line of a list: with the step that is to do next, if any, and how many late steps bind the station. */
export type ListedCase = Omit<CaseRow, 'input'> & { steps: NextStep[]; _count: { steps: number } };

function afterCase({ nextDueAt, id }: CasePlace): Prisma.CaseRowWhereInput {
  if (nextDueAt === null) return { nextDueAt: null, id: { gt: id } };
  const due = new Date(nextDueAt);
  return { OR: [{ nextDueAt: { gt: due } }, { nextDueAt: due, id: { gt: id } }, { nextDueAt: null }] };
}

/** Cases with a part of a number that are looked up one by one; a part of more numbers is met soon in any order. */
const FEW = 500;

/**
 * What has a number or a part of one. A whole number is that case alone. Of parts few are found by their own index first: walking
 * the list in its order until fifty of them have been met may mean walking all of it.
 */
async function byNumber(tx: Tx, part: string): Promise<Prisma.CaseRowWhereInput> {
  const like = `%${part.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
  const found = await tx.$queryRaw<{ id: string }[]>`
    WITH whole AS (SELECT id FROM cases WHERE number = ${part})
    SELECT id FROM whole
    UNION ALL
    (SELECT id FROM cases WHERE NOT EXISTS (SELECT 1 FROM whole) AND number LIKE ${like} LIMIT ${FEW + 1})`;
  return found.length > FEW ? { number: { contains: part } } : { id: { in: found.map(({ id }) => id) } };
}

interface About {
  caseId: string;
  breaches: number;
  next: (Omit<NextStep, 'dueAt'> & { dueAt: string }) | null;
}

/**
 * Of each case the next step and the number of late steps that bind the station: what somebody else owes (watch) is told when
 * late, and is no breach of ours. One statement about the page's cases; asked of Prisma, all steps of all cases are counted.
 */
async function stepsOf(tx: Tx, ids: readonly string[]): Promise<Map<string, About>> {
  const rows = await tx.$queryRaw<About[]>`
    SELECT c.id AS "caseId", s.breaches, s.next FROM unnest(${[...ids]}::text[]) AS c(id)
    CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE state = 'overdue' AND binds = 'station')::int AS breaches,
        (array_agg(json_build_object('id', id, 'kind', kind, 'state', state, 'dueAt', due_at) ORDER BY due_at, ord)
          FILTER (WHERE state NOT IN ('done', 'cancelled')))[1] AS next
      FROM steps WHERE case_id = c.id) s`;
  return new Map(rows.map((row) => [row.caseId, row]));
}

async function fits(tx: Tx, sight: Sight, filter: CaseFilter): Promise<Prisma.CaseRowWhereInput[]> {
  const { number, ids, ...exact } = filter;
  return [
    await seenBy(tx, sight),
    exact,
    ids === undefined ? {} : { id: { in: [...ids] } },
    number === undefined ? {} : await byNumber(tx, number),
  ];
}

/** How many cases there are in all. */
export const countCases = async (tx: Tx, sight: Sight, filter: CaseFilter): Promise<number> =>
  tx.caseRow.count({ where: { AND: await fits(tx, sight, filter) } });

/** One page of cases, soonest deadline first. */
export async function listCases(
  tx: Tx,
  sight: Sight,
  filter: CaseFilter,
  page: { after?: CasePlace; take: number },
): Promise<ListedCase[]> {
  const rows = await tx.caseRow.findMany({
    where: {
      AND: [...(await fits(tx, sight, filter)), page.after ? afterCase(page.after) : {}],
    },
    omit: { input: true },
    orderBy: [{ nextDueAt: { sort: 'asc', nulls: 'last' } }, { id: 'asc' }],
    take: page.take,
  });
  const about =
    rows.length === 0
      ? new Map<string, About>()
      : await stepsOf(
          tx,
          rows.map(({ id }) => id),
        );
  return rows.map((row) => {
    const { next, breaches = 0 } = about.get(row.id) ?? { next: null };
    return { ...row, steps: next ? [{ ...next, dueAt: new Date(next.dueAt) }] : [], _count: { steps: breaches } };
  });
}
