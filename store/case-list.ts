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
 * What has a part of a number. Few are found by their own index first: walking the list in its order until fifty of them
 * have been met may mean walking all of it.
 */
async function byNumber(tx: Tx, part: string): Promise<Prisma.CaseRowWhereInput> {
  const like = `%${part.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
  const found = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM cases WHERE number LIKE ${like} LIMIT ${FEW + 1}`;
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
    SELECT c.id AS "caseId",
      (SELECT count(*)::int FROM steps b WHERE b.case_id = c.id AND b.state = 'overdue' AND b.binds = 'station') AS breaches,
      (SELECT json_build_object('id', s.id, 'kind', s.kind, 'state', s.state, 'dueAt', s.due_at) FROM steps s
        WHERE s.case_id = c.id AND s.state NOT IN ('done', 'cancelled') ORDER BY s.due_at, s.ord LIMIT 1) AS next
    FROM unnest(${[...ids]}::text[]) AS c(id)`;
  return new Map(rows.map((row) => [row.caseId, row]));
}

/** One page of cases, soonest deadline first. */
export async function listCases(
  tx: Tx,
  sight: Sight,
  filter: CaseFilter,
  page: { after?: CasePlace; take: number },
): Promise<ListedCase[]> {
  const { number, ids, ...exact } = filter;
  const rows = await tx.caseRow.findMany({
    where: {
      AND: [
        await seenBy(tx, sight),
        exact,
        ids === undefined ? {} : { id: { in: [...ids] } },
        number === undefined ? {} : await byNumber(tx, number),
        page.after ? afterCase(page.after) : {},
      ],
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
